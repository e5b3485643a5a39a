/** @module A finished graph -> the same computation in operators that devices other than the CPU can do as well. */
import type { Graph } from '../graph.ts';
import {
  add,
  alongChannels,
  divide,
  equal,
  indicator,
  multiply,
  pad,
  power,
  reduceMean,
  reduceSum,
  reshape,
  reshapeTo,
  slice,
  subtract,
  transpose,
} from '../operators.ts';
import { type Rewriting, rewrite } from '../rewrite.ts';
import type { Node, Value } from '../vocabulary.ts';
import type { Device } from './device.ts';

export interface DeviceForm {
  readonly graph: Graph;
  /** Names of nodes that the device claims but cannot do: the CPU has to. */
  readonly onCpu: readonly string[];
}

/**
 * Puts into other words what onnxruntime 1.30's WebGPU refuses when it runs (BatchNormalization by the batch, MaxPool
 * with indices) or leaves to the CPU with copies there and back (MaxUnpool, SpaceToDepth, Sum). What stands for it is
 * known to every device. The CPU is faster with what it has.
 */
export function deviceForm(source: Graph, device: Device): DeviceForm {
  if (device === 'cpu') return { graph: source, onCpu: [] };
  const pools = poolsByIndices(source);
  const onCpu: string[] = [];
  const graph = rewrite(source, {
    node: (node, into) => {
      const inputs = (): Value[] => node.inputs.map((name) => into.read(name));
      if (node.op === 'MaxPool' && node.outputs[1] !== undefined) {
        if (pools.has(node.outputs[1])) into.keepNode({ ...node, outputs: node.outputs.slice(0, 1) });
        else {
          into.keepNode(node);
          onCpu.push(node.name);
        }
      } else if (node.op === 'MaxUnpool' && pools.has(node.inputs[1]!)) unpool(node, pools, into);
      else if (node.op === 'BatchNormalization' && isByBatch(node)) normalize(node, into);
      else if (node.op === 'SpaceToDepth')
        replaceBy(node, into, fold(inputs()[0]!, integerOf(node, 'blocksize')));
      else if (node.op === 'Sum')
        replaceBy(
          node,
          into,
          inputs().reduce((total, value) => add(total, value)),
        );
      else into.keepNode(node);
    },
  });
  return { graph, onCpu };
}

function replaceBy(node: Node, into: Rewriting, value: Value): void {
  into.replace(node.outputs[0]!, value);
}

function integerOf(node: Node, name: string): number {
  return node.attributes[name]!.value as number;
}

function listOf(node: Node, name: string): readonly number[] {
  return (node.attributes[name]?.value as readonly number[] | undefined) ?? [];
}

/** The poolings, by the name of their indices, whose windows are tiles and whose indices serve no other than MaxUnpool. */
function poolsByIndices({ nodes, values }: Graph): ReadonlyMap<string, Node> {
  const pools = new Map<string, Node>();
  for (const node of nodes) {
    const [kernel, strides] = [listOf(node, 'kernel_shape'), listOf(node, 'strides')];
    const size = values.get(node.inputs[0] ?? '')?.shape.slice(2) ?? [];
    const isTiled =
      size.length === 2 &&
      kernel.every((k, i) => k === strides[i] && (size[i] as number) >= k) &&
      listOf(node, 'pads').every((n) => n === 0) &&
      listOf(node, 'dilations').every((n) => n === 1) &&
      node.attributes.ceil_mode?.value !== 1;
    if (node.op === 'MaxPool' && node.outputs[1] !== undefined && isTiled) pools.set(node.outputs[1], node);
  }
  for (const node of nodes)
    for (const [at, name] of node.inputs.entries())
      if (node.op !== 'MaxUnpool' || at !== 1) pools.delete(name);
  return pools;
}

/** Each gradient goes to the elements of its tile that equal the maximum, in equal shares. */
function unpool(node: Node, pools: ReadonlyMap<string, Node>, into: Rewriting): void {
  const pool = pools.get(node.inputs[1]!)!;
  const [x, y] = [into.read(pool.inputs[0]!), into.read(pool.outputs[0]!)];
  const gradient = into.read(node.inputs[0]!);
  const [channels, height, width] = x.shape.slice(1) as [number, number, number];
  const [rows, columns] = y.shape.slice(2) as [number, number];
  const [high, wide] = listOf(pool, 'kernel_shape') as [number, number];
  const inside = slice(slice(x, 2, 0, rows * high), 3, 0, columns * wide);
  const tiles = reshape(inside, [-1, channels, rows, high, columns, wide]);
  const tiled = (value: Value): Value => reshape(value, [-1, channels, rows, 1, columns, 1]);
  const best = indicator(equal(tiles, tiled(y)));
  const shares = divide(tiled(gradient), reduceSum(best, [3, 5], true));
  const back = reshape(multiply(best, shares), [-1, channels, rows * high, columns * wide]);
  const after = [0, 0, height - rows * high, width - columns * wide];
  replaceBy(node, into, after.every((n) => n === 0) ? back : pad(back, [0, 0, 0, 0], after));
}

/** A normalization by the batch whose running statistics nothing follows: they are its mean and variance. */
function isByBatch({ attributes }: Node): boolean {
  return attributes.training_mode?.value === 1 && attributes.momentum?.value === 0;
}

function normalize(node: Node, into: Rewriting): void {
  const [x, scale, offset] = node.inputs.slice(0, 3).map((name) => into.read(name)) as [Value, Value, Value];
  const rank = x.shape.length;
  const axes = x.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
  const mean = reduceMean(x, axes);
  const centred = subtract(x, alongChannels(mean, rank));
  const variance = reduceMean(multiply(centred, centred), axes);
  const epsilon = (node.attributes.epsilon?.value as number | undefined) ?? 1e-5;
  const gain = multiply(scale, power(add(variance, epsilon), -0.5));
  const normalized = add(multiply(centred, alongChannels(gain, rank)), alongChannels(offset, rank));
  for (const [i, value] of [normalized, mean, variance].entries()) into.replace(node.outputs[i] ?? '', value);
}

/** SpaceToDepth: squares of pixels become channels. */
function fold(x: Value, side: number): Value {
  const [batch, channels, height, width] = x.shape as [number | string, number, number, number];
  const [rows, columns] = [height / side, width / side];
  const squares = reshape(x, [-1, channels, rows, side, columns, side]);
  const ordered = transpose(squares, [0, 3, 5, 1, 2, 4]);
  return reshapeTo(ordered, [batch, channels * side * side, rows, columns]);
}
