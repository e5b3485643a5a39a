import { access, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  loadDataset,
  selectGenres,
  splitDataset,
  writeSplit,
  writeSyntheticPosters,
} from '../../src/dataset/index.ts';
import { evaluate } from '../../src/predict/index.ts';
import { languages, type ReportOptions, writeReport } from '../../src/report/index.ts';
import { train } from '../../src/train/index.ts';
import { temporaryFolder } from '../model/fixture.ts';
import { smallDataset, tinyRecipe } from '../train/fixture.ts';

let folder: string;
let data: string;
let run: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onesheet-report-'));
  [data, run] = [join(folder, 'posters'), join(folder, 'run')];
  await writeSyntheticPosters(data, { count: 80, seed: 3, width: 24, height: 32 });
  await train({ data, recipe: tinyRecipe({ epochs: 5 }), folder: run, seed: 1, threads: 1 });
  await evaluate({ model: run, threads: 1, resamples: 20 });
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A copy of the run in a folder of its own. */
async function copyOfRun(): Promise<string> {
  const copy = join(await temporaryFolder(), 'run');
  await cp(run, copy, { recursive: true });
  return copy;
}

async function pageOf(run: string, options: ReportOptions = {}) {
  const written = await writeReport([run], { threads: 1, ...options });
  return { ...written, page: await readFile(written.html, 'utf8') };
}

/** What the command would say, too: titles of the sections that every report has. */
const sections = [
  'question',
  'data',
  'method',
  'training',
  'results',
  'examples',
  'genres',
  'relations',
  'gallery',
  'errors',
  'conclusion',
  'repeat',
];

function expectSections(page: string): void {
  for (const id of sections) expect(page).toContain(`<section id="${id}">`);
}

test('a whole run gives a whole report, the same bytes each time, and nothing is missing', async () => {
  const copy = await copyOfRun();
  const { page, missing, bytes, markdown } = await pageOf(copy);
  expect(missing).toEqual([]);
  expectSections(page);
  expect(bytes).toBeLessThan(4e6);
  for (const id of [
    'network',
    'loss',
    'precision',
    'frequency',
    'reliability',
    'precision-recall',
    'confusion',
  ])
    expect(page).toContain(`<figure id="figure-${id}">`);
  expect(page).toContain('src="data:image/webp;base64,');
  const again = await pageOf(copy);
  expect(again.page).toBe(page);
  const text = await readFile(markdown, 'utf8');
  expect(text).toContain('](report-charts/loss.svg)');
  expect(await readFile(join(copy, 'report-charts', 'loss.svg'), 'utf8')).toContain('<svg');
});

/** The ids of figures and tables, and those that links name. */
function numbered(page: string) {
  const own = [...page.matchAll(/<figure[^>]* id="((?:figure|table)-[\w-]+)"/g)].map(([, id]) => id);
  const named = [...page.matchAll(/<a class="number" href="#((?:figure|table)-[\w-]+)"/g)].map(
    ([, id]) => id,
  );
  return { own: new Set(own), named: new Set(named) };
}

for (const language of languages)
  for (const short of [false, true])
    test(`in ${language}, ${short ? 'short' : 'whole'}, every figure and table is referred to by its number`, async () => {
      const { page } = await pageOf(await copyOfRun(), { language, short });
      const { own, named } = numbered(page);
      expect(own.size).toBeGreaterThan(short ? 6 : 15);
      expect(named).toEqual(own);
      expect(page).not.toMatch(/undefined|NaN|\[object/);
    });

test('the short form has files of its own, and what is handed in', async () => {
  const copy = await copyOfRun();
  const { html, markdown, page } = await pageOf(copy, { short: true, title: 'My title', author: 'Me' });
  expect([html, markdown].map((path) => basename(path))).toEqual(['report-short.html', 'report-short.md']);
  const found = [...page.matchAll(/<section id="(\w+)">/g)].map(([, id]) => id);
  expect(found).toEqual([
    'question',
    'data',
    'method',
    'training',
    'results',
    'examples',
    'conclusion',
    'references',
  ]);
  expect(page).toContain('<h1>My title</h1>');
  await expect(access(join(copy, 'report-short-charts', 'network.svg'))).resolves.toBeUndefined();
  await expect(access(join(copy, 'report.html'))).rejects.toThrow();
});

test('the method is that of the run: its options, its network, its split, its machine, and no words of the recipe', async () => {
  const copy = await copyOfRun();
  const path = join(copy, 'config.json');
  const config = JSON.parse(await readFile(path, 'utf8'));
  Object.assign(config.recipe, { cost: 'Three days.', score: 'Reaches .99.', description: 'Elsewhere.' });
  await writeFile(path, JSON.stringify(config));
  const { page } = await pageOf(copy);
  expect(page).not.toMatch(/Three days|Reaches \.99|Elsewhere/);
  expect(page).toContain('a learning rate of at most 0.005');
  expect(page).toContain('a batch holds 8 posters');
  expect(page).toContain('for 5 epochs');
  expect(page).toContain('cut out to between 80% and 100% of the area');
  expect(page).toMatch(/It was trained on .+ with \d+ cores? and \d+ GB of memory/);
  expect(page).toContain('<math display="block">');
  const { machine, ...summary } = JSON.parse(await readFile(join(copy, 'summary.json'), 'utf8'));
  expect(machine.cores).toBeGreaterThan(0);
  await writeFile(join(copy, 'summary.json'), JSON.stringify(summary));
  expect((await pageOf(copy)).page).toContain('On which machine it was trained, the run does not say.');
});

test('genres left out are named once with the number that they lack', async () => {
  const { folder: own, data: posters } = await smallDataset();
  const table = join(posters, 'metadata.jsonl');
  const rows = (await readFile(table, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const [i, row] of rows.entries()) if (i % 30 === 0) row.genres = ['Musical'];
  for (const [i, row] of rows.entries()) if (i % 40 === 1) row.genres = [...row.genres, 'News'];
  await writeFile(table, rows.map((row) => JSON.stringify(row)).join('\n'));
  const run = join(own, 'run');
  await train({ data: posters, recipe: tinyRecipe({ epochs: 1 }), folder: run, threads: 1 });
  const { page } = await pageOf(run);
  expect(page).toContain('Not learned, since fewer than 5 posters have them: Musical 3 and News 2.');
  expect(page.match(/fewer than 5/g)).toHaveLength(1);
  expect(page).not.toContain('true: none<');
});

test('a model near the floor is said to be that, and no label is called wrong by it', async () => {
  const copy = await copyOfRun();
  const path = join(copy, 'metrics.json');
  const metrics = JSON.parse(await readFile(path, 'utf8'));
  const average = metrics.evaluation.measures.microAveragePrecision;
  average.interval = [average.floors.prior - 0.1, average.floors.prior + 0.1];
  await writeFile(path, JSON.stringify(metrics));
  const { page } = await pageOf(copy);
  expect(page).toContain('That is a statement about the model, not about the labels');
  expect(page).not.toMatch(/may be wrong|may be missing|probably missing or wrong/);
  expect(page).toContain('do not show that the model reads anything from posters');
});

test('bins of few pairs are said to say nothing, and are not joined to the calibration curve', async () => {
  const copy = await copyOfRun();
  const path = join(copy, 'metrics.json');
  const metrics = JSON.parse(await readFile(path, 'utf8'));
  const bin = (mean: number, count: number, positiveRate: number) => ({
    low: mean - 0.03,
    high: mean + 0.03,
    count,
    meanProbability: mean,
    positiveRate,
  });
  metrics.evaluation.calibration.bins = [bin(0.1, 400, 0.1), bin(0.5, 90, 0.5), bin(0.9, 3, 0)];
  await writeFile(path, JSON.stringify(metrics));
  const { page } = await pageOf(copy);
  expect(page).toContain('1 bin with fewer than 30 pairs is hollow and not joined');
  expect(page).toContain('90% came true 0% (too few pairs)');
});

test('genres stand in the order of their frequency in training, wherever they are shown', async () => {
  const copy = await copyOfRun();
  const { page } = await pageOf(copy);
  const config = JSON.parse(await readFile(join(copy, 'config.json'), 'utf8'));
  const order = [...config.genres.keys()]
    .sort((a, b) => config.prevalence[b] - config.prevalence[a] || a - b)
    .map((g) => config.genres[g]);
  for (const id of ['genre-table', 'genre-details', 'doubt-counts']) {
    const table = new RegExp(`id="table-${id}".*?</figure>`, 's').exec(page)?.[0] ?? '';
    const rows = [...table.matchAll(/<th scope="row">([^<]*)</g)].map(([, genre]) => genre);
    expect(rows).toEqual(order);
  }
  const gallery = /id="figure-by-genre">.*?<\/figure>/s.exec(page)![0];
  expect([...gallery.matchAll(/<h3>([^<]*)</g)].map(([, genre]) => genre)).toEqual(order);
});

test('attribution maps stand beside the posters, for the genres that were asked for', async () => {
  const asked: string[] = [];
  const attribute: ReportOptions['attribute'] = async (poster, genre) => {
    asked.push(`${poster.id} ${genre}`);
    return Uint8Array.of(0x89, 0x50, 0x4e, 0x47);
  };
  const { page } = await pageOf(await copyOfRun(), { attribute });
  expect(asked.length).toBeGreaterThan(20);
  expect(page.split('src="data:image/png;base64,iVBORw==').length - 1).toBe(asked.length);
});

test('the words that say most of a genre stand below the posters, in both languages and in Markdown', async () => {
  const asked: string[] = [];
  const spoken: ReportOptions['spoken'] = async (poster, genre, probabilities) => {
    asked.push(`${poster.id} ${genre}`);
    expect(probabilities.length).toBeGreaterThan(1);
    if (asked.length === 1) return [];
    return [1.5, -0.75, 0.5, 0.4, 0.3, 0.2].map((logit, i) => ({ text: `<w${i}>`, logit }));
  };
  const { page, markdown: path } = await pageOf(await copyOfRun(), { spoken });
  const markdown = await readFile(path, 'utf8');
  const said = [...page.matchAll(/<p class="note">words for ([^<]*)</g)].map(([, words]) => words!);
  expect(said).toHaveLength(asked.length);
  expect(said[0]).toMatch(/: none$/);
  expect(said[1]).toContain(
    ': &lt;w0&gt; +1.50, &lt;w1&gt; \u22120.75, &lt;w2&gt; +0.50, &lt;w3&gt; +0.40, &lt;w4&gt; +0.30',
  );
  expect(said[1]).not.toContain('w5');
  expect(page).toContain('The probabilities are those of the picture alone.');
  expect(markdown).toContain('words for');
  const german = await pageOf(await copyOfRun(), { spoken, language: 'de' });
  expect(german.page).toContain('Wörter für');
});

test('without metrics.json the measures are made for the report', async () => {
  const copy = await copyOfRun();
  await rm(join(copy, 'metrics.json'));
  const { page, missing } = await pageOf(copy);
  expect(missing).toEqual([]);
  expect(page).toContain('measured for this report');
  expect(page).toMatch(/Labels that are probably missing or wrong|Where the model contradicts the labels/);
  expect(page).toContain('micro average precision');
});

test('the errors are those that evaluate wrote, those of cross-validated training posters among them', async () => {
  const copy = await copyOfRun();
  expect((await pageOf(copy)).page).toContain('onesheet cross-validate');
  const path = join(copy, 'metrics.json');
  const metrics = JSON.parse(await readFile(path, 'utf8'));
  metrics.errors.doubts.from.outOfFold = 56;
  metrics.errors.doubts.wrong = [{ id: 'p7', genres: ['Drama'], genre: 'Drama', probability: 0.03125 }];
  await writeFile(path, JSON.stringify(metrics));
  const { page } = await pageOf(copy);
  expect(page).toContain('and 56 posters by cross-validation');
  expect(page).not.toContain('onesheet cross-validate');
  expect(page).toMatch(/p7<\/th><td>Drama<\/td><td>Drama<\/td><td class="number">3\.1%/);
});

test('measures of another model are not shown as those of this one', async () => {
  const copy = await copyOfRun();
  const path = join(copy, 'metrics.json');
  const metrics = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...metrics, model: 'tiny@000000000000' }));
  expect((await pageOf(copy)).missing.join()).toContain('metrics.json was made by tiny@000000000000');
});

test('a run that was killed before its first epoch shows its data and its recipe', async () => {
  const copy = await copyOfRun();
  for (const name of ['history.csv', 'timings.csv', 'best.onnx', 'validation.jsonl', 'metrics.json'])
    await rm(join(copy, name));
  const { page, missing } = await pageOf(copy);
  expectSections(page);
  expect(missing).toHaveLength(4);
  expect(page).toContain('no finished epoch');
  expect(page).toContain('Audit of the data.');
});

test('a run with one epoch is too short to judge, and its curves are drawn', async () => {
  const copy = await copyOfRun();
  const [header, first] = (await readFile(join(copy, 'history.csv'), 'utf8')).split('\n');
  await writeFile(join(copy, 'history.csv'), `${header}\n${first}\n`);
  const { page } = await pageOf(copy);
  expect(page).toContain('too short to judge');
  expect(page).toContain('best and last: epoch 1');
});

test('a damaged history is named and the rest is shown', async () => {
  const copy = await copyOfRun();
  await writeFile(join(copy, 'history.csv'), 'epoch,loss\n1,2\n');
  const { page, missing } = await pageOf(copy);
  expect(missing.join()).toContain('history.csv, line 1');
  expect(page).toContain('micro average precision');
});

test('damaged validation predictions are named by their line', async () => {
  const copy = await copyOfRun();
  await writeFile(join(copy, 'validation.jsonl'), '{"id":"a","genres":[],"probabilities":[0.5]}\n');
  expect((await pageOf(copy)).missing.join()).toContain('line 1 of');
});

test('a run without test posters shows validation posters instead', async () => {
  const copy = join(await temporaryFolder(), 'run');
  const split = `${copy}.csv`;
  const dataset = await loadDataset({ data });
  const { genres } = selectGenres(dataset, { minimumSupport: 5 });
  const fractions = { train: 0.8, validation: 0.2, test: 0 };
  await writeSplit(split, splitDataset(dataset, { genres, fractions, seed: 0 }));
  await train({ data, split, recipe: tinyRecipe({ epochs: 1 }), folder: copy, threads: 1 });
  const { page, missing } = await pageOf(copy);
  expect(missing.join()).toContain('There is no test poster');
  expect(page).toContain('has validation posters with their true genres');
});

test('posters that have been moved away leave the measures, and are found again where they are said to be', async () => {
  const copy = await copyOfRun();
  const elsewhere = join(folder, 'elsewhere');
  await rename(data, elsewhere);
  try {
    const { page, missing } = await pageOf(copy);
    expect(missing.join()).toContain('The posters cannot be shown: ');
    expect(page).toContain('micro average precision');
    expect(page).toContain('no picture');
    expect(page).not.toContain('data:image/webp;base64');
    expect((await pageOf(copy, { data: elsewhere })).page).toContain('data:image/webp;base64');
  } finally {
    await rename(elsewhere, data);
  }
});

test('posters that are partly gone are counted, and the others shown', async () => {
  const copy = await copyOfRun();
  const away = join(await temporaryFolder(), 'posters');
  await cp(data, away, { recursive: true });
  const test = (await readFile(join(copy, 'split.csv'), 'utf8'))
    .split('\n')
    .find((line) => line.endsWith(',test'))!;
  await rm(join(away, `${test.split(',')[0]}.png`));
  const { page, missing } = await pageOf(copy, { data: away });
  expect(missing.join()).toContain('1 poster of 80 in the split can no longer be found');
  expect(page).toContain('data:image/webp;base64');
});

test('a genre without positives among the test posters has dashes and is named', async () => {
  const copy = await copyOfRun();
  const away = join(await temporaryFolder(), 'posters');
  await cp(data, away, { recursive: true });
  const path = join(away, 'metadata.jsonl');
  const tested = new Set(
    (await readFile(join(copy, 'split.csv'), 'utf8'))
      .split('\n')
      .filter((line) => line.endsWith(',test'))
      .map((line) => line.split(',')[0]),
  );
  const rows = (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const row of rows) {
    if (tested.has(row.file_name.replace(/\.png$/, '')))
      row.genres = row.genres.filter((genre: string) => genre !== 'Drama');
    if (row.genres.length === 0) row.genres = ['Comedy'];
  }
  await writeFile(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  await rm(join(copy, 'metrics.json'));
  const { page } = await pageOf(copy, { data: away });
  expect(page).toContain('No test poster has Drama');
  expect(page).toMatch(/<th scope="row">Drama<\/th><td class="number">0<\/td>/);
});

test('pairs of which nothing is known are counted, and what was said of them is called unknown', async () => {
  const { folder: own, data: posters } = await smallDataset();
  const table = join(posters, 'metadata.jsonl');
  const lines = (await readFile(table, 'utf8')).trim().split('\n');
  const written = lines.map((line) => {
    const row = JSON.parse(line) as { genres: string[] };
    return JSON.stringify({ ...row, known: row.genres });
  });
  await writeFile(table, `${written.join('\n')}\n`);
  const partly = join(own, 'run');
  await train({ data: posters, recipe: tinyRecipe({ epochs: 1 }), folder: partly, threads: 1 });
  const { evaluation } = await evaluate({ model: partly, threads: 1, resamples: 5 });
  const pairs = evaluation.posters * evaluation.genres.length;
  expect(evaluation.unknownPairs).toBeGreaterThan(pairs / 2);
  const { page: html } = await pageOf(partly);
  expect(html).toContain(
    `Of ${evaluation.unknownPairs} of ${pairs} poster-genre pairs nothing is known; every measure and floor leaves them out.`,
  );
  expect(html).toMatch(
    /Of [\d,]+ poster-genre pairs nothing is known, and training leaves them out: Action \d+/,
  );
  expect(html).toContain('✗ not, ? unknown');
  expect(html).toMatch(/<span class="other">\? /);
  expect(html).not.toContain('<span class="wrong">');
});

test('several runs are compared, and a difference within noise is not called one', async () => {
  const [first, second] = [await copyOfRun(), await copyOfRun()];
  const out = await temporaryFolder();
  const { html } = await writeReport([first, second], { threads: 1, out });
  const page = await readFile(html, 'utf8');
  expect(html).toBe(join(out, 'comparison.html'));
  expect(page).toContain('The runs have the same recipe, data, split and seed');
  expect(page).toContain('0 of 20 measures differ by more than the noise');
  expect(page).not.toMatch(/\] (?:▲|▼)/);
});

test('runs that differ in their seed alone are one column with both ends, and one line with a band', async () => {
  const [first, second] = [await copyOfRun(), join(await temporaryFolder(), 'other-seed')];
  const split = join(first, 'split.csv');
  await train({ data, split, recipe: tinyRecipe({ epochs: 5 }), folder: second, seed: 2, threads: 1 });
  const third = join(await temporaryFolder(), 'slower');
  const slower = tinyRecipe({ epochs: 3, optimizer: { optimizer: 'adamw', learningRate: 0.0001 } });
  await train({ data, split, recipe: slower, folder: third, seed: 1, threads: 1 });
  const out = await temporaryFolder();
  const { html } = await writeReport([first, second, third], { threads: 1, out });
  const page = await readFile(html, 'utf8');
  const table = /id="table-measures">.*?<\/figure>/s.exec(page)![0];
  const head = [...table.matchAll(/<th scope="col"[^>]*>([^<]*)</g)].map(([, name]) => name);
  expect(head).toEqual(['measure', 'tiny (seeds 1 and 2)', 'slower']);
  expect(table).toMatch(
    /micro average precision ↑<\/th><td>\d\.\d{3} \(\d\.\d{3} to \d\.\d{3}\)<\/td><td>\d\.\d{3} \[[−+]\d/,
  );
  expect(page).toContain('and draws among the seeds anew');
  expect(page).toContain('the band reaches from the lowest to the highest');
  expect(page.match(/id="table-measures"/g)).toHaveLength(1);
  expect(numbered(page).named).toEqual(numbered(page).own);
  const curve = await readFile(join(out, 'comparison-charts', 'validation-loss.svg'), 'utf8');
  expect(curve).toMatch(/opacity="0\.2"/);
});

test('a comparison has no short form', async () => {
  await expect(writeReport([run, run], { short: true })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});

test('runs with other splits are said not to be comparable, and what differs is listed', async () => {
  const [first, second] = [await copyOfRun(), join(await temporaryFolder(), 'run')];
  const recipe = tinyRecipe({ epochs: 5 });
  await train({ data, recipe, folder: second, seed: 9, splitSeed: 9, threads: 1 });
  const page = await readFile((await writeReport([first, second], { threads: 1 })).html, 'utf8');
  expect(page).toContain('cannot be judged: their splits differ');
  expect(page).toMatch(/<th scope="row">seed<\/th><td>1<\/td><td>9<\/td>/);
});

test('runs with other losses are drawn as shares of their first epoch, since heights say nothing', async () => {
  const [first, second] = [await copyOfRun(), await copyOfRun()];
  const path = join(second, 'config.json');
  const config = JSON.parse(await readFile(path, 'utf8'));
  config.recipe.loss = { ...config.recipe.loss, labelSmoothing: 0.1 };
  await writeFile(path, JSON.stringify(config));
  const page = await readFile((await writeReport([first, second], { threads: 1 })).html, 'utf8');
  expect(page).toMatch(/>share of the first epoch('|&#39;)s loss</);
  expect(page).toContain('each is drawn as a share of its own first epoch');
});

test('a folder that is no run is refused', async () => {
  const empty = join(await temporaryFolder(), 'empty');
  await mkdir(empty);
  await expect(writeReport([empty])).rejects.toMatchObject({ code: 'FILE_MISSING' });
});
