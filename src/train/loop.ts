/** @module Posters' pixels, labels and a state -> the state some epochs further: the training loop. */
import { onesheetError } from '../errors.ts';
import type { Graph } from '../graph/index.ts';
import { augment } from '../image/index.ts';
import { parametersOf, statisticsOf } from '../nn/index.ts';
import type { Random } from '../random.ts';
import { type AverageState, weightAverage } from './average.ts';
import type { Recipe } from './config.ts';
import { EarlyStopping, type EarlyStoppingState } from './earlyStopping.ts';
import { activationOf, balancedWeights } from './losses.ts';
import { type ValidationMeasures, validationMeasures } from './measures.ts';
import { adamW, type Optimizer, type OptimizerState, sgd } from './optimizer.ts';
import { constantRate, type Schedule, warmupCosine } from './schedule.ts';
import { type Batch, EvaluationStep, type StepResult, TrainingStep } from './step.ts';

/** Posters in the order of the labels' rows. */
export interface TrainingData {
  readonly pixels: { get(index: number): Uint8Array };
  /** uint8 [posters, genres] */
  readonly labels: Uint8Array;
  readonly genres: number;
  readonly train: readonly number[];
  readonly validation: readonly number[];
  /** Each genre's share of the training posters. */
  readonly prevalence: readonly number[];
}

/** Everything that a killed run needs to continue to the same bits. */
export interface TrainingState {
  /** Epochs completed. */
  epoch: number;
  /** Steps done of the epoch under way. */
  step: number;
  /** Steps done since the start. */
  updates: number;
  /** Sum of the losses of the epoch under way. */
  lossSum: number;
  /** Parameters and running statistics. */
  readonly weights: Map<string, Float32Array>;
  readonly average: AverageState;
  readonly optimizer: OptimizerState;
  earlyStopping: EarlyStoppingState;
}

export interface EpochReport extends ValidationMeasures {
  /** Counted from 1. */
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
  readonly trainingLoss: number;
  readonly isBest: boolean;
  /** Logits of the validation posters, [posters, genres]. */
  readonly logits: Float32Array;
}

export interface TrainingHooks {
  /** After each step. `save` says that it is time for a checkpoint. */
  readonly onStep?: (state: TrainingState, loss: number, stepsPerEpoch: number) => Promise<void> | void;
  /** After each epoch's validation, before the next begins. */
  readonly onEpoch: (state: TrainingState, report: EpochReport) => Promise<void>;
  /** Finishes the step under way, then returns 'interrupted'. */
  readonly signal?: AbortSignal;
}

export type TrainingOutcome = 'finished' | 'stopped early' | 'interrupted';

/** Share of the old running statistic that a batch keeps. */
const statisticsMomentum = 0.9;

function optimizerOf(
  recipe: Recipe,
  schedule: Schedule,
  shapes: ReadonlyMap<string, readonly number[]>,
): Optimizer {
  const { optimizer: options } = recipe;
  const common = { ...options, learningRate: schedule, shapes, maximumNorm: recipe.maximumNorm ?? Infinity };
  return options.optimizer === 'adamw' ? adamW({ ...options, ...common }) : sgd({ ...options, ...common });
}

function scheduleOf(recipe: Recipe, stepsPerEpoch: number): Schedule {
  const peak = recipe.optimizer.learningRate;
  if (recipe.schedule.schedule === 'constant') return constantRate(peak);
  return warmupCosine({
    peak,
    warmupSteps: Math.round(recipe.schedule.warmupEpochs * stepsPerEpoch),
    totalSteps: recipe.epochs * stepsPerEpoch,
    floor: recipe.schedule.floor * peak,
  });
}

/** A run under way: sessions, optimizer and data, ready to advance a state. */
export class Trainer {
  readonly #recipe: Recipe;
  readonly #data: TrainingData;
  readonly #random: Random;
  readonly #training: TrainingStep;
  readonly #evaluation: EvaluationStep;
  readonly #optimizer: Optimizer;
  readonly #schedule: Schedule;
  readonly #average: ReturnType<typeof weightAverage>;
  readonly #stopping: EarlyStopping;
  readonly stepsPerEpoch: number;

  private constructor(
    recipe: Recipe,
    data: TrainingData,
    random: Random,
    network: Graph,
    sessions: [TrainingStep, EvaluationStep],
  ) {
    this.#recipe = recipe;
    this.#data = data;
    this.#random = random;
    [this.#training, this.#evaluation] = sessions;
    // The last, incomplete batch is left out; the next epoch's order is another.
    this.stepsPerEpoch = Math.max(1, Math.floor(data.train.length / recipe.batchSize));
    this.#schedule = scheduleOf(recipe, this.stepsPerEpoch);
    const shapes = new Map([...network.initializers].map(([name, tensor]) => [name, tensor.shape]));
    this.#optimizer = optimizerOf(recipe, this.#schedule, shapes);
    this.#average = weightAverage({ decay: recipe.averageDecay });
    this.#stopping = new EarlyStopping(recipe.earlyStopping);
  }

  /** @param random the run's generator; all noise is derived from it by epoch, step and purpose */
  static async create(
    recipe: Recipe,
    network: Graph,
    data: TrainingData,
    random: Random,
    threads: number,
  ): Promise<Trainer> {
    const weights = recipe.loss.classWeights === 'balanced' ? balancedWeights(data.prevalence) : undefined;
    const training = await TrainingStep.create(network, parametersOf(network), recipe.loss, weights, {
      threads,
    });
    const evaluation = await EvaluationStep.create(network, recipe.loss, weights, { threads });
    return new Trainer(recipe, data, random, network, [training, evaluation]);
  }

  initialState(network: Graph): TrainingState {
    const valuesOf = (names: readonly string[]): [string, Float32Array][] =>
      names.map((name) => [name, Float32Array.from(network.initializers.get(name)!.data as Float32Array)]);
    const parameters = new Map(valuesOf(parametersOf(network)));
    const weights = new Map([...parameters, ...valuesOf(statisticsOf(network))]);
    return {
      epoch: 0,
      step: 0,
      updates: 0,
      lossSum: 0,
      weights,
      average: this.#average.initialState(weights),
      optimizer: this.#optimizer.initialState(parameters),
      earlyStopping: EarlyStopping.initialState,
    };
  }

  /** Advances the state, in place, until the last epoch, early stopping or an interruption. */
  async run(state: TrainingState, hooks: TrainingHooks): Promise<TrainingOutcome> {
    while (state.epoch < this.#recipe.epochs) {
      if (this.#stopping.shouldStop(state.earlyStopping)) return 'stopped early';

      // Training: one pass over the posters in this epoch's order.
      const order = this.#random
        .split('order')
        .split(state.epoch)
        .shuffle([...this.#data.train]);
      while (state.step < this.stepsPerEpoch) {
        const loss = await this.#advance(state, order);
        await hooks.onStep?.(state, loss, this.stepsPerEpoch);
        if (hooks.signal?.aborted) return 'interrupted';
      }

      // Validation: the averaged weights, without noise.
      const { logits, loss } = await this.evaluate(state.average.tensors, this.#data.validation);
      const measures = validationMeasures(logits, loss, this.#data, activationOf(this.#recipe.loss));
      const watched = measures[this.#stopping.measure as keyof ValidationMeasures];
      const isBest = this.#stopping.isImprovement(state.earlyStopping, watched);
      state.epoch += 1;
      state.earlyStopping = this.#stopping.observe(state.earlyStopping, state.epoch, watched);
      const report: EpochReport = {
        ...measures,
        epoch: state.epoch,
        step: state.updates,
        learningRate: this.#schedule(state.updates - 1),
        trainingLoss: state.lossSum / this.stepsPerEpoch,
        isBest,
        logits,
      };
      state.step = 0;
      state.lossSum = 0;
      await hooks.onEpoch(state, report);
      if (hooks.signal?.aborted) return 'interrupted';
    }
    return 'finished';
  }

  /** One step: forward, backward, update, statistics, average. Returns the loss. */
  async #advance(state: TrainingState, order: readonly number[]): Promise<number> {
    const batch = this.#trainingBatch(state, order);
    const noise = this.#random.split('dropout').split(state.updates);
    const result = await this.#training.run(batch, state.weights, noise);
    if (!Number.isFinite(result.loss)) {
      throw onesheetError('TRAINING_DIVERGED', state.epoch + 1, state.updates + 1, result.loss);
    }
    this.#optimizer.update(result.gradients, state.optimizer, state.weights);
    followStatistics(state.weights, result);
    this.#average.update(state.weights, state.average);
    state.step += 1;
    state.updates += 1;
    state.lossSum += result.loss;
    return result.loss;
  }

  #trainingBatch(state: TrainingState, order: readonly number[]): Batch {
    const { batchSize, input, augmentation } = this.#recipe;
    const size = Math.min(batchSize, order.length);
    const chosen = order.slice(state.step * size, (state.step + 1) * size);
    const stride = input.height * input.width * 3;
    const pixels = new Uint8Array(size * stride);
    const random = this.#random.split('augmentation').split(state.updates);
    chosen.forEach((index, i) => {
      augment(this.#data.pixels.get(index), input, augmentation, random.split(i), pixels, i * stride);
    });
    return { pixels, labels: this.#labelsOf(chosen), size };
  }

  #labelsOf(rows: readonly number[]): Float32Array {
    const { labels, genres } = this.#data;
    const values = new Float32Array(rows.length * genres);
    rows.forEach((row, i) => {
      values.set(labels.subarray(row * genres, (row + 1) * genres), i * genres);
    });
    return values;
  }

  /** Logits [rows, genres] and the mean loss of some posters under the given weights. */
  async evaluate(
    weights: ReadonlyMap<string, Float32Array>,
    rows: readonly number[],
  ): Promise<{ logits: Float32Array; loss: number }> {
    const { genres, pixels: source } = this.#data;
    const { input } = this.#recipe;
    const stride = input.height * input.width * 3;
    const logits = new Float32Array(rows.length * genres);
    const batchSize = 64;
    let lossSum = 0;
    for (let start = 0; start < rows.length; start += batchSize) {
      const chosen = rows.slice(start, start + batchSize);
      const pixels = new Uint8Array(chosen.length * stride);
      chosen.forEach((row, i) => {
        pixels.set(source.get(row), i * stride);
      });
      const batch = { pixels, labels: this.#labelsOf(chosen), size: chosen.length };
      const result = await this.#evaluation.run(batch, weights);
      logits.set(result.logits, start * genres);
      lossSum += result.loss * chosen.length;
    }
    return { logits, loss: lossSum / rows.length };
  }

  async release(): Promise<void> {
    await this.#training.release();
    await this.#evaluation.release();
  }
}

function followStatistics(weights: ReadonlyMap<string, Float32Array>, { statistics }: StepResult): void {
  for (const [name, batch] of statistics) {
    const running = weights.get(name)!;
    for (let i = 0; i < running.length; i++) {
      running[i] = statisticsMomentum * running[i]! + (1 - statisticsMomentum) * batch[i]!;
    }
  }
}
