/** @module A split -> one split a fold, in which a part of the training posters is kept for predictions out of sample. */
import { onesheetError } from '../errors.ts';
import { assembleDataset, type Dataset, noFindings } from './poster.ts';
import { hashAssignment, postersOf, type Split, splitDataset } from './split.ts';
import type { Assignment } from './subset.ts';

/** One fold of a cross-validation. */
export interface Fold {
  /** Trains on the other folds, validates on the split's own validation posters; all else is `test`. */
  readonly split: Split;
  /** Ids of the training posters that this fold keeps out. */
  readonly held: ReadonlySet<string>;
}

/**
 * Parts the training posters of a split into stratified folds, near-duplicates together. Its validation posters
 * stay what they are in every fold, its test posters are seen by none.
 *
 * @throws {OnesheetError} OPTION_INVALID for fewer than two folds, or more than there are training posters
 */
export function foldsOf(dataset: Dataset, split: Split, genres: readonly string[], folds: number): Fold[] {
  const training = postersOf(dataset, split, 'train');
  if (!Number.isSafeInteger(folds) || folds < 2 || folds > training.length)
    throw onesheetError('OPTION_INVALID', 'folds', `a number from 2 to ${training.length}`, String(folds));
  let rest = training;
  return Array.from({ length: folds }, (_, fold) => {
    const share = 1 / (folds - fold);
    const part = assembleDataset(dataset.name, rest, noFindings);
    const parted =
      share === 1
        ? undefined
        : splitDataset(part, {
            genres,
            seed: split.seed,
            fractions: { train: 1 - share, validation: 0, test: share },
          });
    const held = parted ? postersOf(part, parted, 'test') : rest;
    const heldIds = new Set(held.map(({ id }) => id));
    rest = rest.filter(({ id }) => !heldIds.has(id));
    return { held: heldIds, split: withHeld(split, heldIds) };
  });
}

function withHeld(split: Split, held: ReadonlySet<string>): Split {
  const assignment = new Map<string, Assignment>(
    [...split.assignment].map(([id, name]) => [id, held.has(id) ? 'test' : name]),
  );
  return { ...split, assignment, hash: hashAssignment(assignment) };
}
