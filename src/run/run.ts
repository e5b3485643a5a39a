/** @module A run's folder -> what it was begun with, what it learned from and what it says of itself. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DataSource,
  type Dataset,
  loadDataset,
  type Poster,
  postersOf,
  readSplit,
  readSplitAlone,
  type Split,
  type SplitName,
} from '../dataset/index.ts';
import { loadModel, type Model } from '../model/index.ts';
import { type Checked, requireRunsModel, requireRunsSplit } from './belonging.ts';
import { type RunConfig, readRunConfig } from './config.ts';
import { runFiles } from './files.ts';
import { type HistoryRow, history, type TimingsRow, timings } from './history.ts';
import { type Machine, readMachine } from './machine.ts';
import { type Metrics, readMetrics } from './metrics.ts';
import { readValidation, type ValidationPoster } from './validation.ts';

/** What a run was trained on: all posters, and its own split of them. */
export interface RunData {
  readonly dataset: Dataset;
  readonly split: Split;
}

/** A run that was begun; its files are read when they are asked for. */
export class Run {
  readonly folder: string;
  readonly config: RunConfig;
  #data: Promise<RunData> | undefined;

  private constructor(folder: string, config: RunConfig) {
    this.folder = folder;
    this.config = config;
  }

  /** @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE or RECIPE_INVALID for its `config.json` */
  static async open(folder: string): Promise<Run> {
    return new Run(folder, await readRunConfig(join(folder, runFiles.config)));
  }

  /** Whether a run was begun in a folder. */
  static async isIn(folder: string): Promise<boolean> {
    return (await stat(join(folder, runFiles.config)).catch(() => undefined)) !== undefined;
  }

  path(file: keyof typeof runFiles): string {
    return join(this.folder, runFiles[file]);
  }

  /**
   * The posters as they are now, which need not be those of the training.
   *
   * @param elsewhere where they are when they have been moved
   * @throws {OnesheetError} as `loadDataset`
   */
  dataset(elsewhere: Pick<DataSource, 'data' | 'images'> = {}): Promise<Dataset> {
    const { data, images, genreNames } = this.config;
    return loadDataset({ data: elsewhere.data ?? data, images: elsewhere.images ?? images, genreNames });
  }

  /**
   * The split as it stands, for when its posters are no longer all there.
   *
   * @throws {OnesheetError} SPLIT_ALTERED; as `readSplitAlone`
   */
  async split(): Promise<Split> {
    const split = await readSplitAlone(this.path('split'));
    requireRunsSplit(this.path('split'), split, this.config);
    return split;
  }

  /**
   * What the run was trained on, read once.
   *
   * @throws {OnesheetError} SPLIT_FOREIGN when the posters are others now; SPLIT_ALTERED when the split is; as
   * `loadDataset` and `readSplit`
   */
  data(): Promise<RunData> {
    this.#data ??= this.#readData();
    return this.#data;
  }

  async #readData(): Promise<RunData> {
    const dataset = await this.dataset();
    const split = await readSplit(this.path('split'), dataset);
    requireRunsSplit(this.path('split'), split, this.config);
    return { dataset, split };
  }

  /** The posters of a part of the run's own split; throws as {@link data}. */
  async posters(name: SplitName): Promise<Poster[]> {
    const { dataset, split } = await this.data();
    return postersOf(dataset, split, name);
  }

  /** @throws {OnesheetError} RUN_FOREIGN for a model of another run; as `loadModel` */
  async model(): Promise<Model> {
    const model = await loadModel(this.path('model'));
    requireRunsModel(this.path('model'), model.metadata, this.config);
    return model;
  }

  /** Of each epoch what it did; none before the first has ended. */
  history(): Promise<HistoryRow[]> {
    return history.load(this.path('history'));
  }

  /** Of each epoch how long it took. */
  timings(): Promise<TimingsRow[]> {
    return timings.load(this.path('timings'));
  }

  /** What it was trained on; undefined where it does not say, as in older runs. */
  machine(): Promise<Machine | undefined> {
    return readMachine(this.path('summary'));
  }

  /**
   * The validation posters as the best model sees them.
   *
   * @param model the id of the run's model; undefined where the run has none to compare with
   * @throws {OnesheetError} as {@link readValidation}
   */
  validation(model: string | undefined): Promise<Checked<readonly ValidationPoster[]>> {
    return readValidation(this.path('validation'), this.config.genres, model);
  }

  /** What `onesheet evaluate` wrote; throws as {@link readMetrics}. */
  metrics(): Promise<Metrics> {
    return readMetrics(this.path('metrics'));
  }
}
