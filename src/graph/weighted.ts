/** @module A graph whose weights are inputs -> a session on it, in the layout that is fastest here. */
import { blockedForm } from './blocked/blockedForm.ts';
import { blockSize } from './blocked/blockSize.ts';
import type { Graph } from './graph.ts';
import { openGraph } from './openGraph.ts';
import type { Session, SessionOptions } from './runtime.ts';

export interface WeightedOptions extends SessionOptions {
  /** Posters in every batch, if it is always the same number; more is made of that. */
  readonly batch?: number;
}

/**
 * A session whose weights are given at every run, as training does. What onnxruntime does for convolutions with
 * constant weights, it leaves undone for these, so it is done here.
 *
 * @param weights names of the initializers that become inputs
 * @throws {OnesheetError} MODEL_UNUSABLE with onnxruntime's reason, ENGINE_MISSING when there is no onnxruntime
 */
export async function openWeighted(
  graph: Graph,
  weights: readonly string[],
  { batch, ...options }: WeightedOptions = {},
): Promise<Session> {
  const block = (options.device ?? 'cpu') === 'cpu' ? await blockSize() : undefined;
  const form = block === undefined ? graph : blockedForm(graph, block, batch);
  return openGraph(form, { asInputs: weights, lastOutputFirst: true }, options);
}
