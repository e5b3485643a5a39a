/** @module A data set and a split that is given, by a file or by the table -> the split of all of its posters. */
import { type GroupOptions, withGroups } from './groups.ts';
import { assembleDataset, type Dataset, noFindings } from './poster.ts';
import { defaultFractions, type Split, type SplitOptions, splitDataset, splitOf } from './split.ts';
import { readSplit, readSplitAlone } from './splitFile.ts';
import type { Assignment } from './subset.ts';

export interface ChosenSplit {
  /** With groups, where the split needed them. */
  readonly dataset: Dataset;
  readonly split: Split;
  /** Ids of training posters that the split did not name, and which its validation and test posters were not drawn with. */
  readonly joined: ReadonlySet<string>;
  /** Where the split comes from, if not from the seed, and what was added or left out; one sentence each. */
  readonly notes: readonly string[];
}

export interface ChooseSplitOptions extends SplitOptions, GroupOptions {
  /** A split that was written before. @default the table's own, or else one by the seed */
  readonly file?: string;
}

/**
 * The split of a file keeps its posters: further posters join the training posters, but for near-duplicates of its
 * validation and test posters, which are excluded. Without a file the subsets that the table names count, in the same
 * way; where it names none, the posters are split by the seed.
 *
 * @throws {OnesheetError} as `readSplit` and `splitDataset`
 */
export async function chooseSplit(dataset: Dataset, options: ChooseSplitOptions): Promise<ChosenSplit> {
  const { file } = options;
  if (file !== undefined) {
    const given = await readSplitAlone(file);
    const further = dataset.labelled.filter(({ id }) => !given.assignment.has(id)).length;
    const ids = new Set(dataset.labelled.map(({ id }) => id));
    const isWhole = [...given.assignment.keys()].every((id) => ids.has(id));
    if (further === 0 || !isWhole)
      return { dataset, split: await readSplit(file, dataset), joined: new Set(), notes: [] };
    return extendSplit(await withGroups(dataset, options), given, file);
  }
  const grouped = await withGroups(dataset, options);
  if (grouped.ownSplit === undefined)
    return { dataset: grouped, split: splitDataset(grouped, options), joined: new Set(), notes: [] };
  return splitAsNamed(grouped, grouped.ownSplit, options);
}

function extendSplit(dataset: Dataset, given: Split, file: string): ChosenSplit {
  const { assignment, joined, excluded } = extend(
    dataset,
    given.assignment,
    (id) => !given.assignment.has(id),
  );
  const own = dataset.labelled.filter(({ id }) => given.assignment.has(id));
  const notes = [`${file} keeps its posters; ${further(joined.size, excluded)}`];
  if (assembleDataset(dataset.name, own, noFindings).hash !== given.dataHash)
    notes.push(`some genres of the posters in ${file} are others than when it was made`);
  return { dataset, split: splitOf(dataset, given, assignment), joined, notes };
}

/** Where the table names no validation or no test posters, a part of its training posters becomes them. */
function splitAsNamed(
  dataset: Dataset,
  named: NonNullable<Dataset['ownSplit']>,
  options: ChooseSplitOptions,
): ChosenSplit {
  const { fractions = defaultFractions, seed = 0, genres } = options;
  const { assignment, joined, excluded } = extend(dataset, named, () => true);
  const sizes = countSubsets(assignment);
  const missing = (['validation', 'test'] as const).filter(
    (name) => sizes[name] === 0 && fractions[name] > 0,
  );
  const notes = [
    `the split is the table's own: ${sizes.train} posters to train, ${sizes.validation} to validate, ${sizes.test} to test`,
  ];
  if (joined.size + excluded > 0) notes.push(further(joined.size, excluded));
  const drawn = missing.length > 0 ? new Set<string>() : joined;
  if (missing.length > 0) {
    const training = dataset.labelled.filter(({ id }) => assignment.get(id) === 'train');
    const part = assembleDataset(dataset.name, training, noFindings);
    const shares = { train: 1, validation: 0, test: 0 };
    for (const name of missing) shares[name] = fractions[name];
    shares.train = 1 - shares.validation - shares.test;
    for (const [id, name] of splitDataset(part, { genres, seed, fractions: shares }).assignment)
      assignment.set(id, name);
    const taken = countSubsets(assignment);
    for (const name of missing)
      notes.push(`it names no ${name} posters: ${taken[name]} of its training posters become them`);
  }
  return { dataset, split: splitOf(dataset, { seed, fractions }, assignment), joined: drawn, notes };
}

interface Extension {
  readonly assignment: Map<string, Assignment>;
  /** Posters that were in no subset and are training posters now. */
  readonly joined: ReadonlySet<string>;
  /** Training posters that look like a validation or test poster. */
  readonly excluded: number;
}

/** What is in no subset becomes a training poster; those that `mayExclude` do not if they look like one kept apart. */
function extend(
  dataset: Dataset,
  given: ReadonlyMap<string, Assignment>,
  mayExclude: (id: string) => boolean,
): Extension {
  const kept = new Set(
    dataset.labelled.flatMap(({ id, group }) =>
      ['validation', 'test'].includes(given.get(id) ?? '') ? [group] : [],
    ),
  );
  const assignment = new Map<string, Assignment>();
  const joined = new Set<string>();
  let excluded = 0;
  for (const { id, group } of dataset.labelled) {
    const name = given.get(id) ?? 'train';
    const isAlike = name === 'train' && kept.has(group) && mayExclude(id);
    assignment.set(id, isAlike ? 'excluded' : name);
    if (isAlike) excluded++;
    else if (!given.has(id)) joined.add(id);
  }
  return { assignment, joined, excluded };
}

function countSubsets(assignment: ReadonlyMap<string, Assignment>): Record<Assignment, number> {
  const sizes = { train: 0, validation: 0, test: 0, excluded: 0 };
  for (const name of assignment.values()) sizes[name]++;
  return sizes;
}

function further(joined: number, excluded: number): string {
  const others = `${joined} other ${joined === 1 ? 'poster joins' : 'posters join'} the training posters`;
  if (excluded === 0) return others;
  return `${others}, and ${excluded} near-duplicates of validation and test posters are excluded`;
}
