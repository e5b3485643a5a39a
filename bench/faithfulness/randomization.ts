/** @module A model -> the same model with more and more of its weights randomized, from the logits down. */
import { emitModel } from '../../src/graph/index.ts';
import type { Model } from '../../src/model/index.ts';
import { withWeights } from '../../src/nn/index.ts';
import type { Random } from '../../src/random.ts';

export interface RandomizedModel {
  /** The layer that was randomized last; those after it in the network were before. */
  readonly layer: string;
  readonly model: Model;
}

/** What a parameter's name begins with: `stage4` of `stage4.block1.conv.weight`. */
function layerOf(parameter: string): string {
  return parameter.split('.')[0]!;
}

/**
 * The cascading randomization of the sanity check by Adebayo et al. (2018, section 3): layer by layer from the top,
 * weights lose what was learned. Each tensor's own values are shuffled, which keeps their distribution and so the
 * scale of the activations.
 */
export function* randomizedFromTheTop(model: Model, random: Random): Generator<RandomizedModel> {
  const parameters = model.graph.parameters;
  const layers = [...new Set(parameters.map(layerOf))].reverse();
  const weights = new Map<string, Float32Array>();
  for (const layer of layers) {
    for (const name of parameters.filter((parameter) => layerOf(parameter) === layer)) {
      const values = Array.from(model.graph.initializers.get(name)!.data as Float32Array);
      weights.set(name, Float32Array.from(random.split(name).shuffle(values)));
    }
    const graph = withWeights(model.graph, weights);
    yield {
      layer,
      model: { ...model, graph, bytes: emitModel(graph), id: `${model.id} randomized to ${layer}` },
    };
  }
}
