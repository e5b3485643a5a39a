/** @module Nodes and shapes -> whether and how they can be computed on maps whose channels lie in blocks. */
import type { Graph } from '../graph.ts';
import { isSymbolic, type Shape } from '../tensor.ts';
import type { Gradient, Meaning, Node, Value, WeightGradient } from '../vocabulary.ts';

/** onnxruntime's domain of operators on blocked maps. */
export const blockedDomain = 'com.microsoft.nchwc';

/** onnxruntime moves channels into blocks, and out of them, by fours. */
const alignment = 4;

/** The most by which channels may grow when they are filled up to whole blocks. */
const mostGrowth = 1.35;

/** Channels in whole blocks. */
export function filled(channels: number, block: number): number {
  return Math.ceil(channels / block) * block;
}

function fitsBlocks(channels: number, block: number): boolean {
  return channels % alignment === 0 && filled(channels, block) <= channels * mostGrowth;
}

/** A map [batch, channels, height, width] whose channels can be put into blocks. */
export function isMap({ shape }: Value, block: number): boolean {
  const [, channels, ...extents] = shape;
  return (
    extents.length === 2 &&
    !extents.some(isSymbolic) &&
    typeof channels === 'number' &&
    fitsBlocks(channels, block)
  );
}

/** A convolution as the blocked operator can compute it. */
export interface Convolution {
  readonly kind: 'dense' | 'depthwise' | 'fewChannels';
  /** Channels, filled up to whole blocks where they are blocked. */
  readonly inputs: number;
  readonly outputs: number;
}

/** How the blocked operator can compute a convolution; `undefined` where it cannot, or would waste too much. */
export function convolutionOf(node: Node, source: Graph, block: number): Convolution | undefined {
  if (node.op !== 'Conv') return undefined;
  const [x, w] = [source.value(node.inputs[0]!), source.value(node.inputs[1]!)];
  const automatic = node.attributes.auto_pad?.value ?? 'NOTSET';
  if (x.dtype !== 'float32' || x.shape.length !== 4 || automatic !== 'NOTSET') return undefined;
  const group = (node.attributes.group?.value as number | undefined) ?? 1;
  const [out, within] = w.shape as [number, number];
  if (!isMap(source.value(node.outputs[0]!), block)) return undefined;
  const outputs = filled(out, block);
  if (group > 1) {
    return group === out && within === 1 ? { kind: 'depthwise', inputs: outputs, outputs } : undefined;
  }
  if (within < block) return { kind: 'fewChannels', inputs: within, outputs };
  return isMap(x, block) ? { kind: 'dense', inputs: filled(within, block), outputs } : undefined;
}

/** A transposed convolution as a convolution of a map that is spread out. */
export interface Transposed {
  readonly convolution: Convolution;
  readonly strides: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
}

/**
 * How a transposed convolution can be computed: as the convolution of a map between whose places lie zeros, with the
 * kernel flipped; `undefined` where it cannot.
 */
export function transposedOf(node: Node, source: Graph, block: number): Transposed | undefined {
  if (node.op !== 'ConvTranspose' || node.inputs.length > 2) return undefined;
  const [x, w] = [source.value(node.inputs[0]!), source.value(node.inputs[1]!)];
  const y = source.value(node.outputs[0]!);
  const group = (node.attributes.group?.value as number | undefined) ?? 1;
  const dilations = (node.attributes.dilations?.value as readonly number[] | undefined) ?? [];
  const strides = (node.attributes.strides?.value as readonly [number, number] | undefined) ?? [1, 1];
  const given = (node.attributes.pads?.value as readonly number[] | undefined) ?? [0, 0, 0, 0];
  if (x.dtype !== 'float32' || !isMap(x, block) || !isMap(y, block)) return undefined;
  const [within, out] = w.shape as [number, number];
  const isDepthwise = group > 1 && group === within && out === 1;
  if (dilations.some((dilation) => dilation !== 1) || (group > 1 && !isDepthwise)) return undefined;
  const before = [0, 1].map((i) => (w.shape[i + 2] as number) - 1 - given[i]!);
  const after = [0, 1].map((i) => {
    const spread = (x.shape[i + 2] as number) * strides[i]!;
    return (y.shape[i + 2] as number) + (w.shape[i + 2] as number) - 1 - spread - before[i]!;
  });
  const pads = [...before, ...after] as [number, number, number, number];
  if (pads.some((n) => n < 0)) return undefined;
  const inputs = filled(within, block);
  const outputs = isDepthwise ? inputs : filled(out, block);
  return { convolution: { kind: isDepthwise ? 'depthwise' : 'dense', inputs, outputs }, strides, pads };
}

/**
 * Into how many parts of the batch a dense convolution's weight gradient is summed up before these are: with fewer
 * posters a part than channels a block, as the blocked operator demands, and for as many parts as are no burden, since
 * what is one poster's need not be moved. `undefined` where parts hold more than the copies that the plain form makes.
 */
export function partsOf(
  { gradient, x, kernel }: WeightGradient,
  block: number,
  batch: number,
): number | undefined {
  const [, outputs, ...places] = gradient.shape as [unknown, number, number, number];
  const [, inputs, ...extents] = x.shape as [unknown, number, number, number];
  if (x.dtype !== 'float32' || extents.some(isSymbolic) || typeof inputs !== 'number') return undefined;
  const [height, width] = kernel;
  const weights = filled(outputs, block) * inputs * height * width;
  const copies = height * outputs * places[0]! * places[1]! + width * inputs * extents[0]! * extents[1]!;
  const possible = Array.from({ length: batch }, (_, i) => i + 1).filter(
    (parts) => batch % parts === 0 && batch / parts < block,
  );
  const light = possible.filter((parts) => parts * weights <= (copies * batch) / 3);
  const parts = light.at(-1) ?? possible[0]!;
  return parts * weights <= copies * batch ? parts : undefined;
}

const elementwise = new Set([
  ...['Add', 'Sub', 'Mul', 'Sum', 'Max', 'Min', 'Relu', 'Clip', 'LeakyRelu', 'Elu', 'Sigmoid', 'Tanh', 'Neg'],
  ...['HardSigmoid', 'HardSwish', 'Abs', 'Sign', 'Cast', 'Identity', 'Where', 'Equal', 'Greater', 'Less'],
  ...['GreaterOrEqual', 'LessOrEqual', 'And', 'Or', 'Not'],
]);

/** Of these, filling up with zeros could give what is no number. */
const wholeBlocksOnly = new Set(['Div', 'Sqrt', 'Exp', 'Log', 'Reciprocal', 'Softplus', 'Mish']);

/** How an operand reaches a map [batch, channels, height, width]. */
export type Operand = 'map' | 'number' | 'vector' | 'other';

/** `vector`: anything that the five dimensions of a blocked map hold by reshaping, such as one number a channel. */
export function operandOf(shape: Shape, map: Shape): Operand {
  if (shape.every((dim) => dim === 1)) return 'number';
  if (shape.length === 4 && shape.every((dim, i) => dim === map[i])) return 'map';
  if (shape.length > 4) return 'other';
  const [, channels, ...extents] = [...Array<number>(4 - shape.length).fill(1), ...shape];
  return channels === 1 || extents.every((dim) => dim === 1) ? 'vector' : 'other';
}

/** Whether an elementwise operator can work on blocked maps. */
export function isElementwise(node: Node, source: Graph, block: number): boolean {
  const whole = wholeBlocksOnly.has(node.op);
  if (!elementwise.has(node.op) && !whole) return false;
  const result = source.value(node.outputs[0]!);
  if (!isMap(result, block) || !isKept(result)) return false;
  if (whole && (result.shape[1] as number) % block !== 0) return false;
  const operands = node.inputs.filter((name) => name !== '').map((name) => source.value(name));
  return (
    operands.some(({ shape }) => operandOf(shape, result.shape) === 'map') &&
    operands.every((operand) => {
      const kind = operandOf(operand.shape, result.shape);
      return kind !== 'other' && (kind !== 'map' || isKept(operand));
    })
  );
}

/** Element types that can be moved into blocks and back. */
function isKept({ dtype }: Value): boolean {
  return dtype === 'float32' || dtype === 'bool';
}

/** Whether a reduction sums up over all positions of a blocked map. */
export function isReduction(node: Node, source: Graph, block: number): boolean {
  if (!['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin'].includes(node.op)) return false;
  const x = source.value(node.inputs[0]!);
  const axes = source.contentsOf(node.inputs[1] ?? '')?.map((axis) => (Number(axis) + 4) % 4);
  return (
    x.dtype === 'float32' &&
    isMap(x, block) &&
    axes !== undefined &&
    [2, 3].every((axis) => axes.includes(axis)) &&
    !axes.includes(1)
  );
}

/** Whether what a value means is a gradient that can be computed on blocked maps. */
export function isGradientThatFits(
  meaning: Meaning,
  block: number,
  batch: number | undefined,
): meaning is Gradient {
  if (meaning.kind === 'flipped') return false;
  if (meaning.kind === 'maximum') return isMap(meaning.x, block);
  if (batch === undefined) return false;
  return meaning.kind === 'depthwise'
    ? isMap(meaning.x, block)
    : isMap(meaning.gradient, block) && partsOf(meaning, block, batch) !== undefined;
}

/** Whether a pooling has a blocked operator, which gives no indices. */
export function isPooling(
  node: Node,
  source: Graph,
  block: number,
  isNeeded: (name: string) => boolean,
): boolean {
  const { op, attributes, inputs, outputs } = node;
  if (op === 'GlobalAveragePool' || op === 'GlobalMaxPool') return isMap(source.value(inputs[0]!), block);
  return (
    (op === 'MaxPool' || op === 'AveragePool') &&
    !outputs.slice(1).some(isNeeded) &&
    isMap(source.value(inputs[0]!), block) &&
    (attributes.auto_pad?.value ?? 'NOTSET') === 'NOTSET' &&
    (attributes.ceil_mode?.value ?? 0) === 0
  );
}
