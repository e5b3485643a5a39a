/**
 * @module The MobileNetV2 of width 1.4 inside the development dependency nsfwjs -> safetensors of the engine's names.
 *
 *     npm run tool -- convert-mobilenet weights/mobilenet-v2-1.4.safetensors
 *
 * The package (MIT) carries TensorFlow Hub's trunk (Apache-2.0) as a TensorFlow.js graph model: batch normalization
 * folded in, every tensor quantized to 8 bits with a scale and a minimum, the bytes as base64 in JavaScript files.
 */
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { type StoredTensor, writeTensors } from '../src/safetensors.ts';

const require = createRequire(import.meta.url);
const packageFolder = resolve(dirname(require.resolve('nsfwjs')), '../..');
const modelFolder = resolve(packageFolder, 'dist/models/mobilenet_v2_mid');

/** TensorFlow.js's list of what the files of weights hold. */
type Manifest = [
  {
    readonly paths: readonly string[];
    readonly weights: readonly {
      readonly name: string;
      readonly shape: readonly number[];
      readonly dtype: string;
      readonly quantization?: { readonly dtype: string; readonly scale: number; readonly min: number };
    }[];
  },
];

/** `.../MobilenetV2/expanded_conv_1/expand/Conv2D_weights` -> `expanded_conv_1.expand.weight`; the head has none. */
function nameOf(tensorflowName: string): string | undefined {
  const [, path] = tensorflowName.split('/MobilenetV2/');
  if (path === undefined) return undefined;
  return path
    .replace(/\/(Conv2D|depthwise)_weights$/, '.weight')
    .replace(/\/(Conv2D|depthwise)_bn_offset$/, '.bias')
    .replaceAll('/', '.');
}

function dequantize(bytes: Uint8Array, { scale, min }: { scale: number; min: number }): Float32Array {
  return Float32Array.from(bytes, (value) => value * scale + min);
}

/** TensorFlow's [height, width, in, out], or [height, width, channels, 1] -> [out, in or 1, height, width]. */
function kernelOf(data: Float32Array, shape: readonly number[], depthwise: boolean): StoredTensor {
  const [height, width, before, after] = shape as [number, number, number, number];
  const [out, perGroup] = depthwise ? [before, after] : [after, before];
  const moved = new Float32Array(data.length);
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < perGroup; i++) {
      for (let at = 0; at < height * width; at++) {
        const source = depthwise ? (at * out + o) * perGroup + i : (at * perGroup + i) * out + o;
        moved[(o * perGroup + i) * height * width + at] = data[source]!;
      }
    }
  }
  return { shape: [out, perGroup, height, width], data: moved };
}

/** @returns the trunk's weights by the names of `src/nn/mobilenetV2.ts` */
export function convertedTrunk(): Map<string, StoredTensor> {
  const { weightsManifest } = require(resolve(modelFolder, 'model.min.js')) as { weightsManifest: Manifest };
  const [{ paths, weights }] = weightsManifest;
  const shards = paths.map((path) => Buffer.from(require(resolve(modelFolder, `${path}.min.js`)), 'base64'));
  const bytes = Buffer.concat(shards);
  const tensors = new Map<string, StoredTensor>();
  let at = 0;
  for (const { name, shape, dtype, quantization } of weights) {
    const count = shape.reduce((product: number, dim: number) => product * dim, 1);
    const wide = quantization === undefined;
    const end = at + count * (wide ? 4 : 1);
    const converted = nameOf(name);
    if (converted !== undefined) {
      if (wide || quantization.dtype !== 'uint8' || dtype !== 'float32')
        throw new Error(`${name} is not float32 quantized to uint8.`);
      const data = dequantize(bytes.subarray(at, end), quantization);
      const depthwise = converted.endsWith('.depthwise.weight');
      tensors.set(converted, shape.length === 4 ? kernelOf(data, shape, depthwise) : { shape, data });
    }
    at = end;
  }
  if (at !== bytes.length) throw new Error(`The shards hold ${bytes.length} bytes, not ${at}.`);
  return tensors;
}

export async function convertMobilenet(words: readonly string[]): Promise<void> {
  const [path] = words as [string];
  const tensors = convertedTrunk();
  await mkdir(dirname(resolve(path)), { recursive: true });
  const { version } = require(resolve(packageFolder, 'package.json')) as { version: string };
  await writeTensors(path, tensors, {
    source: `nsfwjs ${version}, mobilenet_v2_mid: TensorFlow Hub's MobileNetV2 1.4 trunk`,
    licence: 'Apache-2.0',
  });
  const values = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
  const megabytes = ((4 * values) / 1e6).toFixed(1);
  process.stdout.write(`${path}: ${tensors.size} tensors, ${values} weights, ${megabytes} MB\n`);
}
