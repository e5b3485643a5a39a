/** @module Posters -> the same posters, with near-duplicates tied into groups by perceptual hash. */
import { onesheetError } from '../errors.ts';
import { type HashOptions, hashPosters } from './hashes.ts';
import { compareText, type Dataset, type Poster } from './poster.ts';

export interface GroupOptions extends HashOptions {
  /**
   * Two posters whose 64-bit hashes differ in at most this many bits are near-duplicates. Among 23.6
   * million pairs of real posters none differed in 3 to 9 bits; see docs/decisions/dataset.md.
   * @default 8
   */
  readonly maximumDistance?: number;
}

export const defaultMaximumDistance = 8;

/**
 * Ties near-duplicates, labelled and unlabelled alike, and whatever they are tied to in turn. A group is
 * called by the first of its ids. A poster that cannot be read stands alone.
 *
 * @throws {OnesheetError} OPTION_INVALID for a distance that is no integer from 0 to 64.
 */
export async function withGroups(dataset: Dataset, options: GroupOptions = {}): Promise<Dataset> {
  const posters = [...dataset.labelled, ...dataset.unlabelled];
  const maximumDistance = options.maximumDistance ?? defaultMaximumDistance;
  const groups = findGroups(await hashPosters(posters, options), maximumDistance);
  const names = new Map<number, string>();
  groups.forEach((group, at) => {
    const [known, { id }] = [names.get(group), posters[at]!];
    if (known === undefined || compareText(id, known) < 0) names.set(group, id);
  });
  const grouped = posters.map((poster, at) => ({ ...poster, group: names.get(groups[at]!) ?? poster.id }));
  return {
    ...dataset,
    labelled: grouped.slice(0, dataset.labelled.length),
    unlabelled: grouped.slice(dataset.labelled.length),
  };
}

/**
 * Compares all pairs and joins them by union-find.
 *
 * @param hashes 64 bits each; `undefined` stands alone.
 * @returns for each hash the smallest index of its group.
 */
export function findGroups(hashes: readonly (bigint | undefined)[], maximumDistance: number): number[] {
  if (!Number.isInteger(maximumDistance) || maximumDistance < 0 || maximumDistance > 64)
    throw onesheetError(
      'OPTION_INVALID',
      'maximumDistance',
      'an integer from 0 to 64',
      String(maximumDistance),
    );
  const present = hashes.flatMap((hash, at) => (hash === undefined ? [] : [at]));
  const high = Uint32Array.from(present, (at) => Number((hashes[at] ?? 0n) >> 32n));
  const low = Uint32Array.from(present, (at) => Number((hashes[at] ?? 0n) & 0xffffffffn));
  const parents = Uint32Array.from(hashes, (_, at) => at);
  for (let i = 0; i < present.length; i++)
    for (let j = i + 1; j < present.length; j++)
      if (countBits(high[i]! ^ high[j]!) + countBits(low[i]! ^ low[j]!) <= maximumDistance)
        join(parents, present[i]!, present[j]!);
  return Array.from(parents, (_, at) => rootOf(parents, at));
}

/** Set bits of a 32-bit integer (Warren, Hacker's Delight, figure 5-2). */
function countBits(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function rootOf(parents: Uint32Array, at: number): number {
  let root = at;
  while (parents[root] !== root) {
    parents[root]! = parents[parents[root]!]!;
    root = parents[root]!;
  }
  return root;
}

function join(parents: Uint32Array, a: number, b: number): void {
  const [one, other] = [rootOf(parents, a), rootOf(parents, b)];
  parents[Math.max(one, other)] = Math.min(one, other);
}

/** The groups of two posters and more, the largest first. */
export function nearDuplicates(dataset: Dataset): Poster[][] {
  const groups = new Map<string, Poster[]>();
  for (const poster of [...dataset.labelled, ...dataset.unlabelled])
    groups.set(poster.group, [...(groups.get(poster.group) ?? []), poster]);
  const shared = [...groups.values()].filter((posters) => posters.length > 1);
  return shared.sort((a, b) => b.length - a.length || compareText(a[0]!.group, b[0]!.group));
}
