/** @module A data set and its split -> the decoded pixels and labels that training and validation need. */
import { type Dataset, labelMatrix, type Poster, postersOf, type Split } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { PixelCache } from '../image/index.ts';
import type { RunConfig } from './config.ts';
import type { TrainingData } from './loop.ts';
import { blendTargets, readSoftTargets } from './targets.ts';

export interface GatheredPosters {
  readonly data: TrainingData;
  /** Ids of `data.validation`, in its order. */
  readonly validationIds: readonly string[];
  /** Posters that could not be read and are left out, with the reason. */
  readonly unreadable: readonly { readonly id: string; readonly message: string }[];
}

export interface GatherOptions {
  readonly cache?: string;
  /** Whether posters to validate by are needed. @default true */
  readonly validates?: boolean;
  readonly onPreparation?: (what: string, done: number, total: number) => void;
}

/** @throws {OnesheetError} SPLIT_EMPTY when no poster of a split can be read; PIXELS_TOO_MANY */
export async function gatherPosters(
  { recipe, genres, prevalence, targetsHash }: RunConfig,
  dataset: Dataset,
  split: Split,
  options: GatherOptions,
): Promise<GatheredPosters> {
  const { distillation } = recipe;
  const soft = distillation && (await readSoftTargets(distillation, genres, targetsHash));
  const extra = distillation?.unlabelled ? dataset.unlabelled.filter(({ id }) => soft?.has(id)) : [];
  const posters = [
    ...postersOf(dataset, split, 'train'),
    ...postersOf(dataset, split, 'validation'),
    ...extra,
  ];
  const subsetOf = ({ id, genres: labels }: Poster) => (labels ? split.assignment.get(id) : 'train');
  const pixels = await PixelCache.build(posters, recipe.input, {
    directory: options.cache,
    onProgress: (done, total) => options.onPreparation?.('decoding posters', done, total),
  });
  const readable = (name: 'train' | 'validation', isNeeded: boolean): number[] => {
    const rows = posters.flatMap((poster, i) => (subsetOf(poster) === name && pixels.ok(i) ? [i] : []));
    if (isNeeded && rows.length === 0) throw onesheetError('SPLIT_EMPTY', dataset.name, name);
    return rows;
  };
  const [train, validation] = [readable('train', true), readable('validation', options.validates ?? true)];
  const labels = labelMatrix(posters, genres);
  const targets = distillation && blendTargets(posters, labels, soft!, distillation);
  return {
    data: { pixels, labels, targets, genres: genres.length, train, validation, prevalence },
    validationIds: validation.map((row) => posters[row]!.id),
    unreadable: pixels.failures.map(({ id, error }) => ({ id, message: error.message })),
  };
}

/** The labels of some posters, [rows, genres]. */
export function labelsOfRows({ labels, genres }: TrainingData, rows: readonly number[]): Uint8Array {
  const chosen = new Uint8Array(rows.length * genres);
  rows.forEach((row, i) => {
    chosen.set(labels.subarray(row * genres, (row + 1) * genres), i * genres);
  });
  return chosen;
}
