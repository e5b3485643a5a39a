/** @module A seed -> bodies that are large, deep, wide, encoded or repeated: what costs more to read than to send. */
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import type { Random } from '../src/random.ts';
import type { MalformedRequest } from './malformed.ts';

/** Bytes of the largest body, as much as JSON may have. */
const largest = 8 * 2 ** 20;
const smallest = 1024;

/** As often small as large: each doubling is as likely as the next. */
function size(random: Random): number {
  return Math.floor(smallest * (largest / smallest) ** random.uniform(0, 1));
}

const repeat = (unit: string, bytes: number): string =>
  unit.repeat(Math.max(1, Math.floor(bytes / unit.length)));

/** Shapes of JSON by their size in bytes. */
const shapes: readonly ((bytes: number, random: Random) => string)[] = [
  (bytes) => `{"inputs":[${repeat('{},', bytes)}{}]}`,
  (bytes) => `{"inputs":[],"outputs":[${repeat('{"name":"logit"},', bytes)}{}]}`,
  (bytes) => `{"urls":[${repeat('1,', bytes)}1]}`,
  (bytes) => `{"images":[${repeat('"AAAA",', bytes)}""]}`,
  (bytes) => repeat('[', bytes),
  (bytes) => repeat('{"a":', bytes),
  (bytes) => `{"parameters":{${repeat('"k":1,', bytes)}"k":1}}`,
  (bytes) => `{"${repeat('x', bytes)}":1}`,
  (bytes) => `{"inputs":"${repeat('\\u0041', bytes)}"}`,
  (bytes) => `{"inputs":"${repeat('A\\n', bytes)}"}`,
  (bytes) => `{"image":"data:image/png;base64,${repeat('AAAA', bytes)}"}`,
  (bytes) => `{"policy":"${repeat('p', bytes)}","image":"AAAA"}`,
  (bytes) => `{"image":${repeat(' ', bytes)}}`,
  (bytes) => `{"image":${repeat('9', bytes)}}`,
  (bytes, random) => {
    const item = ['0', '255', '0.5', '-1', 'true', '"a"', '[1]', '1e2'][random.integer(8)]!;
    const shape = `[${1 + random.integer(3)},288,192,3]`;
    return `{"inputs":[{"name":"image","shape":${shape},"datatype":"UINT8","data":[${repeat(`${item},`, bytes)}${item}]}]}`;
  },
];

const json = { 'content-type': 'application/json' };

/** JSON of up to 8 MiB in one of the shapes, to any route. */
export function largeJson(model: string, random: Random): MalformedRequest {
  const paths = ['/v1/predict', '/v1/explain', `/models/${model}`, `/v2/models/${model}/infer`];
  const shape = shapes[random.integer(shapes.length)]!;
  const payload = Buffer.from(shape(size(random), random)).subarray(0, largest);
  return { kind: 'large', path: paths[random.integer(paths.length)]!, headers: json, payload };
}

/** JSON before binary tensors, either of which may be large, and a length that may lie. */
export function tensorBody(model: string, random: Random): MalformedRequest {
  const batch = random.integer(10);
  const bytes = batch * 288 * 192 * 3;
  const image = {
    name: 'image',
    shape: [batch, 288, 192, 3],
    datatype: 'UINT8',
    parameters: { binary_data_size: bytes },
  };
  const outputs = Array(random.integer(4)).fill({ name: 'logit', parameters: { binary_data: true } });
  const honest = JSON.stringify({ inputs: [image], outputs });
  const head =
    random.integer(2) === 0 ? honest : shapes[random.integer(shapes.length)]!(size(random), random);
  const length = random.integer(4) === 0 ? random.integer(2 * head.length) : head.length;
  return {
    kind: 'tensor',
    path: `/v2/models/${model}/infer`,
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(length),
    },
    payload: Buffer.concat([Buffer.from(head), Buffer.alloc(random.integer(3) === 0 ? size(random) : bytes)]),
  };
}

const encoders = {
  gzip: (bytes: Buffer) => gzipSync(bytes, { level: 1 }),
  deflate: (bytes: Buffer) => deflateSync(bytes, { level: 1 }),
  br: (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
} as const;

/** Another request's body, encoded; sometimes cut, sometimes a bomb, sometimes with another's name. */
export function encodedBody(inner: MalformedRequest, random: Random): MalformedRequest {
  const names = Object.keys(encoders) as (keyof typeof encoders)[];
  const name = names[random.integer(names.length)]!;
  const plain = random.integer(4) === 0 ? Buffer.alloc(4 * size(random)) : inner.payload;
  const whole = encoders[name](plain);
  const payload = random.integer(4) === 0 ? whole.subarray(0, random.integer(whole.length)) : whole;
  const said = random.integer(6) === 0 ? ['zstd', 'gzip, gzip', ...names][random.integer(5)]! : name;
  return { ...inner, kind: 'encoded', headers: { ...inner.headers, 'content-encoding': said }, payload };
}
