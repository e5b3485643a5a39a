/** @module A float32 model and posters to calibrate with -> the same model with 8-bit convolutions. */
import { onesheetError } from '../errors.ts';
import {
  emitModel,
  type Graph,
  observeRanges,
  quantizedValues,
  quantizeGraph,
  Session,
  type SessionOptions,
  type Tensor,
} from '../graph/index.ts';
import { withWeights } from '../nn/index.ts';
import type { Model } from './file.ts';
import { writeMetadata } from './properties.ts';

type Feeds = Readonly<Record<string, Tensor>>;

/** Sums of each genre's logits over all posters, [genres]. */
async function logitSums(
  graph: Graph,
  feeds: readonly Feeds[],
  options: SessionOptions,
): Promise<Float64Array> {
  const session = await Session.create(emitModel(graph), options);
  const [, genres] = graph.outputs.get('logit')!.shape as [string, number];
  const sums = new Float64Array(genres);
  for (const feed of feeds) {
    const { logit } = await session.run(feed, ['logit']);
    (logit!.data as Float32Array).forEach((value, i) => {
      sums[i % genres]! += value;
    });
  }
  await session.release();
  return sums;
}

/** The name of the bias that is added to the logits last, if the network ends with a dense layer. */
function lastBias(graph: Graph): string | undefined {
  let node = graph.producerOf('logit');
  while (node?.op === 'Identity') node = graph.producerOf(node.inputs[0]!);
  const bias = node?.op === 'Gemm' ? node.inputs[2] : undefined;
  return graph.initializers.has(bias ?? '') ? bias : undefined;
}

/**
 * The bytes of a one-file model of about a quarter of the size, for the browser. The bias of the last dense layer is
 * corrected, so that each genre's logits keep their mean over the posters; otherwise a threshold that was chosen for
 * the float32 model would give the genre more or less often. Labels, calibration, policies and measures stay those
 * of the float32 model; the provenance names the file that it was made from.
 *
 * @param batches uint8 [posters, height, width, 3], prepared by the model's resize rule; they are held in memory
 * @throws {OnesheetError} MODEL_UNUSABLE when there is nothing to quantize, or when it was quantized before
 */
export async function compactModel(
  model: Model,
  batches: readonly Uint8Array[],
  options: SessionOptions = {},
): Promise<Uint8Array> {
  const { metadata, graph, sha256 } = model;
  if (metadata.provenance.quantizedFrom !== undefined)
    throw onesheetError('MODEL_UNUSABLE', `${metadata.name} was quantized already`);
  const names = quantizedValues(graph);
  if (names.length === 0)
    throw onesheetError('MODEL_UNUSABLE', `${metadata.name} has no convolutions to quantize`);
  const { height, width } = metadata.resize;
  const feeds = batches.map((data): Feeds => {
    const shape = [data.length / (height * width * 3), height, width, 3];
    return { image: { dtype: 'uint8', shape, data } };
  });
  const ranges = await observeRanges(graph, names, feeds, options);
  const quantized = quantizeGraph(graph, ranges);
  const corrected = await keepMeans(graph, quantized, feeds, options);
  return emitModel(corrected, {
    metadata: writeMetadata({
      ...metadata,
      name: `${metadata.name}-int8`,
      provenance: { ...metadata.provenance, quantizedFrom: sha256 },
    }),
  });
}

async function keepMeans(
  source: Graph,
  quantized: Graph,
  feeds: readonly Feeds[],
  options: SessionOptions,
): Promise<Graph> {
  const name = lastBias(quantized);
  if (name === undefined) return quantized;
  const posters = feeds.reduce((sum, { image }) => sum + image!.shape[0]!, 0);
  const before = await logitSums(source, feeds, options);
  const after = await logitSums(quantized, feeds, options);
  const bias = quantized.initializers.get(name)!.data as Float32Array;
  const values = bias.map((value, g) => value + (before[g]! - after[g]!) / posters);
  return withWeights(quantized, new Map([[name, values]]));
}
