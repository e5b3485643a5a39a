import { expect, test } from 'vitest';
import { csvOf, jsonOf } from '../../web/download.ts';
import { type Engine, Failure, type PosterFile } from '../../web/engine.ts';
import { Posters } from '../../web/posters.ts';

/** Reads posters by their names: `bad` fails, all others get the same probabilities. */
const engine: Engine = {
  mode: 'private',
  concurrency: 2,
  oneScale: true,
  model: {
    id: 'tiny@0123456789ab',
    metadata: {
      genres: ['Drama', 'Horror, or so'],
      policies: [
        { name: 'top=1', kind: 'top', k: 1, fallback: 'none' },
        { name: 'f1', kind: 'threshold', thresholds: [0.5, 0.2], fallback: 'top-1' },
      ],
    },
  },
  predict: async ({ name }) => {
    if (name === 'bad') throw new Failure('IMAGE_EMPTY', 'Expected an image but bad is empty.');
    return Float32Array.of(0.75, 0.25);
  },
  explain: async () => {
    throw new Failure('UNEXPECTED', 'no map');
  },
};

function file(name: string): PosterFile {
  return { kind: 'file', name, blob: new Blob(['x']) };
}

async function read(...names: readonly string[]): Promise<Posters> {
  const posters = new Posters();
  const finished = new Promise<void>((resolve) => {
    posters.onChange(() => {
      const done = posters.all.every(({ state }) => state.kind === 'done' || state.kind === 'failed');
      if (done && posters.all.length === names.length) resolve();
    });
  });
  posters.add(names.map(file), engine);
  await finished;
  return posters;
}

test('a name that a spreadsheet would take for a formula is made harmless, and its probabilities stay numbers', async () => {
  const posters = await read('=1+1', '-1');
  expect(csvOf(posters).split('\r\n').slice(1, 3)).toEqual([
    "'=1+1,'=1+1,Drama,0.75,0.25,tiny@0123456789ab,top=1,",
    "'-1,'-1,Drama,0.75,0.25,tiny@0123456789ab,top=1,",
  ]);
});

test('the CSV has a row a poster, with its genres under the chosen policy and its error', async () => {
  const posters = await read('a', 'bad');
  posters.choosePolicy('f1');
  expect(csvOf(posters).split('\r\n')).toEqual([
    'id,source,genres,Drama,"Horror, or so",model,policy,error',
    'a,a,"Drama|Horror, or so",0.75,0.25,tiny@0123456789ab,f1,',
    'bad,bad,,,,,,Expected an image but bad is empty.',
    '',
  ]);
});

test('the JSON has predictions as all parts of onesheet give them', async () => {
  expect(JSON.parse(jsonOf(await read('a', 'bad')))).toEqual([
    {
      id: 'a',
      source: 'a',
      genres: [
        { label: 'Drama', probability: 0.75, decided: true },
        { label: 'Horror, or so', probability: 0.25, decided: false },
      ],
      model: 'tiny@0123456789ab',
      policy: 'top=1',
    },
    {
      id: 'bad',
      source: 'bad',
      error: { code: 'IMAGE_EMPTY', message: 'Expected an image but bad is empty.' },
    },
  ]);
});

test('no more posters are read at a time than the engine takes, in the order in which they came', async () => {
  const order: string[] = [];
  let busy = 0;
  let most = 0;
  const slow: Engine = {
    ...engine,
    predict: async ({ name }) => {
      order.push(name);
      most = Math.max(most, ++busy);
      await new Promise((resolve) => setTimeout(resolve, 5));
      busy -= 1;
      return Float32Array.of(0.1, 0.9);
    },
  };
  const posters = new Posters();
  posters.add(['a', 'b', 'c', 'd', 'e'].map(file), slow);
  await expect.poll(() => posters.all.every(({ state }) => state.kind === 'done')).toBe(true);
  expect(order).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(most).toBe(2);
});

test('removing the poster in view shows the next one, or the last', async () => {
  const posters = await read('a', 'b', 'c');
  posters.select(2);
  posters.remove([2]);
  expect(posters.selected?.source.name).toBe('c');
  posters.remove([3]);
  expect(posters.selected?.source.name).toBe('a');
  posters.remove([1]);
  expect(posters.selected).toBeUndefined();
});
