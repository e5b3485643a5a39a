/** @module A data set and its split -> the decoded pixels, labels and what is known of them that training and validation need. */
import {
  type Dataset,
  knownMatrix,
  labelMatrix,
  type Poster,
  postersOf,
  type Split,
} from '../../dataset/index.ts';
import { onesheetError } from '../../errors.ts';
import { PixelCache, type ResizeRule } from '../../image/index.ts';
import { type RunConfig, readingRule } from '../../run/index.ts';
import { labelsOfRows } from '../measures.ts';
import type { TrainingPosters } from './batches.ts';
import { blendTargets, readSoftTargets } from './targets.ts';

/** Posters to learn from and to be judged by. */
export interface TrainingData extends TrainingPosters {
  readonly train: readonly number[];
  /** Without any, no epoch is measured or better than another, and training does not stop early. */
  readonly validation: readonly number[];
  /** Each genre's share of the training posters of which it is known. */
  readonly prevalence: readonly number[];
}

/** What a training is of. */
export interface TrainingSource {
  readonly config: RunConfig;
  readonly dataset: Dataset;
  readonly split: Split;
}

export interface GatheredPosters {
  readonly data: TrainingData;
  /** Those that the rows of `data` mean, unreadable ones too. */
  readonly posters: readonly Poster[];
  /** Posters that could not be read and are left out, with the reason. */
  readonly unreadable: readonly { readonly id: string; readonly message: string }[];
}

export interface GatherOptions {
  readonly cache?: string;
  /** Whether posters to validate by are needed. @default true */
  readonly validates?: boolean;
  readonly onPreparation?: (what: string, done: number, total: number) => void;
}

/**
 * @throws {OnesheetError} SPLIT_EMPTY when no poster of a split can be read; DATASET_EMPTY when nothing is known of
 * those that can; PIXELS_TOO_MANY
 */
export async function gatherPosters(
  { config, dataset, split }: TrainingSource,
  options: GatherOptions,
): Promise<GatheredPosters> {
  const { recipe, genres, prevalence, targetsHash } = config;
  const { distillation } = recipe;
  const soft = distillation && (await readSoftTargets(distillation, genres, targetsHash));
  const extra = distillation?.unlabelled ? dataset.unlabelled.filter(({ id }) => soft?.has(id)) : [];
  const learned = [...postersOf(dataset, split, 'train'), ...extra];
  const read = postersOf(dataset, split, 'validation');
  const decode = (posters: readonly Poster[], rule: ResizeRule, what: string): Promise<PixelCache> =>
    PixelCache.build(posters, rule, {
      directory: options.cache,
      onProgress: (done, total) => options.onPreparation?.(`decoding posters to ${what}`, done, total),
    });
  const pixels = await decode(learned, recipe.input, 'train');
  const readPixels = await decode(read, readingRule(recipe), 'validate');
  const readable = (cache: PixelCache, { length }: readonly Poster[]): number[] =>
    Array.from({ length }, (_, i) => i).filter((i) => cache.ok(i));
  const train = readable(pixels, learned);
  const validation = readable(readPixels, read).map((i) => learned.length + i);
  if (train.length === 0) throw onesheetError('SPLIT_EMPTY', dataset.name, 'train');
  if (validation.length === 0 && options.validates !== false)
    throw onesheetError('SPLIT_EMPTY', dataset.name, 'validation');
  const posters = [...learned, ...read];
  const labels = labelMatrix(posters, genres);
  const known = knownMatrix(posters, genres);
  const targets = distillation && blendTargets(posters, labels, known, soft!, distillation);
  const data: TrainingData = {
    pixels: joined(pixels, learned.length, readPixels),
    labels,
    known,
    targets,
    genres: genres.length,
    train,
    validation,
    prevalence,
  };
  const isNothing = (rows: readonly number[], mask: Uint8Array | undefined) =>
    mask !== undefined && !labelsOfRows({ ...data, known: mask }, rows).known!.includes(1);
  const none = (purpose: string) =>
    onesheetError('DATASET_EMPTY', dataset.name, `${purpose} posters of which any of the genres is known`);
  if (isNothing(train, targets ? targets.known : known)) throw none('training');
  if (isNothing(validation, known) && options.validates !== false) throw none('validation');
  return {
    data,
    posters,
    unreadable: [...pixels.failures, ...readPixels.failures].map(({ id, error }) => ({
      id,
      message: error.message,
    })),
  };
}

/** The pixels of two lists of posters, one after the other. */
function joined(first: PixelCache, length: number, second: PixelCache): TrainingPosters['pixels'] {
  return { get: (index) => (index < length ? first.get(index) : second.get(index - length)) };
}
