/** @module A training's state and epochs <-> the files of its run. */
import { join } from 'node:path';
import { writeFileAtomically } from '../../files.ts';
import type { Lock } from '../../lock.ts';
import { loadModel, type Model } from '../../model/index.ts';
import {
  type HistoryRow,
  history,
  runFiles,
  timings,
  type ValidationLine,
  writeValidation,
} from '../../run/index.ts';
import type { EpochReport, TrainingState } from '../training.ts';
import {
  assertCheckpointMatches,
  type CheckpointIdentity,
  loadCheckpoint,
  saveCheckpoint,
} from './checkpoint.ts';
import type { EventWriter } from './tensorboard.ts';

export interface EpochTimes {
  readonly trainingSeconds: number;
  readonly validationSeconds: number;
  readonly images: number;
}

function rowOf(report: EpochReport): HistoryRow {
  return Object.fromEntries(
    history.columns.map((column) => {
      if (column === 'learning_rate') return [column, report.learningRate];
      if (column === 'training_loss') return [column, report.trainingLoss];
      return [column, report[column]];
    }),
  ) as HistoryRow;
}

/** Writes and reads the run's files, each whole at any time, for as long as its lock is held. */
export class RunFolder {
  readonly #folder: string;
  readonly #identity: CheckpointIdentity;
  readonly #lock: Lock;

  constructor(folder: string, identity: CheckpointIdentity, lock: Lock) {
    this.#folder = folder;
    this.#identity = identity;
    this.#lock = lock;
  }

  #path(file: keyof typeof runFiles): string {
    return join(this.#folder, runFiles[file]);
  }

  async save(state: TrainingState): Promise<void> {
    await this.#lock.confirm();
    await saveCheckpoint(this.#path('checkpoint'), state, this.#identity);
  }

  /**
   * Puts the state of the last checkpoint into `state` and drops what was recorded after it. A run that was
   * killed before its first checkpoint begins anew.
   *
   * @throws {OnesheetError} for a checkpoint that is damaged or belongs to another network or configuration
   */
  async restore(state: TrainingState): Promise<void> {
    const path = this.#path('checkpoint');
    const found = await loadCheckpoint(path).catch((error: { code?: string }) => {
      if (error.code === 'FILE_MISSING') return undefined;
      throw error;
    });
    if (found) {
      assertCheckpointMatches(path, found.identity, this.#identity);
      Object.assign(state, found.state);
    }
    await history.truncate(this.#path('history'), state.epoch);
    await timings.truncate(this.#path('timings'), state.epoch);
  }

  async recordEpoch(report: EpochReport, times: EpochTimes, events: EventWriter): Promise<void> {
    await this.#lock.confirm();
    const row = rowOf(report);
    await history.append(this.#path('history'), row);
    await timings.append(this.#path('timings'), {
      epoch: report.epoch,
      training_seconds: times.trainingSeconds,
      validation_seconds: times.validationSeconds,
      images_per_second: times.images / times.trainingSeconds,
      peak_memory_megabytes: process.resourceUsage().maxRSS / 1024,
    });
    const { epoch: _epoch, step, ...scalars } = row;
    await events.scalars(step, scalars);
  }

  /** One JSON line a validation poster: what the best model says of it. */
  async writeValidation(lines: readonly ValidationLine[]): Promise<void> {
    await this.#lock.confirm();
    await writeValidation(this.#path('validation'), lines);
  }

  /** The best model so far. */
  async readModel(): Promise<Model | undefined> {
    return loadModel(this.#path('model')).catch((error: { code?: string }) => {
      if (error.code === 'FILE_MISSING') return undefined;
      throw error;
    });
  }

  /** What the run is made of, and how far it came. */
  async writeSummary(summary: object): Promise<void> {
    await this.#lock.confirm();
    await writeFileAtomically(this.#path('summary'), `${JSON.stringify(summary, null, 2)}\n`);
  }

  async writeModel(bytes: Uint8Array): Promise<void> {
    await this.#lock.confirm();
    await writeFileAtomically(this.#path('model'), bytes);
  }
}
