/** @module A device -> whether a small network and its gradients come out of it as out of the CPU, and in what time. */
import { onesheetError } from '../../errors.ts';
import { differentiate } from '../differentiate.ts';
import { Graph } from '../graph.ts';
import { openGraph } from '../openGraph.ts';
import { conv, matMul, multiply, reduceMean, reduceSum, relu, sigmoid } from '../operators.ts';
import { float32, type Shape, type Tensor } from '../tensor.ts';
import type { Device } from './device.ts';
import type { Placement } from './placement.ts';

/** Seconds of the second run, by the device and by the CPU: the first one compiles. */
export interface ProbeResult {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Largest difference from the CPU, relative to the largest value of a tensor. */
const tolerance = 1e-3;

function wave(shape: readonly number[], pace: number): Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return float32(
    Float32Array.from({ length: size }, (_, i) => Math.sin(pace * (i + 1))),
    shape,
  );
}

/** Two convolutions of 64 channels, a mean, a product, and the gradients of all weights: some 4 GFLOP. */
function workload(): { graph: Graph; feeds: Record<string, Tensor> } {
  const graph = new Graph();
  const feeds: Record<string, Tensor> = {};
  const input = (name: string, size: readonly number[], pace: number, shape: Shape = size) => {
    feeds[name] = wave(size, pace);
    return graph.input(name, 'float32', shape);
  };
  const x = input('x', [4, 64, 48, 32], 0.7, ['batch', 64, 48, 32]);
  const first = input('first', [64, 64, 3, 3], 1.3);
  const second = input('second', [64, 64, 3, 3], 2.1);
  const dense = input('dense', [64, 8], 0.9);
  const padded = { pads: [1, 1, 1, 1] };
  const map = conv(relu(multiply(conv(x, first, undefined, padded), 0.05)), second, undefined, padded);
  const y = sigmoid(matMul(reduceMean(relu(map), [2, 3]), dense));
  const loss = reduceSum(multiply(y, y), [0, 1]);
  graph.output('y', y);
  graph.output('loss', loss);
  for (const [name, gradient] of differentiate(graph, loss, [first, second, dense]))
    graph.output(`gradient:${name}`, gradient);
  return { graph, feeds };
}

async function timed(device: Device) {
  const { graph, feeds } = workload();
  let placement: Placement | undefined;
  const session = await openGraph(
    graph,
    {},
    { device, threads: 2, onPlacement: (found) => (placement = found) },
  );
  try {
    const results = await session.run(feeds);
    const start = performance.now();
    await session.run(feeds);
    return { results, seconds: (performance.now() - start) / 1000, placement: placement! };
  } finally {
    await session.release();
  }
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** @throws {OnesheetError} MODEL_UNUSABLE when the device is not there, leaves the work to the CPU or computes something else */
export async function probe(device: Device): Promise<ProbeResult> {
  const expected = await timed('cpu');
  const { results, seconds, placement } = await timed(device);
  if (placement.onDevice.Conv === undefined)
    throw onesheetError('MODEL_UNUSABLE', 'it leaves convolutions to the CPU');
  for (const [name, { data }] of Object.entries(expected.results)) {
    const [right, found] = [data as Float32Array, results[name]!.data as Float32Array];
    const difference = largest(right.map((value, i) => value - found[i]!));
    // Not a number is no small difference either.
    if (!(difference <= tolerance * largest(right)))
      throw onesheetError('MODEL_UNUSABLE', `its ${name} differs from the CPU's by ${difference}`);
  }
  return { seconds, cpuSeconds: expected.seconds };
}
