/** @module A network's graph -> the feature maps on the way from its pixels to its logits. */
import { onesheetError } from '../errors.ts';
import type { Graph, Value } from '../graph/index.ts';

/** A feature map: float32 [batch, channels, height, width], more than one pixel high and wide. */
export interface FeatureMap {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Operators after which rows and columns no longer lie in the last two dimensions. */
const layoutChanges = new Set([
  'Flatten',
  'GRU',
  'LSTM',
  'MatMul',
  'Reshape',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
]);

/** Names of the values that a value is computed from, itself among them. */
function ancestorsOf(graph: Graph, name: string): Set<string> {
  const names = new Set([name]);
  for (const node of [...graph.nodes].reverse())
    if (node.outputs.some((output) => names.has(output))) for (const input of node.inputs) names.add(input);
  return names;
}

/** Names of the values that are computed from a value, itself among them. */
export function dependentsOf(graph: Graph, name: string): Set<string> {
  const names = new Set([name]);
  for (const node of graph.nodes)
    if (node.inputs.some((input) => names.has(input))) for (const output of node.outputs) names.add(output);
  return names;
}

function featureMapOf({ name, dtype, shape }: Value, batch: unknown): FeatureMap | undefined {
  const [first, channels, height, width] = shape;
  if (dtype !== 'float32' || shape.length !== 4 || first !== batch) return undefined;
  if (typeof channels !== 'number' || typeof height !== 'number' || typeof width !== 'number')
    return undefined;
  return height > 1 && width > 1 ? { name, channels, height, width } : undefined;
}

/**
 * All feature maps between the input `image` and the output `logit`, in the order of computation. The pixels
 * themselves, before any convolution, are not among them.
 */
export function featureMapsOf(graph: Graph): FeatureMap[] {
  const image = graph.value('image');
  const logit = graph.outputs.get('logit')!;
  const above = ancestorsOf(graph, logit.name);
  const convolved = new Set<string>();
  const maps: FeatureMap[] = [];
  for (const node of graph.nodes) {
    const keepsLayout = !layoutChanges.has(node.op) && node.inputs.some((input) => convolved.has(input));
    if (node.op !== 'Conv' && !keepsLayout) continue;
    for (const output of node.outputs) {
      if (!above.has(output)) continue;
      convolved.add(output);
      const map = featureMapOf(graph.value(output), image.shape[0]);
      if (map) maps.push(map);
    }
  }
  return maps;
}

/** Whether all that the logits see of the pixels comes through this map. */
function isPassedByAll(graph: Graph, { name }: FeatureMap): boolean {
  const reached = new Set(['image']);
  for (const { inputs, outputs } of graph.nodes) {
    if (!inputs.some((input) => reached.has(input))) continue;
    for (const output of outputs) if (output !== name) reached.add(output);
  }
  return !reached.has(graph.outputs.get('logit')!.name);
}

/** A convolution's output as it is, which what follows may normalize, rectify or pool. */
function isBare(graph: Graph, { name }: FeatureMap): boolean {
  return graph.producerOf(name)?.op === 'Conv';
}

/**
 * The feature map that a method looks at: one that is asked for by its name or by its size, such as `30x20` (the
 * last of that size, bare convolutions aside); else the last map, or that of the `finer`th size before it. Preferred
 * are maps that all of the picture passes on its way to the logits: where a network also reads an earlier map, as by
 * its maxima, or is added to one, a later map shows only a part of what decides.
 *
 * @throws {OnesheetError} EXPLANATION_UNSUPPORTED when the network has no feature map, OPTION_INVALID for a layer
 * that it does not have, naming the last map of each size
 */
export function chooseFeatureMap(graph: Graph, layer: string | undefined, finer = 0): FeatureMap {
  const all = featureMapsOf(graph).reverse();
  const whole = all.filter((map) => isPassedByAll(graph, map));
  const maps = whole.length > 0 ? whole : all;
  const lastOfSize = new Map<string, FeatureMap>();
  for (const map of maps) {
    const size = `${map.height}x${map.width}`;
    const known = lastOfSize.get(size);
    if (!known || (isBare(graph, known) && !isBare(graph, map))) lastOfSize.set(size, map);
  }
  const bySize = [...lastOfSize.values()];
  if (bySize.length === 0)
    throw onesheetError('EXPLANATION_UNSUPPORTED', 'the network has no convolutional feature map');
  if (layer === undefined) return finer === 0 ? maps[0]! : bySize[Math.min(finer, bySize.length - 1)]!;
  const found = lastOfSize.get(layer) ?? all.find((map) => map.name === layer);
  if (found) return found;
  const known = [...lastOfSize].map(([size, { name }]) => `${size} (${name})`).join(', ');
  throw onesheetError('OPTION_INVALID', 'layer', `the name of a feature map or one of ${known}`, layer);
}
