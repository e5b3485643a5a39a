/** @module The settings that a peer has -> each tried in turn, and those that are fastest on this machine. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { processor } from './machine.ts';
import { peersFolder, type Side } from './side.ts';

export type Settings = Readonly<Record<string, string | number>>;

export interface Trial {
  readonly settings: Settings;
  /** Units of work a second, when the process was warm. */
  readonly rate?: number;
  /** Why there is no rate. */
  readonly failure?: string;
}

export interface Search {
  /** What is tuned; names the file in which the trials are kept for this machine. */
  readonly part: string;
  readonly first: Settings;
  /** One after the other: the alternatives of each are tried with the best of what was found before. */
  readonly dimensions: readonly (readonly Settings[])[];
  readonly start: (settings: Settings) => Promise<Side>;
  /** Units of work of one measurement. */
  readonly units: number;
  /** Changes when the peers or the work do, so that old trials are not believed. */
  readonly key: string;
}

/** Seconds that a setting has to start, compile and become warm. */
const patience = 60;

/** A setting that twice reaches less than this share of the best is not warmed up further. */
const hopeless = 0.5;

/** A side is steady when it takes as long as before, within this share. */
const steadiness = 0.05;

/**
 * Does work until its times are steady, or it is clear that they will not come near a rate.
 *
 * @returns units a second
 */
export async function warmUp(side: Side, units: number, hoped = 0): Promise<number> {
  let before = await side.seconds(units);
  if (units / before < hopeless * hoped) before = await side.seconds(units);
  if (units / before < hopeless * hoped) return units / before;
  for (let turn = 0; turn < 6; turn++) {
    const seconds = await side.seconds(units);
    if (Math.abs(seconds - before) <= steadiness * before) return units / seconds;
    before = seconds;
  }
  return units / before;
}

async function tryOut({ start, units }: Search, settings: Settings, hoped: number): Promise<Trial> {
  const starting = start(settings);
  let late: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    late = setTimeout(() => reject(new Error(`not warm within ${patience} s`)), patience * 1000);
  });
  try {
    const work = starting.then((side) => warmUp(side, units, hoped));
    work.catch(() => undefined);
    return { settings, rate: await Promise.race([work, limit]) };
  } catch (error) {
    return { settings, failure: (error as Error).message };
  } finally {
    clearTimeout(late);
    (await starting.catch(() => undefined))?.close();
  }
}

const named = (settings: Settings): string => JSON.stringify(Object.entries(settings).sort());

/** Tries what was not tried yet. Each trial is kept as it comes, so that a search can be interrupted. */
export async function search(
  plan: Search,
  kept: readonly Trial[],
  keep: (trials: Trial[]) => void,
): Promise<Trial[]> {
  const known = new Map(kept.map((trial) => [named(trial.settings), trial]));
  const trials = new Map<string, Trial>();
  let best = plan.first;
  for (const alternatives of plan.dimensions) {
    for (const alternative of alternatives) {
      const settings = { ...best, ...alternative };
      const name = named(settings);
      if (trials.has(name)) continue;
      const hoped = fastest([...trials.values()])[0]?.rate ?? 0;
      const trial = known.get(name) ?? (await tryOut(plan, settings, hoped));
      trials.set(name, trial);
      if (known.has(name)) continue;
      keep([...trials.values()]);
      const result = trial.rate === undefined ? trial.failure : `${trial.rate.toFixed(2)} a second`;
      process.stdout.write(`tried ${describe(settings)}: ${result}\n`);
    }
    best = fastest([...trials.values()])[0]?.settings ?? best;
  }
  return [...trials.values()];
}

/** Trials that have a rate, the fastest first. */
export function fastest(trials: readonly Trial[]): (Trial & { readonly rate: number })[] {
  return trials
    .filter((trial): trial is Trial & { rate: number } => trial.rate !== undefined)
    .sort((a, b) => b.rate - a.rate);
}

/** `channels last, compiled, threads 2`. */
export function describe(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => (typeof value === 'number' ? `${name} ${value}` : value))
    .join(', ');
}

/** Runs what is compiled once, so that the compiler's cache has it. */
export async function compileAhead({ first, dimensions, start, units }: Search): Promise<void> {
  for (const format of dimensions[0]!.filter(({ execution }) => execution === 'compiled')) {
    const begin = performance.now();
    const side = await start({ ...first, ...format });
    await side.seconds(units);
    side.close();
    const seconds = (performance.now() - begin) / 1000;
    process.stdout.write(`compiled ${describe({ ...first, ...format })}: ${seconds.toFixed(0)} s\n`);
  }
}

/** The trials of this machine: those that were kept, and those that are still wanting. */
export function tuned(plan: Search, again: boolean): Promise<readonly Trial[]> {
  const file = `${peersFolder}trials-${plan.part}.json`;
  const key = JSON.stringify([plan.key, plan.first, plan.dimensions, processor]);
  const keep = (trials: readonly Trial[]): void =>
    writeFileSync(file, JSON.stringify({ key, trials }, null, 2));
  return search(plan, again ? [] : keptTrials(file, key), keep);
}

function keptTrials(file: string, key: string): readonly Trial[] {
  if (!existsSync(file)) return [];
  const kept = JSON.parse(readFileSync(file, 'utf8')) as { key: string; trials: Trial[] };
  return kept.key === key ? kept.trials : [];
}
