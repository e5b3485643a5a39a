/** @module Whole posters and a seed -> requests that are wrong in every way that a seed can think of. */
import type { Random } from '../src/random.ts';
import { encodedBody, largeJson, tensorBody } from './malformedBodies.ts';

export interface MalformedRequest {
  /** What was mutated. */
  readonly kind: 'jpeg' | 'png' | 'webp' | 'multipart' | 'json' | 'large' | 'tensor' | 'encoded';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

export interface WholePosters {
  readonly jpeg: Uint8Array;
  readonly png: Uint8Array;
  readonly webp: Uint8Array;
}

const boundary = 'onesheet-boundary';
/** Numbers at which lengths and offsets break. */
const extremes = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
/** What nobody expects in JSON. */
const oddities: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  2 ** 53,
  '',
  '\0',
  '../../etc/passwd',
  'A'.repeat(5000),
  [],
  {},
  [[[[[[1]]]]]],
  { length: 1e9 },
  { toString: 1 },
  'http://127.0.0.1/',
  'file:///etc/passwd',
];

/** One to four wounds: flipped bits, cuts, repeated or moved parts, extreme numbers, noise. */
function wound(whole: Uint8Array, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(whole);
  for (let wounds = 1 + random.integer(4); wounds > 0 && bytes.length > 0; wounds--) {
    const at = random.integer(bytes.length);
    const length = 1 + random.integer(Math.min(64, bytes.length - at));
    const kind = random.integer(8);
    if (kind === 0) bytes[at]! ^= 1 << random.integer(8);
    else if (kind === 1) bytes = bytes.subarray(0, at);
    else if (kind === 2) bytes.fill(random.integer(256), at, at + length);
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    else if (kind === 4) bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    else if (kind === 5 && at + 4 <= bytes.length)
      bytes.writeUInt32BE(extremes[random.integer(extremes.length)]!, at);
    // Headers are short, and most damage would miss them.
    else if (kind === 6) bytes[random.integer(Math.min(64, bytes.length))] = random.integer(256);
    else for (let i = at; i < at + length; i++) bytes[i] = random.integer(256);
  }
  return bytes;
}

function form(picture: Uint8Array): Buffer {
  const lines = [
    `--${boundary}\r\nContent-Disposition: form-data; name="policy"\r\n\r\nf1\r\n`,
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`,
  ];
  return Buffer.concat([Buffer.from(lines.join('')), picture, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

function malformedForm(posters: WholePosters, random: Random): MalformedRequest {
  const path = ['/v1/predict', '/v1/explain'][random.integer(2)]!;
  const types = [
    `multipart/form-data; boundary=${boundary}`,
    `multipart/form-data; boundary="${boundary}"`,
    'multipart/form-data',
    'multipart/form-data; boundary=',
    `multipart/form-data; boundary=${'x'.repeat(200)}`,
    `multipart/mixed; boundary=${boundary}`,
  ];
  // Mostly the right type, so that it is the body that is wrong.
  const type = types[random.integer(4) === 0 ? random.integer(types.length) : 0]!;
  return {
    kind: 'multipart',
    path,
    headers: { 'content-type': type },
    payload: wound(form(posters.jpeg), random),
  };
}

/** Replaces, removes or adds something somewhere in a JSON value. */
function bend(value: unknown, random: Random): unknown {
  const odd = oddities[random.integer(oddities.length)];
  if (typeof value !== 'object' || value === null || random.integer(4) === 0) return odd;
  const keys = Object.keys(value);
  const key = keys[random.integer(keys.length)];
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  const fields = copy as Record<string, unknown>;
  if (key === undefined || random.integer(6) === 0)
    fields[['__proto__', 'constructor', 'x', '0'][random.integer(4)]!] = odd;
  else if (random.integer(5) === 0) delete fields[key];
  else fields[key] = bend(fields[key], random);
  return copy;
}

function malformedJson(posters: WholePosters, model: string, random: Random): MalformedRequest {
  const tensor = { name: 'image', shape: [1, 2, 2, 3], datatype: 'UINT8', data: Array(12).fill(7) };
  const whole: readonly (readonly [path: string, body: unknown])[] = [
    ['/v1/predict', { urls: ['http://127.0.0.1/a.jpg'], policy: 'f1', top: 2 }],
    [`/models/${model}`, { inputs: Buffer.from(posters.jpeg).toString('base64'), parameters: { top_k: 2 } }],
    [`/v2/models/${model}/infer`, { id: '1', inputs: [tensor], outputs: [{ name: 'logit' }] }],
  ];
  const [path, body] = whole[random.integer(whole.length)]!;
  const bent = Buffer.from(JSON.stringify(bend(body, random)) ?? '');
  const payload = random.integer(2) === 0 ? bent : wound(bent, random);
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (path.endsWith('infer') && random.integer(4) === 0) {
    headers['content-type'] = 'application/octet-stream';
    headers['inference-header-content-length'] = String(random.integer(2 * payload.length + 2) - 1);
  }
  return { kind: 'json', path, headers, payload };
}

/** As many requests as are asked for, the same for the same seed. */
export function* malformedRequests(
  posters: WholePosters,
  model: string,
  count: number,
  random: Random,
): Generator<MalformedRequest> {
  const kinds = ['jpeg', 'png', 'webp', 'multipart', 'json', 'large', 'tensor', 'encoded'] as const;
  for (let i = 0; i < count; i++) {
    const kind = kinds[i % kinds.length]!;
    const own = random.split(i);
    if (kind === 'multipart') yield malformedForm(posters, own);
    else if (kind === 'json') yield malformedJson(posters, model, own);
    else if (kind === 'large') yield largeJson(model, own);
    else if (kind === 'tensor') yield tensorBody(model, own);
    else if (kind === 'encoded') {
      const isForm = own.integer(2) === 0;
      yield encodedBody(isForm ? malformedForm(posters, own) : malformedJson(posters, model, own), own);
    } else {
      const paths = ['/v1/predict', '/v1/explain', `/models/${model}`, '/v1/predict?top=2&explain=true'];
      const headers = { 'content-type': `image/${kind}` };
      yield { kind, path: paths[own.integer(paths.length)]!, headers, payload: wound(posters[kind], own) };
    }
  }
}

/** What an answer must never hold: paths, stacks, names of the code's files. */
export const leak =
  /node_modules|\/(work|home|root|src|dist|usr)\/|file:\/\/\/(?!etc)|\.[cm]?[jt]s:\d+|\\?n {4}at /;
