/** @module A phase of a training, its posters and networks -> the batches and sessions that it runs on. */
import type { SessionOptions } from '../graph/index.ts';
import { balancedWeights, withWeights } from '../nn/index.ts';
import type { Random } from '../random.ts';
import type { Recipe } from '../run/index.ts';
import { type BatchSource, pixelBatches } from './data/batches.ts';
import { featureBatches } from './data/features.ts';
import type { TrainingData } from './data/gather.ts';
import type { Networks } from './networks.ts';
import type { Phase } from './recipe/phases.ts';
import { EvaluationStep, TrainingStep, type Weights } from './step/step.ts';

/** What the phase under way runs on. */
export interface OpenPhase {
  readonly phase: Phase;
  readonly batches: BatchSource;
  readonly training: TrainingStep;
  readonly evaluation: EvaluationStep;
}

/** @throws {OnesheetError} FEATURES_UNCACHED */
export async function openPhase(
  phase: Phase,
  {
    networks,
    data,
    recipe,
    random,
    engine,
    weights,
  }: {
    readonly networks: Networks;
    readonly data: TrainingData;
    readonly recipe: Recipe;
    readonly random: Random;
    readonly engine: SessionOptions;
    /** As they are when the phase begins: what it freezes stays so. */
    readonly weights: Weights;
  },
): Promise<OpenPhase> {
  const batches =
    phase.views === 0
      ? pixelBatches(networks, data, recipe, random)
      : await featureBatches(networks, data, recipe, random, { ...phase, ...data, engine });
  const { learning, reading } = batches.networks;
  const { loss } = recipe;
  const aimed = data.targets ?? data;
  const classWeights = loss.classWeights === 'balanced' ? balancedWeights(data.prevalence) : undefined;
  return {
    phase,
    batches,
    training: await TrainingStep.create(withWeights(learning, weights), phase.trainable, loss, classWeights, {
      ...engine,
      batch: Math.min(recipe.batchSize, data.train.length),
      partial: aimed.known !== undefined,
    }),
    evaluation: await EvaluationStep.create(reading, loss, classWeights, {
      ...engine,
      partial: data.known !== undefined,
    }),
  };
}
