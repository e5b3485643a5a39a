/** @module The description of a catalogue -> everything that predicts its posters on this machine, or why it must not. */
import { OnesheetError, onesheetError } from '../errors.ts';
import { PoliteFetcher } from '../image/index.ts';
import type { Classifier } from '../model/index.ts';
import {
  beginningOf,
  heardSettings,
  modelPathOf,
  openClassifier,
  openPosterReader,
  openTexts,
  type PosterToPredict,
  type PredictionOutcome,
  type PredictOptions,
  predictStream,
} from '../predict/index.ts';
import type { Catalogue } from './catalogue.ts';
import { requireFolder, requireSamePictures } from './samePlace.ts';
import type { Mark } from './shard.ts';

/** What is open for one catalogue. */
export class Bench {
  readonly #classifier: Classifier;
  readonly #options: PredictOptions;

  private constructor(classifier: Classifier, options: PredictOptions) {
    this.#classifier = classifier;
    this.#options = options;
  }

  /**
   * @param model of this worker; by default the one that the catalogue names
   * @param mark of the coordinator
   * @throws {OnesheetError} CLUSTER_REFUSED for another model, version, file or picture than the catalogue was begun
   * with, and for folders that are not here
   */
  static async open(catalogue: Catalogue, model: string | undefined, mark: Mark): Promise<Bench> {
    const { begun, folder, threads, batchSize, policy, texts, titles, read, fetch } = catalogue;
    await requireFolder(folder);
    process.chdir(folder);
    await requireSamePictures(mark);
    try {
      const path = await modelPathOf(model ?? catalogue.model);
      const classifier = await openClassifier(path, { threads });
      const heard = { texts, titles, read };
      const isHeard = read || texts !== undefined || titles !== undefined;
      const opened = isHeard ? await openTexts(classifier.model, path, heard) : undefined;
      const settings = { threads: String(threads), ...(await heardSettings(path, heard)) };
      requireSame(begun, await beginningOf(classifier.model, { policy, texts: opened, settings }));
      return new Bench(classifier, {
        policy,
        // The last posters are computed as all others are.
        few: 0,
        batchSize,
        texts: opened,
        reader: read ? await openPosterReader({ threads }) : undefined,
        fetcher: fetch === undefined ? undefined : new PoliteFetcher(fetch),
      });
    } catch (error) {
      if (!(error instanceof OnesheetError) || error.code === 'CLUSTER_REFUSED') throw error;
      throw onesheetError(
        'CLUSTER_REFUSED',
        'machine',
        `without what is needed (${error.message})`,
        'all of it',
      );
    }
  }

  /** @throws the signal's reason */
  async predict(posters: readonly PosterToPredict[], signal: AbortSignal): Promise<PredictionOutcome[]> {
    const outcomes: PredictionOutcome[] = [];
    for await (const outcome of predictStream(this.#classifier, posters, { ...this.#options, signal }))
      outcomes.push(outcome);
    return outcomes;
  }

  async release(): Promise<void> {
    await this.#options.reader?.release();
    await this.#classifier.release();
  }
}

/** @throws {OnesheetError} CLUSTER_REFUSED for the first that differs */
export function requireSame(wanted: Catalogue['begun'], own: Catalogue['begun']): void {
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(own)]))
    if (wanted[name] !== own[name])
      throw onesheetError('CLUSTER_REFUSED', name, own[name] ?? 'none', wanted[name] ?? 'none');
}
