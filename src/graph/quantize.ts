/** @module A network in float32 and the ranges of its values -> the same network with convolutions in 8-bit integers. */
import { Graph, type Node, type Value } from './graph.ts';
import { sizeOf, type Tensor } from './tensor.ts';

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
export function quantizationOf(range: ValueRange): { readonly scale: number; readonly zero: number } {
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

/** Adds to a graph what a runtime fuses into integer arithmetic. */
class Quantizer {
  readonly graph: Graph;
  readonly #source: Graph;
  readonly #ranges: ReadonlyMap<string, ValueRange>;
  /** Names of the source -> what stands for them when they are read as floats. */
  readonly #floats = new Map<string, Value>();

  constructor(source: Graph, ranges: ReadonlyMap<string, ValueRange>) {
    this.graph = new Graph(source.values.keys());
    this.#source = source;
    this.#ranges = ranges;
  }

  quantization(name: string) {
    const range = this.#ranges.get(name);
    if (!range) throw new Error(`The range of ${name} is not known.`);
    return quantizationOf(range);
  }

  /** A value as its readers see it. */
  read(name: string): Value {
    const known = this.#floats.get(name) ?? this.graph.values.get(name);
    if (known) return known;
    return this.graph.initializer(name, this.#source.initializers.get(name)!);
  }

  /** Rounds a value to 8 bits; all its readers read the rounded one. */
  store(name: string, value: Value): void {
    const { scale, zero } = this.quantization(name);
    const parameters = [
      this.graph.scalar(scale),
      this.graph.constant({ dtype: 'uint8', shape: [], data: Uint8Array.of(zero) }),
    ];
    const [integers] = this.graph.add('QuantizeLinear', [value, ...parameters]);
    this.#floats.set(name, this.graph.add('DequantizeLinear', [integers, ...parameters])[0]!);
  }

  isStored(name: string): boolean {
    return this.#floats.has(name);
  }

  /** Integers with one scale for each entry of the first axis. */
  #dequantized(name: string, tensor: Tensor, scales: Float32Array): Value {
    const integers = this.graph.initializer(name, tensor);
    const zeros =
      tensor.dtype === 'int8'
        ? this.graph.initializer(`${name}:zero`, vector(new Int8Array(scales.length)))
        : undefined;
    const scale = this.graph.initializer(`${name}:scale`, vector(scales));
    return this.graph.add('DequantizeLinear', [integers, scale, zeros], { axis: 0 })[0]!;
  }

  convolution(node: Node, output: string): void {
    const [x, weightName, biasName] = node.inputs as [string, string, string?];
    if (!this.isStored(x)) this.store(x, this.read(x));
    const weight = this.#source.initializers.get(weightName)!;
    const bias = this.#source.initializers.get(biasName ?? '');
    const { scale } = this.quantization(x);
    const { integers, biases, scales } = quantizeWeights(weight, bias, scale);
    const kernel = this.#dequantized(
      `${node.name}:weight`,
      { dtype: 'int8', shape: weight.shape, data: integers },
      scales,
    );
    const sums = scales.map((each) => each * scale);
    const offset = bias && this.#dequantized(`${node.name}:bias`, vector(biases), sums);
    const [result] = this.graph.add('Conv', [this.read(x), kernel, offset], node.attributes);
    this.store(output, result!);
  }

  sum(node: Node, output: string): void {
    const [result] = this.graph.add(
      'Add',
      node.inputs.map((name) => this.read(name)),
    );
    this.store(output, result!);
  }

  copy(node: Node): void {
    const inputs = node.inputs.map((name) => (name === '' ? '' : this.read(name).name));
    this.graph.addNode({ ...node, inputs });
  }
}

/**
 * Post-training quantization, as Jacob et al. 2018 (arXiv 1712.05877) describe it: convolutions with many
 * products a result, and the sums of what they store, compute on uint8 activations and int8 weights with a scale for
 * each output channel; everything else stays float32. It is written with QuantizeLinear and DequantizeLinear, which runtimes fuse into integer
 * arithmetic, so that the file needs ONNX's own operators only.
 *
 * @param ranges of all {@link quantizedValues}
 */
export function quantizeGraph(source: Graph, ranges: ReadonlyMap<string, ValueRange>): Graph {
  const { stored, absorbed } = planOf(source);
  const quantizer = new Quantizer(source, ranges);
  for (const { name, dtype, shape } of source.inputs) quantizer.graph.input(name, dtype, shape);
  for (const node of source.nodes) {
    const output = stored.get(node);
    if (absorbed.has(node)) continue;
    if (output === undefined) quantizer.copy(node);
    else if (node.op === 'Conv') quantizer.convolution(node, output);
    else quantizer.sum(node, output);
  }
  for (const [name, value] of source.outputs) quantizer.graph.output(name, quantizer.read(value.name));
  return quantizer.graph;
}
