import { expect, test } from 'vitest';
import type { Side } from '../../bench/side.ts';
import { describe, fastest, type Search, type Settings, search, type Trial } from '../../bench/tuning.ts';

/** A peer whose speed follows from its settings; one of them cannot run. */
function plan(tried: Settings[]): Search {
  const rateOf = ({ layout, threads }: Settings): number => (layout === 'wide' ? 4 : 2) * Number(threads);
  return {
    part: 'test',
    first: { layout: 'narrow', threads: 1 },
    dimensions: [
      [{ layout: 'narrow' }, { layout: 'wide' }, { layout: 'broken' }],
      [{ threads: 1 }, { threads: 2 }],
    ],
    start: (settings) => {
      tried.push(settings);
      if (settings.layout === 'broken') return Promise.reject(new Error('no compiler'));
      const seconds = (units: number) => Promise.resolve(units / rateOf(settings));
      return Promise.resolve({ seconds, close: () => undefined } as unknown as Side);
    },
    units: 2,
    key: '',
  };
}

test('each setting is tried with the best of those before, and one that fails is kept with its reason', async () => {
  const tried: Settings[] = [];
  const trials = await search(plan(tried), [], () => undefined);
  expect(tried.map(describe)).toEqual([
    'narrow, threads 1',
    'wide, threads 1',
    'broken, threads 1',
    'wide, threads 2',
  ]);
  expect(trials[2]).toEqual({ settings: { layout: 'broken', threads: 1 }, failure: 'no compiler' });
  expect(fastest(trials).map(({ rate }) => rate)).toEqual([8, 4, 2]);
});

test('a search that was interrupted goes on with the trials that it kept', async () => {
  let kept: readonly Trial[] = [];
  const whole = await search(plan([]), [], (trials) => {
    if (trials.length === 2) kept = [...trials];
  });
  const tried: Settings[] = [];
  expect(await search(plan(tried), kept, () => undefined)).toEqual(whole);
  expect(tried.map(describe)).toEqual(['broken, threads 1', 'wide, threads 2']);
});
