/** @module A network in float32 and the ranges of its values -> the same network with convolutions in 8-bit integers. */
import type { Graph } from './graph.ts';
import { addedWhenRead, type Rewriting, rewrite } from './rewrite.ts';
import { sizeOf, type Tensor } from './tensor.ts';
import type { Node, Value } from './vocabulary.ts';

/** The numbers that a value is expected to take; what lies outside is cut off. */
export interface ValueRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** Weights are int8 around 0. */
const largestWeight = 127;
/** Activations are uint8. */
const largestActivation = 255;
/**
 * Products that one result sums up, below which a convolution stays in float32. Rounding costs once a result, and
 * onnxruntime's WebAssembly took 2 to 7 times as long for depthwise convolutions (9 products) and as long or longer
 * for pointwise ones of 24 and 32 channels, but 0.7 of the time for 48 channels and 0.3 for 88 and more.
 */
const fewestProducts = 48;
/** A bias is an int32 to which the products are added; half of its range is left for them. */
const largestBias = 2 ** 30;

function isWeight(graph: Graph, name: string | undefined): boolean {
  return name !== undefined && graph.initializers.get(name)?.dtype === 'float32';
}

/** A convolution whose weights and bias are constants, with enough products to pay for rounding their sums. */
function isConvolution(graph: Graph, node: Node): boolean {
  const [, weight, bias] = node.inputs;
  if (node.op !== 'Conv' || !isWeight(graph, weight) || (bias !== undefined && !isWeight(graph, bias)))
    return false;
  const { shape } = graph.initializers.get(weight!)!;
  return sizeOf(shape.slice(1)) >= fewestProducts;
}

/** What remains of an activation once integers saturate: nothing, when it only cuts at 0 and above. */
function isSaturation(graph: Graph, node: Node): boolean {
  const lowest = graph.initializers.get(node.inputs[1] ?? '')?.data[0];
  return node.op === 'Relu' || (node.op === 'Clip' && lowest === 0);
}

/** Which values are stored in 8 bits. */
interface Plan {
  /** Nodes that compute on integers, and the value that each stores: its own output, or its activation's. */
  readonly stored: ReadonlyMap<Node, string>;
  /** Activations that saturation makes superfluous. */
  readonly absorbed: ReadonlySet<Node>;
  /** Every value that is stored, the inputs of the first convolutions among them. */
  readonly values: readonly string[];
}

function planOf(graph: Graph): Plan {
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes)
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  const outputs = new Set([...graph.outputs.values()].map(({ name }) => name));
  const stored = new Map<Node, string>();
  const absorbed = new Set<Node>();
  const values = new Set<string>();
  for (const node of graph.nodes) {
    const [first, second] = node.inputs as [string, string];
    const adds = node.op === 'Add' && values.has(first) && values.has(second);
    if (!adds && !isConvolution(graph, node)) continue;
    if (!adds) values.add(first);
    const output = node.outputs[0]!;
    const [reader, ...others] = readers.get(output) ?? [];
    const joins = reader && others.length === 0 && !outputs.has(output) && isSaturation(graph, reader);
    if (joins) absorbed.add(reader);
    stored.set(node, joins ? reader.outputs[0]! : output);
    values.add(joins ? reader.outputs[0]! : output);
  }
  return { stored, absorbed, values: [...values] };
}

/** Names of the values whose ranges {@link quantizeGraph} needs. */
export function quantizedValues(graph: Graph): readonly string[] {
  return planOf(graph).values;
}

/** Scale and zero point, so that 0 is a whole number: padding must stay exact. */
function quantizationOf(range: ValueRange): { readonly scale: number; readonly zero: number } {
  const [low, high] = [Math.min(range.minimum, 0), Math.max(range.maximum, 0)];
  const scale = Math.fround((high - low) / largestActivation) || 1;
  return { scale, zero: Math.min(largestActivation, Math.max(0, Math.round(-low / scale))) };
}

/** float32 [out, ...] and a bias [out] -> int8 and int32 with one scale a channel. */
function quantizeWeights(weight: Tensor, bias: Tensor | undefined, inputScale: number) {
  const channels = weight.shape[0]!;
  const size = weight.data.length / channels;
  const integers = new Int8Array(weight.data.length);
  const biases = new Int32Array(channels);
  const scales = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    let largest = 0;
    for (let i = c * size; i < (c + 1) * size; i++)
      largest = Math.max(largest, Math.abs(Number(weight.data[i])));
    const offset = Number(bias?.data[c] ?? 0);
    // A channel of tiny weights and a large bias is coarser, so that the bias fits its integer.
    const scale = Math.max(largest / largestWeight, Math.abs(offset) / (inputScale * largestBias));
    scales[c] = scale || 1;
    for (let i = c * size; i < (c + 1) * size; i++)
      integers[i] = Math.round(Number(weight.data[i]) / scales[c]!);
    biases[c] = Math.round(offset / (inputScale * scales[c]!));
  }
  return { integers, biases, scales };
}

function vector(data: Float32Array | Int8Array | Int32Array): Tensor {
  const dtype = data instanceof Float32Array ? 'float32' : data instanceof Int8Array ? 'int8' : 'int32';
  return { dtype, shape: [data.length], data };
}

type Ranges = ReadonlyMap<string, ValueRange>;

function quantizationAt(name: string, ranges: Ranges) {
  const range = ranges.get(name);
  if (!range) throw new Error(`The range of ${name} is not known.`);
  return quantizationOf(range);
}

/** Rounds a value to 8 bits; all readers of the source's value of this name read the rounded one. */
function store(into: Rewriting, name: string, value: Value, ranges: Ranges): void {
  const { scale, zero } = quantizationAt(name, ranges);
  const parameters = [
    into.graph.scalar(scale),
    into.graph.constant({ dtype: 'uint8', shape: [], data: Uint8Array.of(zero) }),
  ];
  const [integers] = into.graph.add('QuantizeLinear', [value, ...parameters]);
  into.replace(name, into.graph.add('DequantizeLinear', [integers, ...parameters])[0]!);
}

/** Integers with one scale for each entry of the first axis. */
function dequantized(graph: Graph, name: string, tensor: Tensor, scales: Float32Array): Value {
  const integers = graph.initializer(name, tensor);
  const zeros =
    tensor.dtype === 'int8'
      ? graph.initializer(`${name}:zero`, vector(new Int8Array(scales.length)))
      : undefined;
  const scale = graph.initializer(`${name}:scale`, vector(scales));
  return graph.add('DequantizeLinear', [integers, scale, zeros], { axis: 0 })[0]!;
}

function convolve(node: Node, into: Rewriting, ranges: Ranges): Value {
  const { graph, source } = into;
  const [x, weightName, biasName] = node.inputs as [string, string, string?];
  if (!into.isReplaced(x)) store(into, x, into.read(x), ranges);
  const weight = source.initializers.get(weightName)!;
  const bias = source.initializers.get(biasName ?? '');
  const { scale } = quantizationAt(x, ranges);
  const { integers, biases, scales } = quantizeWeights(weight, bias, scale);
  const kernel = dequantized(
    graph,
    `${node.name}:weight`,
    { dtype: 'int8', shape: weight.shape, data: integers },
    scales,
  );
  const sums = scales.map((each) => each * scale);
  const offset = bias && dequantized(graph, `${node.name}:bias`, vector(biases), sums);
  return graph.add('Conv', [into.read(x), kernel, offset], node.attributes)[0]!;
}

/**
 * Post-training quantization, as Jacob et al. 2018 (arXiv 1712.05877) describe it: convolutions with many
 * products a result, and the sums of what they store, compute on uint8 activations and int8 weights with a scale for
 * each output channel; everything else stays float32. It is written with QuantizeLinear and DequantizeLinear, which runtimes fuse into integer
 * arithmetic, so that the file needs ONNX's own operators only.
 *
 * @param ranges of all {@link quantizedValues}
 */
export function quantizeGraph(source: Graph, ranges: Ranges): Graph {
  const { stored, absorbed } = planOf(source);
  return rewrite(source, {
    initializer: addedWhenRead,
    node: (node, into) => {
      const output = stored.get(node);
      if (absorbed.has(node)) return;
      if (output === undefined) into.keepNode(node);
      else if (node.op === 'Conv') store(into, output, convolve(node, into, ranges), ranges);
      else {
        const addends = node.inputs.map((name) => into.read(name));
        store(into, output, into.graph.add('Add', addends)[0]!, ranges);
      }
    },
  });
}
