/** @module A run's configuration and posters -> a training that advances its state, epoch by epoch: the loop. */
import { onesheetError } from '../errors.ts';
import { findDevice, type SessionOptions } from '../graph/index.ts';
import { activationOf, lossWeight } from '../nn/index.ts';
import { Random } from '../random.ts';
import type { Recipe, RunConfig, ValidationMeasures } from '../run/index.ts';
import {
  type GatheredPosters,
  type GatherOptions,
  gatherPosters,
  type TrainingSource,
} from './data/gather.ts';
import { EarlyStopping, type EarlyStoppingState } from './earlyStopping.ts';
import { validationMeasures } from './measures.ts';
import { type Networks, startingNetworks } from './networks.ts';
import { type OpenPhase, openPhase } from './openPhase.ts';
import { type Phase, parametersOf, phasesOf } from './recipe/phases.ts';
import { type AverageState, type WeightAverage, weightAverage } from './step/average.ts';
import type { OptimizerState } from './step/optimizer.ts';
import type { StepResult } from './step/step.ts';

/** Share of the old running statistic that a batch keeps, as in PyTorch's batch normalization. */
const statisticsMomentum = 0.9;
/** Posters that are validated at a time: it changes the speed and the memory only. */
const validationBatch = 64;

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
  /** After each step. */
  readonly onStep?: (state: TrainingState, loss: number, stepsPerEpoch: number) => Promise<void> | void;
  /** After each epoch's validation, before the next begins. */
  readonly onEpoch: (state: TrainingState, report: EpochReport) => Promise<void>;
  /** Finishes the step under way, then returns 'interrupted'. */
  readonly signal?: AbortSignal;
}

export type TrainingOutcome = 'finished' | 'stopped early' | 'interrupted';

export interface TrainingOptions extends GatherOptions {
  /** Is told of each session, after its first run, which operators ran where. */
  readonly onPlacement?: SessionOptions['onPlacement'];
}

/** A run under way: posters, networks, phases and the state that they advance. */
export class Training {
  readonly gathered: GatheredPosters;
  readonly networks: Networks;
  /** Advanced in place; a checkpoint may be put into it before {@link run}. */
  readonly state: TrainingState;
  readonly #recipe: Recipe;
  readonly #engine: SessionOptions;
  /** All noise is derived from it by epoch, step and purpose. */
  readonly #random: Random;
  readonly #stepsPerEpoch: number;
  readonly #phases: readonly Phase[];
  readonly #average: WeightAverage;
  readonly #stopping: EarlyStopping;
  #open: OpenPhase | undefined;

  /**
   * Reads the posters and builds the networks in their first state.
   *
   * @throws {OnesheetError} for posters, weights or a recipe that do not fit: as `gatherPosters` and `startingNetworks`;
   * DEVICE_MISSING, FREEZE_UNMATCHED, NOTHING_TO_TRAIN or FEATURES_UNCACHED; RECIPE_INVALID for a run that was begun on cached copies
   */
  static async open(source: TrainingSource, options: TrainingOptions = {}): Promise<Training> {
    const { recipe, seed } = source.config;
    if (recipe.fineTuning?.cachedViews)
      throw onesheetError(
        'RECIPE_INVALID',
        recipe.name,
        'fineTuning.cachedViews: fine-tuning on cached copies is no longer done, so that runs by it are evaluated and not continued',
      );
    const random = Random.fromSeed(seed);
    const gathered = await gatherPosters(source, options);
    const networks = await startingNetworks(source.config, random);
    const { threads, device } = source.config;
    const engine = { threads, device: await findDevice(device), onPlacement: options.onPlacement };
    return new Training(source.config, gathered, networks, random, engine);
  }

  private constructor(
    { recipe }: RunConfig,
    gathered: GatheredPosters,
    networks: Networks,
    random: Random,
    engine: SessionOptions,
  ) {
    const { learning } = networks;
    this.gathered = gathered;
    this.networks = networks;
    this.#recipe = recipe;
    this.#engine = engine;
    this.#random = random;
    // The last, incomplete batch is left out; the next epoch's order is another.
    this.#stepsPerEpoch = Math.max(1, Math.floor(gathered.data.train.length / recipe.batchSize));
    const stepsPerEpoch = this.#stepsPerEpoch;
    this.#phases = phasesOf({ recipe, parameters: parametersOf(learning), stepsPerEpoch });
    this.#average = weightAverage({ decay: recipe.averageDecay });
    this.#stopping = new EarlyStopping(recipe.earlyStopping);
    this.state = this.#initialState();
  }

  #initialState(): TrainingState {
    const { learning } = this.networks;
    const valuesOf = (names: readonly string[]): [string, Float32Array][] =>
      names.map((name) => [name, Float32Array.from(learning.initializers.get(name)!.data as Float32Array)]);
    const parameters = new Map(valuesOf(learning.parameters));
    const weights = new Map([...parameters, ...valuesOf(learning.statistics)]);
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
   * Advances the state until the last epoch, early stopping or an interruption.
   *
   * @param lastEpoch the schedule is that of the recipe's epochs even if fewer are done
   */
  async run(hooks: TrainingHooks, lastEpoch: number = this.#recipe.epochs): Promise<TrainingOutcome> {
    const { state } = this;
    const { data } = this.gathered;
    const stepsPerEpoch = this.#stepsPerEpoch;
    while (state.epoch < lastEpoch) {
      // Phase: what this epoch changes, with which optimizer and rates.
      const open = await this.#enterPhase();
      const { phase } = open;
      const mayStop = phase === this.#phases.at(-1) && data.validation.length > 0;
      if (mayStop && this.#stopping.shouldStop(state.earlyStopping)) return 'stopped early';

      // Training: one pass over the posters in this epoch's order.
      const order = this.#random
        .split('order')
        .split(state.epoch)
        .shuffle([...data.train]);
      while (state.step < stepsPerEpoch) {
        const loss = await this.#learn(open, order);
        await hooks.onStep?.(state, loss, stepsPerEpoch);
        if (hooks.signal?.aborted) return 'interrupted';
      }

      // Validation: the averaged weights, without noise.
      const { logits, measures } = await this.#validate(open);
      const watched = measures[this.#stopping.measure as keyof ValidationMeasures];
      const isBest = this.#stopping.isImprovement(state.earlyStopping, watched);
      state.epoch += 1;
      state.earlyStopping = this.#stopping.observe(state.earlyStopping, state.epoch, watched);

      // Report: what the epoch did; the rate is that of its last update.
      const report: EpochReport = {
        ...measures,
        epoch: state.epoch,
        step: state.updates,
        learningRate: phase.schedule(state.updates - 1 - phase.start * stepsPerEpoch),
        trainingLoss: state.lossSum / stepsPerEpoch,
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
  async #enterPhase(): Promise<OpenPhase> {
    const { state } = this;
    const phase = this.#phases.find(({ end }) => state.epoch < end)!;
    if (this.#open?.phase !== phase) {
      await this.close();
      this.#open = await openPhase(phase, {
        networks: this.networks,
        data: this.gathered.data,
        recipe: this.#recipe,
        random: this.#random,
        engine: this.#engine,
        weights: state.weights,
      });
    }
    if (phase.start > 0 && state.epoch === phase.start && state.step === 0) {
      state.optimizer.step = 0;
      for (const tensor of state.optimizer.tensors.values()) tensor.fill(0);
      state.earlyStopping = { ...state.earlyStopping, epochsWithoutImprovement: 0 };
    }
    return this.#open!;
  }

  /** One step: batch, forward and backward pass, update, statistics, average. Returns the loss. */
  async #learn({ batches, training, phase }: OpenPhase, order: readonly number[]): Promise<number> {
    const { state } = this;
    const size = Math.min(this.#recipe.batchSize, order.length);
    const rows = order.slice(state.step * size, (state.step + 1) * size);
    const batch = batches.training(rows, state.epoch, state.updates); // image [batch, height, width, 3], labels [batch, genres]
    const dropout = this.#random.split('dropout').split(state.updates);
    const result = await training.run(batch, state.weights, dropout);
    if (!Number.isFinite(result.loss)) {
      throw onesheetError('TRAINING_DIVERGED', state.epoch + 1, state.updates + 1, result.loss);
    }
    phase.optimizer.update(result.gradients, state.optimizer, state.weights);
    followStatistics(state.weights, result);
    this.#average.update(state.weights, state.average);
    state.step += 1;
    state.updates += 1;
    state.lossSum += result.loss;
    return result.loss;
  }

  /** Logits and measures of the validation posters under the averaged weights. */
  async #validate({
    batches,
    evaluation,
  }: OpenPhase): Promise<{ logits: Float32Array; measures: ValidationMeasures }> {
    const { data } = this.gathered;
    const { genres, validation } = data;
    const { loss } = this.#recipe;
    const logits = new Float32Array(validation.length * genres); // [posters, genres]
    let lossSum = 0;
    let weightSum = 0;
    for (let start = 0; start < validation.length; start += validationBatch) {
      const batch = batches.evaluation(validation.slice(start, start + validationBatch));
      const result = await evaluation.run(batch, this.state.average.tensors);
      const weight = lossWeight(loss, batch);
      logits.set(result.logits, start * genres); // [batch, genres]
      lossSum += result.loss * weight;
      weightSum += weight;
    }
    return { logits, measures: validationMeasures(logits, lossSum / weightSum, data, activationOf(loss)) };
  }

  /** Frees the engine's sessions; {@link run} opens them again. */
  async close(): Promise<void> {
    await this.#open?.training.release();
    await this.#open?.evaluation.release();
    this.#open = undefined;
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
