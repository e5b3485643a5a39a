/** @module A network and one of its feature maps -> sessions that map pixels and genres by gradients. */
import { OnesheetError, onesheetError } from '../errors.ts';
import {
  differentiableForm,
  differentiate,
  float32,
  type Graph,
  int64,
  operators as op,
  openGraph,
  rewrite,
  type Session,
  type SessionOptions,
  type Value,
} from '../graph/index.ts';
import { dependentsOf, type FeatureMap } from './featureMaps.ts';
import type { Grid } from './map.ts';

export type GradientMethod = 'gradcam' | 'hirescam' | 'layercam';

/** A poster of the batch and a genre, by their indices. */
export interface Pair {
  readonly poster: number;
  readonly genre: number;
}

/**
 * Copies the graph so that what comes after the feature map computes once for each pair of a poster and a genre,
 * and what comes before it only once for each poster.
 *
 * @returns the feature map, [pairs, channels, h, w], and the logits, [pairs, genres]
 */
function splitAtMap(source: Graph, name: string): { graph: Graph; features: Value; logits: Value } {
  const after = dependentsOf(source, name);
  const batch = source.value(name).shape[0];
  const repeated = new Map<string, Value>();
  const repeat = (value: Value): Value => {
    const { graph } = value;
    const posters = graph.value('posters');
    const known = repeated.get(value.name) ?? graph.add('Gather', [value, posters], { axis: 0 })[0]!;
    repeated.set(value.name, known);
    return known;
  };
  const graph = rewrite(source, {
    input: (input, into) => {
      into.keepInput(input);
      if (input === source.inputs.at(-1)) into.graph.input('posters', 'int64', ['pairs']);
    },
    node: (node, into) => {
      const comesAfter = node.outputs.some((output) => after.has(output) && output !== name);
      const inputs = node.inputs.map((input) => {
        if (!comesAfter || input === '' || (after.has(input) && input !== name)) return input;
        const value = into.read(input);
        return value.shape[0] === batch ? repeat(value).name : input;
      });
      into.keepNode({ ...node, inputs });
    },
    output: () => {},
  });
  const logits = graph.value(source.outputs.get('logit')!.name);
  return { graph, features: repeat(graph.value(name)), logits };
}

/**
 * - Grad-CAM (Selvaraju et al. 2017, eq. 1 and 2): ReLU(sum over channels of mean(G) * A).
 * - HiResCAM (Draelos & Carin 2020, eq. 5): the sum over channels of G * A, element by element.
 * - LayerCAM (Jiang et al. 2021, eq. 6 and 7): ReLU(sum over channels of ReLU(G) * A).
 */
function combine(method: GradientMethod, features: Value, gradient: Value): Value {
  if (method === 'hirescam') return op.reduceSum(op.multiply(gradient, features), [1]);
  const weights = method === 'gradcam' ? op.reduceMean(gradient, [2, 3], true) : op.relu(gradient);
  return op.relu(op.reduceSum(op.multiply(weights, features), [1]));
}

/** What the graph room refuses, said as what it means for an explanation. */
export function unsupported(error: unknown): unknown {
  return error instanceof OnesheetError && error.code.startsWith('GRAPH_')
    ? onesheetError('EXPLANATION_UNSUPPORTED', error.message.replace(/\.$/, ''))
    : error;
}

/** One ONNX model that runs forward, backward to one feature map, and sums up its channels. */
export class GradientMaps {
  readonly map: FeatureMap;
  readonly #session: Session;
  readonly #genres: number;
  readonly #image: readonly number[];

  private constructor(map: FeatureMap, session: Session, genres: number, image: readonly number[]) {
    this.map = map;
    this.#session = session;
    this.#genres = genres;
    this.#image = image;
  }

  /**
   * @param network from `image` to `logit`
   * @throws {OnesheetError} EXPLANATION_UNSUPPORTED with the operator that has no gradient
   */
  static async create(
    network: Graph,
    map: FeatureMap,
    methods: readonly GradientMethod[],
    options: SessionOptions = {},
  ): Promise<GradientMaps> {
    try {
      const { graph: form } = differentiableForm(network, { training: false });
      const { graph, features, logits } = splitAtMap(form, map.name);
      const genres = logits.shape[1] as number;
      const chosen = graph.input('chosen', 'float32', ['pairs', genres]);
      const gradient = differentiate(graph, logits, [features], chosen).get(features.name)!;
      for (const method of methods) graph.output(method, combine(method, features, gradient));
      const session = await openGraph(graph, {}, options);
      return new GradientMaps(map, session, genres, network.value('image').shape.slice(1) as number[]);
    } catch (error) {
      throw unsupported(error);
    }
  }

  /**
   * @param pixels uint8 [posters, height, width, 3]
   * @returns one grid a pair, in the size of the feature map
   */
  async run(pixels: Uint8Array, pairs: readonly Pair[], method: GradientMethod): Promise<Grid[]> {
    const posters = pixels.length / this.#image.reduce((product, dim) => product * dim, 1);
    const chosen = new Float32Array(pairs.length * this.#genres);
    pairs.forEach(({ genre }, i) => {
      chosen[i * this.#genres + genre] = 1;
    });
    const feeds = {
      image: { dtype: 'uint8', shape: [posters, ...this.#image], data: pixels } as const,
      posters: int64(pairs.map(({ poster }) => poster)),
      chosen: float32(chosen, [pairs.length, this.#genres]),
    };
    const outputs = await this.#session.run(feeds, [method]);
    const data = outputs[method]!.data as Float32Array;
    const { height, width } = this.map;
    return pairs.map((_, i) => ({
      height,
      width,
      values: data.slice(i * height * width, (i + 1) * height * width),
    }));
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
