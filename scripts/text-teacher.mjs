/**
 * @module What a run's network says of posters and what stands on them as text -> what both say together, for a recipe's
 * `distillation`. Each training poster's text is judged by a model that has not seen it (five folds); how much texts
 * count, and the calibration, are those of `scripts/text-model.mjs`.
 *
 *     node scripts/text-teacher.mjs runs/mobilenet-v2-0 weights/texts.jsonl weights/mobilenet-v2.jsonl weights/teacher.jsonl
 *
 * The third is what `onesheet predict --format jsonl` says of all posters with the run's network.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldsOf, loadDataset, postersOf, readSplit } from '../dist/dataset/index.js';
import { Random } from '../dist/random.js';
import { besideText, countFeatures, fitTextModel, readTexts, trainLinear } from '../dist/text/index.js';

const [run, textsFile, predictionsFile, output] = process.argv.slice(2);
const linesOf = (path) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const { genres, prevalence, data, images } = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
const dataset = await loadDataset({ data, images });
const split = await readSplit(join(run, 'split.csv'), dataset);
const texts = await readTexts(textsFile);
const random = Random.fromSeed(0).split('texts');
const asRows = (posters) => ({
  texts: posters.map(({ id }) => texts.get(id) ?? []),
  labels: posters.map((poster) => genres.map((genre) => Number(poster.genres.includes(genre)))),
});
const logit = (p) => Math.log(p / (1 - p));
const seen = linesOf(join(run, 'validation.jsonl'));
const validation = { ...asRows(seen), logits: seen.map(({ probabilities }) => probabilities.map(logit)) };
const training = postersOf(dataset, split, 'train');
const { model } = fitTextModel({ genres, train: asRows(training), validation, prevalence, random });

const foldOf = new Map();
const speakers = foldsOf(dataset, split, genres, 5).map(({ held }, fold) => {
  for (const id of held) foldOf.set(id, fold);
  const rest = asRows(training.filter(({ id }) => !held.has(id)));
  const linear = trainLinear(rest.texts.map(countFeatures), rest.labels, random.split(fold));
  return besideText({ ...model, linear });
});
const train = asRows(training);
const ofAll = besideText({
  ...model,
  linear: trainLinear(train.texts.map(countFeatures), train.labels, random.split('train')),
});

const test = new Set(postersOf(dataset, split, 'test').map(({ id }) => id));
const lines = linesOf(predictionsFile)
  .filter(({ id, error }) => error === undefined && !test.has(id))
  .map(({ id, genres: rows }) => {
    const probability = new Map(rows.map((row) => [row.label, row.probability]));
    const logits = genres.map((genre) => logit(Math.min(Math.max(probability.get(genre), 1e-6), 1 - 1e-6)));
    const together = (speakers[foldOf.get(id)] ?? ofAll)(logits, texts.get(id) ?? []);
    return { id, genres: genres.map((label, g) => ({ label, probability: together[g] })) };
  });
writeFileSync(output, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
