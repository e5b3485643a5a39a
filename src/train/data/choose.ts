/** @module Tables and a user's wishes -> posters, the genres that are learned and the split, for a run or for folds. */
import { join } from 'node:path';
import {
  chooseSplit,
  type DataSource,
  type Dataset,
  type DroppedGenre,
  loadDataset,
  requireGenres,
  type Split,
  withGroups,
} from '../../dataset/index.ts';
import type { Recipe } from '../../run/index.ts';

export interface DataWishes extends DataSource {
  readonly recipe: Pick<Recipe, 'minimumSupport'>;
  /** Genres with fewer posters are not learned. @default the recipe's, else `minimumSupportFor` the data */
  readonly minimumSupport?: number;
  /** A split written before; else the table's own, or else one by `splitSeed`. Further posters are trained on. */
  readonly split?: string;
  /** @default 0 */
  readonly splitSeed?: number;
  /** Folder for hashes and pixels, so that the next run with the same posters need not decode. @default none */
  readonly cache?: string;
  /** A preparation begins or goes on: reading, hashing, decoding. */
  readonly onPreparation?: (what: string, done: number, total: number) => void;
}

export interface ChosenData {
  readonly dataset: Dataset;
  readonly split: Split;
  /** Training posters that were not drawn as the validation and test posters were. */
  readonly joined: ReadonlySet<string>;
  readonly genres: readonly string[];
  readonly minimumSupport: number;
  /** Genres that are not learned. */
  readonly dropped: readonly DroppedGenre[];
  /** How the split was chosen, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * @param needs `groups` of posters that look alike, which a split that was read does without and its folds do not
 * @throws {OnesheetError} as `loadDataset`, `requireGenres` and `chooseSplit`
 */
export async function chooseData(wishes: DataWishes, needs?: 'groups'): Promise<ChosenData> {
  const { data, images, genreNames, cache } = wishes;
  const loaded = await loadDataset({ data, images, genreNames });
  const { genres, minimumSupport, dropped } = requireGenres(loaded, {
    minimumSupport: wishes.minimumSupport ?? wishes.recipe.minimumSupport,
  });
  const grouping = {
    cacheFile: cache === undefined ? undefined : join(cache, 'hashes.csv'),
    onProgress: (done: number, total: number) =>
      wishes.onPreparation?.('looking for near-duplicates', done, total),
  };
  const { split, joined, notes, ...chosen } = await chooseSplit(loaded, {
    file: wishes.split,
    genres,
    seed: wishes.splitSeed,
    ...grouping,
  });
  const isUngrouped = needs === 'groups' && chosen.dataset === loaded;
  const dataset = isUngrouped ? await withGroups(loaded, grouping) : chosen.dataset;
  return { dataset, split, joined, genres, minimumSupport, dropped, notes };
}
