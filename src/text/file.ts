/** @module A model of texts <-> its file: safetensors that hold hashes and weights, no text. */
import { readWholeFile } from '../files.ts';
import { decodeTensors, encodeTensors, type StoredTensor } from '../safetensors.ts';
import { decodeTextModel, factsKey, heads } from './decode.ts';
import type { FeatureTable } from './linear.ts';
import type { Head, TextModel } from './model.ts';

/** Weights are kept as 8-bit integers, each genre's in steps of a 127th of its largest. */
function quantize(exact: Float32Array, genres: number): { steps: Float32Array; weights: Int8Array } {
  const steps = new Float32Array(genres);
  exact.forEach((weight, i) => {
    steps[i % genres] = Math.max(steps[i % genres]!, Math.abs(weight) / 127);
  });
  return {
    steps,
    weights: Int8Array.from(exact, (weight, i) => Math.round(weight / (steps[i % genres]! || 1))),
  };
}

function* tensorsOfTable(
  name: string,
  { keys, rarity, weights: exact }: FeatureTable,
  genres: number,
): Generator<[string, StoredTensor]> {
  const { steps, weights } = quantize(exact, genres);
  const step = rarity.reduce((most, value) => Math.max(most, value), 0) / 255;
  yield [`${name}.keys`, { shape: [keys.length], data: keys }];
  yield [
    `${name}.rarity`,
    { shape: [keys.length], data: Uint8Array.from(rarity, (r) => Math.round(r / (step || 1))) },
  ];
  yield [`${name}.rarity-step`, { shape: [1], data: Float32Array.of(step) }];
  yield [`${name}.weights`, { shape: [keys.length, genres], data: weights }];
  yield [`${name}.steps`, { shape: [genres], data: steps }];
}

/** The bytes of a text model's file, safetensors of format 2. */
export function encodeTextModel({ heads: models, ...facts }: TextModel): Uint8Array {
  const tensors = new Map<string, StoredTensor>();
  const modulus: Partial<Record<Head, number>> = {};
  for (const head of heads) {
    const model = models[head];
    if (model === undefined) continue;
    const genres = model.bias.length;
    for (const [name, tensor] of tensorsOfTable(head, model.features, genres)) tensors.set(name, tensor);
    if (model.meanings.keys.length > 0)
      for (const [name, tensor] of tensorsOfTable(`${head}.meanings`, model.meanings, genres))
        tensors.set(name, tensor);
    tensors.set(`${head}.bias`, { shape: [genres], data: model.bias });
    modulus[head] = model.modulus;
  }
  return encodeTensors(tensors, { [factsKey]: JSON.stringify({ format: 2, modulus, ...facts }) });
}

/**
 * @param genres of the network that it is to speak beside
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE, TENSOR_FILE_DAMAGED or MODEL_FOREIGN
 */
export async function loadTextModel(path: string, genres: readonly string[]): Promise<TextModel> {
  const file = Buffer.from(await readWholeFile(path, 'a model of texts (.texts.safetensors)'));
  return decodeTextModel(decodeTensors(file, path), path, genres);
}
