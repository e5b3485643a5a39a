/** @module Posters' pixels, labels and a state -> the state some epochs further: the training loop. */
import { onesheetError } from '../errors.ts';
import type { Graph } from '../graph/index.ts';
import { activationOf, balancedWeights, lossWeight } from '../nn/index.ts';
import type { Random } from '../random.ts';
import type { Recipe } from '../run/index.ts';
import { type BatchSource, pixelBatches, type TrainingPosters } from './data/batches.ts';
import { featureBatches } from './data/features.ts';
import { EarlyStopping, type EarlyStoppingState } from './earlyStopping.ts';
import { type ValidationMeasures, validationMeasures } from './measures.ts';
import { type Phase, parametersOf, phasesOf } from './recipe/phases.ts';
import { type AverageState, weightAverage } from './step/average.ts';
import type { OptimizerState } from './step/optimizer.ts';
import { EvaluationStep, type StepResult, TrainingStep } from './step/step.ts';

/** Posters to learn from and to be judged by. */
export interface TrainingData extends TrainingPosters {
  readonly train: readonly number[];
  /** Without any, no epoch is measured or better than another, and training does not stop early. */
  readonly validation: readonly number[];
  /** Each genre's share of the training posters of which it is known. */
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

export interface TrainerInputs {
  readonly recipe: Recipe;
  readonly network: Graph;
  /** The same network for posters in reading size. */
  readonly reader: Graph;
  readonly data: TrainingData;
  /** The run's generator; all noise is derived from it by epoch, step and purpose. */
  readonly random: Random;
  readonly threads: number;
}

/** What the phase under way runs on. */
interface Stage {
  readonly phase: Phase;
  readonly source: BatchSource;
  readonly training: TrainingStep;
  readonly evaluation: EvaluationStep;
}

/** A run under way: sessions, optimizer and data, ready to advance a state. */
export class Trainer {
  readonly #inputs: TrainerInputs;
  readonly #phases: readonly Phase[];
  readonly #average: ReturnType<typeof weightAverage>;
  readonly #stopping: EarlyStopping;
  #stage: Stage | undefined;
  readonly stepsPerEpoch: number;

  /** @throws {OnesheetError} FREEZE_UNMATCHED, NOTHING_TO_TRAIN or FEATURES_UNCACHED for a recipe that does not fit */
  constructor(inputs: TrainerInputs) {
    const { recipe, network, data } = inputs;
    this.#inputs = inputs;
    // The last, incomplete batch is left out; the next epoch's order is another.
    const stepsPerEpoch = Math.max(1, Math.floor(data.train.length / recipe.batchSize));
    this.stepsPerEpoch = stepsPerEpoch;
    this.#phases = phasesOf({ recipe, parameters: parametersOf(network), stepsPerEpoch });
    this.#average = weightAverage({ decay: recipe.averageDecay });
    this.#stopping = new EarlyStopping(recipe.earlyStopping);
  }

  initialState(): TrainingState {
    const { network } = this.#inputs;
    const valuesOf = (names: readonly string[]): [string, Float32Array][] =>
      names.map((name) => [name, Float32Array.from(network.initializers.get(name)!.data as Float32Array)]);
    const parameters = new Map(valuesOf(network.parameters));
    const weights = new Map([...parameters, ...valuesOf(network.statistics)]);
    const trained = new Set(this.#phases.flatMap((phase) => phase.trainable));
    const trainedParameters = new Map([...parameters].filter(([name]) => trained.has(name)));
    return {
      epoch: 0,
      step: 0,
      updates: 0,
      lossSum: 0,
      weights,
      average: this.#average.initialState(weights),
      optimizer: this.#phases[0]!.optimizer.initialState(trainedParameters),
      earlyStopping: EarlyStopping.initialState,
    };
  }

  /**
   * Advances the state, in place, until the last epoch, early stopping or an interruption.
   *
   * @param lastEpoch the schedule is that of the recipe's epochs even if fewer are done
   */
  async run(
    state: TrainingState,
    hooks: TrainingHooks,
    lastEpoch: number = this.#inputs.recipe.epochs,
  ): Promise<TrainingOutcome> {
    const { data, random } = this.#inputs;
    while (state.epoch < lastEpoch) {
      const stage = await this.#enterStage(state);
      const { phase } = stage;
      const mayStop = phase === this.#phases.at(-1) && data.validation.length > 0;
      if (mayStop && this.#stopping.shouldStop(state.earlyStopping)) return 'stopped early';

      // Training: one pass over the posters in this epoch's order.
      const order = random
        .split('order')
        .split(state.epoch)
        .shuffle([...data.train]);
      while (state.step < this.stepsPerEpoch) {
        const loss = await this.#advance(state, order, stage);
        await hooks.onStep?.(state, loss, this.stepsPerEpoch);
        if (hooks.signal?.aborted) return 'interrupted';
      }

      // Validation: the averaged weights, without noise.
      const { logits, measures } = await this.#validate(state, stage);
      const watched = measures[this.#stopping.measure as keyof ValidationMeasures];
      const isBest = this.#stopping.isImprovement(state.earlyStopping, watched);
      state.epoch += 1;
      state.earlyStopping = this.#stopping.observe(state.earlyStopping, state.epoch, watched);
      const report: EpochReport = {
        ...measures,
        epoch: state.epoch,
        step: state.updates,
        learningRate: phase.schedule(state.updates - 1 - phase.start * this.stepsPerEpoch),
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

  /** The phase of the coming epoch. A later one starts with a fresh optimizer and full patience. */
  async #enterStage(state: TrainingState): Promise<Stage> {
    const phase = this.#phases.find(({ end }) => state.epoch < end)!;
    if (this.#stage?.phase !== phase) {
      await this.release();
      this.#stage = await this.#openStage(phase);
    }
    if (phase.start > 0 && state.epoch === phase.start && state.step === 0) {
      state.optimizer.step = 0;
      for (const tensor of state.optimizer.tensors.values()) tensor.fill(0);
      state.earlyStopping = { ...state.earlyStopping, epochsWithoutImprovement: 0 };
    }
    return this.#stage!;
  }

  async #openStage(phase: Phase): Promise<Stage> {
    const { recipe, network, reader, data, random, threads } = this.#inputs;
    const source =
      phase.views === 0
        ? pixelBatches(network, reader, data, recipe, random)
        : await featureBatches(network, reader, data, recipe, random, { ...phase, ...data, threads });
    const { loss } = recipe;
    const aimed = data.targets ?? data;
    const classWeights = loss.classWeights === 'balanced' ? balancedWeights(data.prevalence) : undefined;
    return {
      phase,
      source,
      training: await TrainingStep.create(source.network, phase.trainable, loss, classWeights, {
        threads,
        partial: aimed.known !== undefined,
      }),
      evaluation: await EvaluationStep.create(source.reader, loss, classWeights, {
        threads,
        partial: data.known !== undefined,
      }),
    };
  }

  /** One step: forward, backward, update, statistics, average. Returns the loss. */
  async #advance(state: TrainingState, order: readonly number[], stage: Stage): Promise<number> {
    const { recipe, random } = this.#inputs;
    const size = Math.min(recipe.batchSize, order.length);
    const rows = order.slice(state.step * size, (state.step + 1) * size);
    const batch = stage.source.training(rows, state.epoch, state.updates);
    const noise = random.split('dropout').split(state.updates);
    const result = await stage.training.run(batch, state.weights, noise);
    if (!Number.isFinite(result.loss)) {
      throw onesheetError('TRAINING_DIVERGED', state.epoch + 1, state.updates + 1, result.loss);
    }
    stage.phase.optimizer.update(result.gradients, state.optimizer, state.weights);
    followStatistics(state.weights, result);
    this.#average.update(state.weights, state.average);
    state.step += 1;
    state.updates += 1;
    state.lossSum += result.loss;
    return result.loss;
  }

  /** Logits [posters, genres] and measures of the validation posters under the averaged weights. */
  async #validate(
    { average }: TrainingState,
    { source, evaluation }: Stage,
  ): Promise<{ logits: Float32Array; measures: ValidationMeasures }> {
    const { recipe, data } = this.#inputs;
    const { genres, validation } = data;
    const logits = new Float32Array(validation.length * genres);
    const batchSize = 64;
    let lossSum = 0;
    let weightSum = 0;
    for (let start = 0; start < validation.length; start += batchSize) {
      const chosen = validation.slice(start, start + batchSize);
      const batch = source.evaluation(chosen);
      const result = await evaluation.run(batch, average.tensors);
      const weight = lossWeight(recipe.loss, batch);
      logits.set(result.logits, start * genres);
      lossSum += result.loss * weight;
      weightSum += weight;
    }
    const loss = lossSum / weightSum;
    return { logits, measures: validationMeasures(logits, loss, data, activationOf(recipe.loss)) };
  }

  async release(): Promise<void> {
    await this.#stage?.training.release();
    await this.#stage?.evaluation.release();
    this.#stage = undefined;
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
