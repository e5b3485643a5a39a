/** @module A recipe and a network's parameters -> the phases of training: what each one changes, and at which rates. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import type { Recipe } from './config.ts';
import { adamW, type Optimizer, sgd } from './optimizer.ts';
import { constantRate, type Schedule, warmupCosine } from './schedule.ts';

/** How a training continues from weights that were learned elsewhere. */
export const fineTuningSchema = z.strictObject({
  /**
   * A safetensors file, its path absolute or from the working directory: the weights to start from, by the
   * network's names. They are the trunk; parameters that the file lacks are the head and start fresh. An `onnx`
   * network's trunk has its weights from its own file instead.
   */
  initialWeights: z.string().min(1).optional(),
  /** Names of parameters that never change, e.g. `expanded_conv_1.*`; `*` stands for any characters. */
  freeze: z.array(z.string().min(1)).default([]),
  /** Learning rate of the trunk's last layer, relative to the head's, which has the optimizer's. */
  trunkRate: z.number().min(0).max(10).default(1),
  /** What each layer's rate is multiplied by to give that of the layer before it (Howard & Ruder 2018, section 3.2). */
  learningRateDecay: z.number().positive().max(1).default(1),
  /**
   * Epochs, of all, in which only the head learns; the optimizer and the schedule then start anew for the
   * rest (LP-FT; Kumar et al. 2022). As many as there are epochs make a probe only.
   */
  probeEpochs: z.number().int().min(0).default(0),
  /**
   * Varied copies of each training poster that go through the trunk once, before the probe, which then runs the head
   * only; its epochs take the copies by turns. 0 varies anew for each step and runs all layers.
   */
  probeViews: z.number().int().min(0).max(100).default(0),
  /** The same for the frozen layers and the fine-tuning. */
  cachedViews: z.number().int().min(0).max(100).default(0),
});
export type FineTuning = z.infer<typeof fineTuningSchema>;

/** A part of the training with an optimizer and a schedule of its own. */
export interface Phase {
  /** Epochs completed when it begins. */
  readonly start: number;
  /** Epochs completed when it is over. */
  readonly end: number;
  /** Names of the parameters that it changes. */
  readonly trainable: readonly string[];
  /** Varied copies of each poster whose frozen features are computed before; 0 runs all layers at each step. */
  readonly views: number;
  readonly schedule: Schedule;
  readonly optimizer: Optimizer;
}

export interface PhaseInputs {
  readonly recipe: Recipe;
  /** Names of all parameters, in the order of the network. */
  readonly parameters: readonly string[];
  /** Shapes by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Parameters that have weights from elsewhere. */
  readonly trunk: ReadonlySet<string>;
  readonly stepsPerEpoch: number;
}

/**
 * One phase, or a probe of the head and then the fine-tuning of what is not frozen.
 *
 * @throws {OnesheetError} FREEZE_UNMATCHED for a pattern that no parameter matches, NOTHING_TO_TRAIN,
 * FEATURES_UNCACHED for a recipe that caches features and mixes posters
 */
export function phasesOf({ recipe, parameters, shapes, trunk, stepsPerEpoch }: PhaseInputs): Phase[] {
  const { fineTuning, epochs } = recipe;
  const free = unfrozen(parameters, fineTuning?.freeze ?? []);
  const head = free.filter((name) => !trunk.has(name));
  const probeEpochs = Math.min(fineTuning?.probeEpochs ?? 0, epochs);
  const multiplier = rateMultiplier(parameters, trunk, fineTuning);
  const parts = [
    { start: 0, end: probeEpochs, trainable: head, views: fineTuning?.probeViews ?? 0 },
    { start: probeEpochs, end: epochs, trainable: free, views: fineTuning?.cachedViews ?? 0 },
  ].filter(({ start, end }) => start < end);
  if (fineTuning?.cachedViews && recipe.mixing)
    throw onesheetError('FEATURES_UNCACHED', 'the recipe mixes posters');
  return parts.map((part) => {
    if (part.trainable.length === 0) throw onesheetError('NOTHING_TO_TRAIN', recipe.name);
    const schedule = scheduleOf(recipe, (part.end - part.start) * stepsPerEpoch, stepsPerEpoch);
    return { ...part, schedule, optimizer: optimizerOf(recipe, schedule, shapes, multiplier) };
  });
}

/** The parameters that no pattern freezes. */
function unfrozen(parameters: readonly string[], patterns: readonly string[]): string[] {
  const matchers = patterns.map((pattern) => {
    const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const matcher = new RegExp(`^${literal.join('.*')}$`);
    if (!parameters.some((name) => matcher.test(name))) throw onesheetError('FREEZE_UNMATCHED', pattern);
    return matcher;
  });
  return parameters.filter((name) => !matchers.some((matcher) => matcher.test(name)));
}

/** The factor on the learning rate by name: 1 for the head; a layer is what stands before a name's first dot. */
function rateMultiplier(
  parameters: readonly string[],
  trunk: ReadonlySet<string>,
  fineTuning: FineTuning | undefined,
): (name: string) => number {
  const layerOf = (name: string): string => name.split('.', 1)[0]!;
  const layers = [...new Set(parameters.filter((name) => trunk.has(name)).map(layerOf))];
  return (name) => {
    if (fineTuning === undefined || !trunk.has(name)) return 1;
    const distance = layers.length - 1 - layers.indexOf(layerOf(name));
    return fineTuning.trunkRate * fineTuning.learningRateDecay ** distance;
  };
}

function optimizerOf(
  recipe: Recipe,
  schedule: Schedule,
  shapes: ReadonlyMap<string, readonly number[]>,
  multiplier: (name: string) => number,
): Optimizer {
  const { optimizer: options } = recipe;
  const maximumNorm = recipe.maximumNorm ?? Infinity;
  const common = { learningRate: schedule, shapes, maximumNorm, multiplier };
  return options.optimizer === 'adamw' ? adamW({ ...options, ...common }) : sgd({ ...options, ...common });
}

function scheduleOf(recipe: Recipe, totalSteps: number, stepsPerEpoch: number): Schedule {
  const peak = recipe.optimizer.learningRate;
  if (recipe.schedule.schedule === 'constant') return constantRate(peak);
  return warmupCosine({
    peak,
    warmupSteps: Math.round(recipe.schedule.warmupEpochs * stepsPerEpoch),
    totalSteps,
    floor: recipe.schedule.floor * peak,
  });
}
