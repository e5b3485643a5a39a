/** @module A run's findings, its state and its model -> `summary.json`: what the run is made of and how far it came. */
import { genresNeverGiven, sayNeverGiven } from '../../evaluate/index.ts';
import type { Device } from '../../graph/index.ts';
import { machineHere } from '../../run/index.ts';
import type { RunFindings } from '../data/findings.ts';
import type { TrainingOutcome, TrainingState } from '../training.ts';
import type { RunFolder } from './folder.ts';

/** How far a run came. */
export interface RunProgress {
  readonly epochs: number;
  readonly best: { readonly epoch: number; readonly value: number } | null;
  /** By which the best epoch is chosen. */
  readonly measure: string;
  readonly notes: readonly string[];
}

/** Writes `summary.json` when training begins and when it ends. */
export class RunSummary {
  readonly #files: RunFolder;
  readonly #measure: string;
  readonly #findings: RunFindings;
  readonly #device: Device;

  /** @param device where the networks are computed */
  constructor(files: RunFolder, measure: string, findings: RunFindings, device: Device) {
    this.#files = files;
    this.#measure = measure;
    this.#findings = findings;
    this.#device = device;
  }

  /** @param outcome `training` at the beginning, which stays when the run is killed */
  async write(state: TrainingState, outcome: TrainingOutcome | 'training'): Promise<RunProgress> {
    const { notes: before, ...findings } = this.#findings;
    const model = outcome === 'training' ? undefined : await this.#files.readModel();
    const { genres, policies } = model?.metadata ?? { genres: [], policies: [] };
    const never = policies
      .map((policy) => ({ policy: policy.name, genres: genresNeverGiven(policy, genres) }))
      .filter((each) => each.genres.length > 0);
    const progress = {
      epochs: state.epoch,
      best: state.earlyStopping.best,
      measure: this.#measure,
      notes: [...before, ...policies.flatMap((policy) => sayNeverGiven(policy, genres) ?? [])],
    };
    const machine = machineHere();
    await this.#files.writeSummary({
      ...{ outcome, device: this.#device, ...progress },
      ...{ machine, ...findings, never },
    });
    return progress;
  }
}
