/** @module A float32 model and posters to calibrate with -> the same model with 8-bit convolutions. */
import { onesheetError } from '../errors.ts';
import {
  emitModel,
  observeRanges,
  quantizedValues,
  quantizeGraph,
  type SessionOptions,
  type Tensor,
} from '../graph/index.ts';
import type { Model } from './file.ts';
import { writeMetadata } from './metadata.ts';

/**
 * The bytes of a one-file model of about a quarter of the size, for the browser. Labels, calibration, policies and
 * measures are those of the float32 model; its provenance names the file that it was made from.
 *
 * @param batches uint8 [posters, height, width, 3], prepared by the model's resize rule, none of them empty
 * @throws {OnesheetError} MODEL_UNUSABLE when there is nothing to quantize, or when it was quantized before
 */
export async function compactModel(
  model: Model,
  batches: AsyncIterable<Uint8Array>,
  options: SessionOptions = {},
): Promise<Uint8Array> {
  const { metadata, graph, sha256 } = model;
  if (metadata.provenance.quantizedFrom !== undefined)
    throw onesheetError('MODEL_UNUSABLE', `${metadata.name} was quantized already`);
  const names = quantizedValues(graph);
  if (names.length === 0)
    throw onesheetError('MODEL_UNUSABLE', `${metadata.name} has no convolutions to quantize`);
  const { height, width } = metadata.resize;
  async function* inputs(): AsyncGenerator<Readonly<Record<string, Tensor>>> {
    for await (const data of batches) {
      const shape = [data.length / (height * width * 3), height, width, 3];
      yield { image: { dtype: 'uint8', shape, data } };
    }
  }
  const ranges = await observeRanges(graph, names, inputs(), options);
  const provenance = { ...metadata.provenance, quantizedFrom: sha256 };
  return emitModel(quantizeGraph(graph, ranges), {
    metadata: writeMetadata({ ...metadata, name: `${metadata.name}-int8`, provenance }),
  });
}
