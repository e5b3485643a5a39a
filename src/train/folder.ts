/** @module A training's state and epochs <-> the files of its run. */
import { join } from 'node:path';
import { writeFileAtomically } from '../files.ts';
import {
  assertCheckpointMatches,
  type CheckpointIdentity,
  loadCheckpoint,
  saveCheckpoint,
} from './checkpoint.ts';
import { type HistoryRow, history, timings } from './history.ts';
import type { EpochReport, TrainingState } from './loop.ts';
import type { EventWriter } from './tensorboard.ts';

/** The files of a run's folder. */
export const runFiles = {
  config: 'config.json',
  split: 'split.csv',
  history: 'history.csv',
  timings: 'timings.csv',
  checkpoint: 'last.safetensors',
  model: 'best.onnx',
  validation: 'validation.jsonl',
  metrics: 'metrics.json',
  /** The model that learned from the validation posters too, and the folder of its checkpoint. */
  refitModel: 'refit.onnx',
  refit: 'refit',
} as const;

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

/** Writes and reads the run's files; each is whole at any time. */
export class RunFolder {
  readonly #folder: string;
  readonly #identity: CheckpointIdentity;

  constructor(folder: string, identity: CheckpointIdentity) {
    this.#folder = folder;
    this.#identity = identity;
  }

  #path(file: keyof typeof runFiles): string {
    return join(this.#folder, runFiles[file]);
  }

  async save(state: TrainingState): Promise<void> {
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
  async writeValidation(lines: readonly object[]): Promise<void> {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await writeFileAtomically(this.#path('validation'), text);
  }

  async writeModel(bytes: Uint8Array): Promise<void> {
    await writeFileAtomically(this.#path('model'), bytes);
  }
}
