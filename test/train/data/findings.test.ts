import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  drawSyntheticPosters,
  loadDataset,
  type Split,
  splitDataset,
  writeSplit,
} from '../../../src/dataset/index.ts';
import { drawSvg } from '../../../src/image/index.ts';
import { evaluate } from '../../../src/predict/index.ts';
import { writeReport } from '../../../src/report/index.ts';
import { type RunFacts, train } from '../../../src/train/index.ts';
import { temporaryFolder } from '../../model/fixture.ts';
import { tinyRecipe } from '../fixture.ts';

/** A grey disc on a dark ground, each a little lighter: what a shop shows for want of a poster, encoded anew. */
function placeholder(shade: number): Promise<Uint8Array> {
  const grey = (level: number) => `rgb(${level},${level},${level})`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="48"><rect width="32" height="48" fill="${grey(40 + shade)}"/><circle cx="12" cy="17" r="9" fill="${grey(140 + shade)}"/></svg>`;
  return drawSvg(svg, { width: 32, height: 48, format: 'png' });
}

/**
 * 60 drawn posters of Drama or Comedy in turn, of which 12 are a placeholder, 8 are also a Western and 4 are nothing but
 * Film-Noir; one cannot be read; 24 more rows have no picture.
 */
async function troubledData() {
  const folder = await temporaryFolder();
  const lines = ['id,genres'];
  const ids = { western: [] as string[], noir: [] as string[] };
  let i = 0;
  for await (const { bytes } of drawSyntheticPosters({ count: 60, seed: 4, width: 32, height: 48 })) {
    const id = `film-${String(i).padStart(2, '0')}`;
    const isNoir = i >= 56;
    const isWestern = i % 7 === 0 && !isNoir;
    if (isWestern) ids.western.push(id);
    if (isNoir) ids.noir.push(id);
    const own = [i % 2 === 0 ? 'Drama' : 'Comedy', ...(isWestern ? ['Western'] : [])];
    lines.push(`${id},${isNoir ? 'Film-Noir' : own.join('|')}`);
    const picture = i % 5 === 1 ? await placeholder(i % 3) : i === 2 ? Buffer.from('<html>') : bytes;
    await writeFile(join(folder, `${id}.png`), picture);
    i++;
  }
  for (let lost = 0; lost < 24; lost++) lines.push(`lost-${lost},Drama`);
  const data = join(folder, 'films.csv');
  await writeFile(data, `${lines.join('\n')}\n`);
  return { folder, data, ...ids };
}

/** A split with all Westerns in training, and the films that are nothing but Film-Noir in the test. */
async function splitOf(data: string, western: readonly string[], noir: readonly string[], path: string) {
  const dataset = await loadDataset({ data });
  const split = splitDataset(dataset, { genres: ['Comedy', 'Drama'], seed: 0 });
  const assignment: Split['assignment'] = new Map(
    [...split.assignment].map(([id, name]) => [
      id,
      western.includes(id) || id === 'film-02' ? 'train' : noir.includes(id) ? 'test' : name,
    ]),
  );
  await writeSplit(path, { ...split, assignment });
}

/** Without what is said of the files in the folder. */
const ownNotes = (notes: readonly string[]) => notes.filter((note) => !note.startsWith('passed over'));

test('what is left out and what is odd is said before training, at its end, in summary.json and by the evaluation', async () => {
  const { folder, data, western, noir } = await troubledData();
  const [run, split] = [join(folder, 'run'), join(folder, 'split.csv')];
  await splitOf(data, western, noir, split);
  let facts: RunFacts | undefined;
  let before: { outcome: string; notes: string[] } | undefined;
  const result = await train({
    data,
    split,
    recipe: tinyRecipe({ epochs: 1 }),
    folder: run,
    onStart: (told) => {
      facts = told;
    },
    onStep: async () => {
      before ??= JSON.parse(await readFile(join(run, 'summary.json'), 'utf8'));
    },
  });
  const { findings, posters } = facts!;
  expect(findings.genres.map(({ genre }) => genre)).toEqual(['Comedy', 'Drama', 'Western']);
  expect(findings.genres[2]).toEqual({ genre: 'Western', train: 8, validation: 0, test: 0 });
  expect(findings.onlyUnlearned).toEqual({ train: 0, validation: 0, test: 4 });
  expect(findings.leftOut).toEqual(
    expect.arrayContaining([
      { reason: 'row without an image', count: 24 },
      { reason: 'image that cannot be read', count: 1 },
      { reason: 'genre on too few posters', count: 1 },
    ]),
  );
  const { posters: same, first } = findings.onePicture[0]!;
  expect(Number(first.slice(5)) % 5).toBe(1);
  expect(same).toBeGreaterThanOrEqual(5);
  expect(findings.onePicture).toHaveLength(1);
  expect(ownNotes(findings.notes)).toEqual([
    'Without a picture: 24 of 84 rows (lost-0, lost-1, lost-2 and 21 more).',
    'Without a readable picture: 1 poster to train or to validate by (film-02).',
    'Genres that are not learned: Film-Noir (4 posters, fewer than 5).',
    'No validation poster has Western: no threshold can be chosen for it, so policies that have one may never give it.',
    'No test poster has Western: it cannot be measured.',
    'Only genres that are not learned (Film-Noir): 4 posters (train 0, validation 0, test 4), which count as posters without any that is.',
    `${same} of ${posters.train} training posters are one picture, that of ${first}: if it stands for missing posters, leave them out.`,
  ]);
  expect(before).toMatchObject({ outcome: 'training', notes: findings.notes });
  const never =
    'The policy precision=0.8 never gives Comedy, Drama, Western: its thresholds for them are above every probability.';
  expect(result.notes).toEqual(expect.arrayContaining([...findings.notes, never]));
  const summary = JSON.parse(await readFile(join(run, 'summary.json'), 'utf8'));
  expect(summary).toMatchObject({
    outcome: 'finished',
    epochs: 1,
    best: { epoch: 1 },
    measure: 'validation_loss',
    notes: result.notes,
    leftOut: findings.leftOut,
    genres: findings.genres,
  });
  expect(summary.never).toEqual(
    expect.arrayContaining([{ policy: 'precision=0.8', genres: ['Comedy', 'Drama', 'Western'] }]),
  );

  const report = await evaluate({ model: run, policy: 'precision=0.8', resamples: 5, errors: 100 });
  expect(report.onlyUnlearned).toEqual(noir.map((id) => ({ id, genres: ['Film-Noir'] })));
  const { posters: measured } = report.evaluation;
  expect(ownNotes(report.notes)).toEqual([
    `Only genres that were not learned (Film-Noir): 4 of ${measured} posters, measured as posters without any that was, and named as no error.`,
    never,
  ]);
  const { highestLosses, doubts } = report.errors;
  expect(highestLosses.map(({ id }) => id)).not.toEqual(expect.arrayContaining([noir[0]]));
  expect(highestLosses).toHaveLength(measured - 4);
  expect(doubts!.from.measured).toBe(measured - 4);

  const elsewhere = await evaluate({ model: join(run, 'best.onnx'), data, resamples: 5 });
  expect(elsewhere.notes).toEqual(
    expect.arrayContaining([
      'Not measured, without a picture: 24 of 84 rows.',
      'Not measured, unreadable: 1 of 60 posters.',
    ]),
  );

  const page = await readFile((await writeReport([run], { threads: 1 })).html, 'utf8');
  expect(page).toContain('Not shown: 4 posters with only genres that were not learned (Film-Noir)');
  expect(page).not.toContain('in truth none of the genres');
  expect((await readdir(run)).filter((name) => name.endsWith('.lock'))).toEqual([]);
});

test('a newcomer’s two hundred posters are learned with the genres that are frequent enough for them', async () => {
  const folder = await temporaryFolder();
  const lines = ['id,genres'];
  let i = 0;
  for await (const { bytes } of drawSyntheticPosters({ count: 200, seed: 5, width: 16, height: 24 })) {
    lines.push(`${i},${i % 2 === 0 ? 'Drama' : 'Comedy'}${i < 10 ? '|War' : i < 19 ? '|Western' : ''}`);
    await writeFile(join(folder, `${i}.png`), bytes);
    i++;
  }
  const data = join(folder, 'films.csv');
  await writeFile(data, lines.join('\n'));
  const { minimumSupport: _, ...recipe } = tinyRecipe({ epochs: 1 });
  let facts: RunFacts | undefined;
  await train({
    data,
    recipe,
    folder: join(folder, 'run'),
    onStart: (told) => {
      facts = told;
    },
  });
  const { config, findings } = facts!;
  expect(config.genres).toEqual(['Comedy', 'Drama', 'War']);
  expect(config.recipe.minimumSupport).toBe(10);
  for (const { train: some, validation, test: others } of findings.genres)
    expect(Math.min(some, validation, others)).toBeGreaterThan(0);
  const rare = train({ data, recipe, minimumSupport: 101, folder: join(folder, 'rare') });
  await expect(rare).rejects.toMatchObject({ code: 'GENRES_RARE' });
});
