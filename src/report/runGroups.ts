/** @module Runs -> those that differ in their seed alone, taken together and named. */
import { optionsOf } from '../run/index.ts';
import type { RunMaterial } from './material.ts';
import type { Tongue } from './words/tongue.ts';

/** Runs of the same recipe on the same data and split. */
export interface RunGroup {
  readonly name: string;
  /** With the names that they have alone. */
  readonly runs: readonly { readonly name: string; readonly material: RunMaterial }[];
}

/** Their folders' names; of folders that have the same, all with their place. */
export function namesOf(runs: readonly RunMaterial[]): string[] {
  const names = runs.map(
    ({ folder }) =>
      folder
        .replace(/[\\/]+$/, '')
        .split(/[\\/]/)
        .at(-1)!,
  );
  return names.map((name, i) =>
    names.indexOf(name) === i && names.lastIndexOf(name) === i ? name : `${name} (${i + 1})`,
  );
}

function keyOf({ config }: RunMaterial): string {
  const { dataHash, splitHash, genres, recipe } = config;
  return JSON.stringify([optionsOf(recipe), dataHash, splitHash, genres]);
}

/** In the order of their first runs. A run that was given twice, or a seed that was, makes no group: it adds nothing. */
export function groupRuns(runs: readonly RunMaterial[], { comparison }: Tongue): RunGroup[] {
  const names = namesOf(runs);
  const groups = new Map<string, { name: string; material: RunMaterial }[]>();
  for (const [i, material] of runs.entries()) {
    const same = groups.get(keyOf(material)) ?? [];
    const isRepeated = same.some((each) => each.material.config.seed === material.config.seed);
    const key = isRepeated ? `${keyOf(material)}${i}` : keyOf(material);
    groups.set(key, [...(isRepeated ? [] : same), { name: names[i]!, material }]);
  }
  return [...groups.values()].map((members) => {
    if (members.length === 1) return { name: members[0]!.name, runs: members };
    const { recipe } = members[0]!.material.config;
    const seeds = members.map(({ material }) => String(material.config.seed));
    return { name: `${recipe.name} (${comparison.seeds(seeds)})`, runs: members };
  });
}
