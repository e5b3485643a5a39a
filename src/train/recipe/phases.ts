/** @module A recipe and a network's parameters -> the phases of training: what each one changes, and at which rates. */
import { onesheetError } from '../../errors.ts';
import type { Graph } from '../../graph/index.ts';
import type { FineTuning, Recipe } from '../../run/index.ts';
import { adamW, type Optimizer, sgd } from '../step/optimizer.ts';
import { constantRate, type Schedule, warmupCosine } from '../step/schedule.ts';

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

/** What gradients change. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** What is learned at one rate. */
  readonly layer: string;
  /** The trunk comes from a file, the head starts fresh. */
  readonly origin: 'fresh' | 'file';
}

/** A network's parameters, in its order. */
export function parametersOf(network: Graph): Parameter[] {
  return network.parameters.flatMap((name) => {
    const role = network.roles.get(name);
    if (role?.kind !== 'parameter') return [];
    const { layer, origin } = role;
    return [{ name, shape: network.initializers.get(name)!.shape, layer, origin }];
  });
}

export interface PhaseInputs {
  readonly recipe: Recipe;
  /** All parameters, in the order of the network. */
  readonly parameters: readonly Parameter[];
  readonly stepsPerEpoch: number;
}

/**
 * One phase, or a probe of the head and then the fine-tuning of what is not frozen.
 *
 * @throws {OnesheetError} FREEZE_UNMATCHED for a pattern that no parameter matches, NOTHING_TO_TRAIN
 */
export function phasesOf({ recipe, parameters, stepsPerEpoch }: PhaseInputs): Phase[] {
  const { fineTuning, epochs } = recipe;
  const free = unfrozen(parameters, fineTuning?.freeze ?? []);
  const head = free.filter(({ origin }) => origin === 'fresh');
  const probeEpochs = Math.min(fineTuning?.probeEpochs ?? 0, epochs);
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  const multiplier = rateMultiplier(parameters, fineTuning);
  const parts = [
    { start: 0, end: probeEpochs, trainable: namesOf(head), views: fineTuning?.probeViews ?? 0 },
    { start: probeEpochs, end: epochs, trainable: namesOf(free), views: 0 },
  ].filter(({ start, end }) => start < end);
  return parts.map((part) => {
    if (part.trainable.length === 0) throw onesheetError('NOTHING_TO_TRAIN', recipe.name);
    const schedule = scheduleOf(recipe, (part.end - part.start) * stepsPerEpoch, stepsPerEpoch);
    return { ...part, schedule, optimizer: optimizerOf(recipe, schedule, shapes, multiplier) };
  });
}

function namesOf(parameters: readonly Parameter[]): string[] {
  return parameters.map(({ name }) => name);
}

/** The parameters that no pattern freezes. */
function unfrozen(parameters: readonly Parameter[], patterns: readonly string[]): Parameter[] {
  const matchers = patterns.map((pattern) => {
    const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const matcher = new RegExp(`^${literal.join('.*')}$`);
    if (!parameters.some(({ name }) => matcher.test(name))) throw onesheetError('FREEZE_UNMATCHED', pattern);
    return matcher;
  });
  return parameters.filter(({ name }) => !matchers.some((matcher) => matcher.test(name)));
}

/** The factor on the learning rate by name: 1 for the head. */
function rateMultiplier(
  parameters: readonly Parameter[],
  fineTuning: FineTuning | undefined,
): (name: string) => number {
  const trunk = parameters.filter(({ origin }) => origin === 'file');
  const layers = [...new Set(trunk.map(({ layer }) => layer))];
  const layerOf = new Map(trunk.map(({ name, layer }) => [name, layer]));
  return (name) => {
    const layer = layerOf.get(name);
    if (fineTuning === undefined || layer === undefined) return 1;
    const distance = layers.length - 1 - layers.indexOf(layer);
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
