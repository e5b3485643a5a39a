/** @module A finished graph -> the same computation with its convolutions in onnxruntime's blocked layout. */
import type { Graph } from '../graph.ts';
import { pad, reshape, reshapeTo } from '../operators.ts';
import { rewrite } from '../rewrite.ts';
import type { Gradient, Node, Value } from '../vocabulary.ts';
import { denseGradient } from './denseGradient.ts';
import { depthwiseGradient } from './depthwiseGradient.ts';
import { boundTo, Layouts } from './layouts.ts';
import { maximumGradient } from './maximumGradient.ts';
import { Plan } from './plan.ts';
import { type Convolution, filled, operandOf, type Transposed } from './shapes.ts';

/**
 * Puts convolutions into onnxruntime's blocked operators, whose weights may be inputs of the graph, and lets maps stay
 * in that layout where less is moved so. Its optimizer does the same where weights are constant.
 *
 * @param block channels that lie together, as `blockSize` finds them out
 * @param batch posters in every batch, if that is known: some operators have them among their attributes
 */
export function blockedForm(source: Graph, block: number, batch?: number): Graph {
  const plan = new Plan(source, block, batch);
  let made: Layouts | undefined;
  return rewrite(source, {
    input: (value, into) => into.keepInput({ ...value, shape: boundTo(batch, value.shape) }),
    node: (node, into) => {
      made ??= new Layouts(into, block, batch);
      const form = plan.formOf(node);
      if (form.kind === 'joined') return;
      if (form.kind === 'convolution') convolve(node, form, made);
      else if (form.kind === 'transposed') convolveSpread(node, form.transposed, made);
      else if (form.kind === 'gradient') differentiated(node, form.meaning, batch, made);
      else if (form.kind === 'plain' || !form.blocked) keepPlain(node, made);
      else emitters[form.kind](node, made);
    },
    output: (name, value, into) => into.graph.output(name, made?.plain(value.name) ?? into.read(value.name)),
  });
}

function keepPlain(node: Node, layouts: Layouts): void {
  for (const name of node.inputs) if (name !== '') layouts.plain(name);
  layouts.into.keepNode(node);
}

/** A gradient in the form that suits blocked maps. */
function differentiated(
  { outputs: [name] }: Node,
  meaning: Gradient,
  batch: number | undefined,
  layouts: Layouts,
): void {
  if (meaning.kind === 'maximum') layouts.keepBlocked(name!, maximumGradient(meaning, layouts));
  else {
    const form = meaning.kind === 'depthwise' ? depthwiseGradient : denseGradient;
    layouts.into.replace(name!, form(meaning, batch!, layouts));
  }
}

interface JoinedConvolution {
  readonly convolution: Convolution;
  readonly activation?: Node;
}

function convolve(node: Node, { convolution, activation }: JoinedConvolution, layouts: Layouts): void {
  const [x, w, bias] = node.inputs as [string, string, string | undefined];
  const shape = layouts.shapeOf(node.outputs[0]!);
  const weights = layouts.weights(w, convolution);
  const vector = bias ? layouts.plain(bias) : undefined;
  const offset = vector && layouts.fill(vector, [convolution.outputs - (vector.shape[0] as number)]);
  const input = convolution.kind === 'fewChannels' ? layouts.plain(x) : layouts.blocked(x);
  const attributes = {
    ...node.attributes,
    kernel_shape: weights.shape.slice(2) as number[],
    ...(convolution.kind === 'depthwise' ? { group: convolution.outputs } : {}),
    ...(activation ? activationOf(activation, layouts.into.source) : {}),
  };
  const inputs = offset ? [input, weights, offset] : [input, weights];
  layouts.keepBlocked(
    (activation ?? node).outputs[0]!,
    layouts.add('Conv', inputs, attributes, shape.with(1, convolution.outputs)),
  );
}

function activationOf({ op, inputs }: Node, source: Graph): object {
  if (op === 'Relu') return { activation: 'Relu' };
  const bounds = inputs.slice(1).map((name) => Number(source.initializers.get(name)!.data[0]));
  return { activation: 'Clip', activation_params: { type: 'floats', value: bounds } };
}

/** The transposed convolution: zeros go between the places of the map, so that a convolution reaches each one. */
function convolveSpread(node: Node, { convolution, strides, pads }: Transposed, layouts: Layouts): void {
  const [x, w] = node.inputs as [string, string];
  const map = layouts.blocked(x);
  const [batch, channels, height, width] = map.shape as [number, number, number, number];
  const { block } = layouts;
  const rows = reshape(map, [-1, height, 1, width, block]);
  const spread = pad(rows, [0, 0, 0, 0, 0], [0, 0, strides[0] - 1, 0, block * (strides[1] - 1)]);
  const shape = [batch, channels, height * strides[0], width * strides[1]];
  const input = reshapeTo(spread, shape);
  const isDepthwise = convolution.kind === 'depthwise';
  const weights = isDepthwise
    ? layouts.reversedWeights(w, convolution)
    : layouts.flippedWeights(w, convolution);
  const output = layouts.shapeOf(node.outputs[0]!).with(1, convolution.outputs);
  const group = isDepthwise ? convolution.outputs : 1;
  const attributes = { kernel_shape: weights.shape.slice(2) as number[], pads, strides: [1, 1], group };
  layouts.keepBlocked(node.outputs[0]!, layouts.add('Conv', [input, weights], attributes, output));
}

/** Maps as they are where all others are single numbers, else as they lie in memory. */
function elementwise(node: Node, layouts: Layouts): void {
  const { source, graph } = layouts.into;
  const { shape } = source.value(node.outputs[0]!);
  const kinds = node.inputs.map((name) =>
    name === '' ? 'none' : operandOf(source.value(name).shape, shape),
  );
  const vectors = node.inputs.filter((_, i) => kinds[i] === 'vector').map((name) => source.value(name));
  const unfolds = vectors.length > 0;
  const inRows = vectors.every(isNumberOfChannel);
  const operands = node.inputs.map((name, i): Value | undefined => {
    if (kinds[i] === 'none') return undefined;
    if (kinds[i] === 'number') return layouts.plain(name);
    if (kinds[i] === 'vector')
      return layouts.unfoldedVector(layouts.plain(name), inRows ? (shape[3] as number) : undefined);
    return unfolds ? layouts.unfolded(layouts.blocked(name), inRows) : layouts.blocked(name);
  });
  const [name] = node.outputs as [string];
  const result = graph.add(node.op, operands, node.attributes)[0]!;
  layouts.keepBlocked(name, unfolds ? layouts.folded(result, name) : result);
}

/** Whether a vector has numbers of channels, the same at all places. */
function isNumberOfChannel({ dtype, shape }: Value): boolean {
  return dtype === 'float32' && shape.at(-3) !== 1 && shape.slice(-2).every((dim) => dim === 1);
}

/** Over the positions of each block first, then over the batch. */
function reduce(node: Node, layouts: Layouts): void {
  const { source, graph } = layouts.into;
  const { block } = layouts;
  const [name] = node.inputs as [string];
  const [output] = node.outputs as [string];
  const x = source.value(name);
  const [, channels, height, width] = x.shape as [number, number, number, number];
  const rows = reshape(layouts.blocked(name), [-1, height * width, block]);
  const inner = graph.add(node.op, [rows, graph.integers([1])], { keepdims: 0 })[0]!;
  const perPoster = layouts.cropped(reshape(inner, [-1, filled(channels, block)]), channels);
  const overBatch = source.contentsOf(node.inputs[1]!)!.some((axis) => (Number(axis) + 4) % 4 === 0);
  const values = overBatch
    ? graph.add(node.op, [perPoster, graph.integers([0])], { keepdims: 0 })[0]!
    : perPoster;
  layouts.into.replace(output, reshapeTo(values, layouts.shapeOf(output)));
}

function pool(node: Node, layouts: Layouts): void {
  const x = layouts.blocked(node.inputs[0]!);
  const shape = layouts.shapeOf(node.outputs[0]!);
  const pooled = layouts.add(node.op, [x], node.attributes, shape.with(1, x.shape[1]!));
  layouts.keepBlocked(node.outputs[0]!, pooled);
}

const emitters = { elementwise, reduction: reduce, pooling: pool } as const;
