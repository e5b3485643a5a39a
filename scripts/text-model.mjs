/**
 * @module A run, and what stands on its posters as text -> the model of texts that speaks beside the run's network in
 * `onesheet predict --texts`. It is looked for beside the network's file: `best.texts.safetensors` beside `best.onnx`.
 *
 *     npm run build && node scripts/text-model.mjs runs/first weights/texts.jsonl runs/first/best.texts.safetensors
 *
 * The texts are what `scripts/read-posters.mjs` read. Test posters are not looked at.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataset, postersOf, readSplit } from '../dist/dataset/index.js';
import { computeMeasures, matrixFromRows } from '../dist/evaluate/index.js';
import { Random } from '../dist/random.js';
import { encodeTextModel, fitTextModel, readTexts } from '../dist/text/index.js';

const [run, textsFile, output] = process.argv.slice(2);
const { genres, prevalence, data, images } = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
const dataset = await loadDataset({ data, images });
const split = await readSplit(join(run, 'split.csv'), dataset);
const texts = await readTexts(textsFile);
const asRows = (posters) => ({
  texts: posters.map(({ id }) => texts.get(id) ?? []),
  labels: posters.map((poster) => genres.map((genre) => Number(poster.genres.includes(genre)))),
});

const seen = readFileSync(join(run, 'validation.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const logits = seen.map(({ probabilities }) => probabilities.map((p) => Math.log(p / (1 - p))));
const { model, probability } = fitTextModel({
  genres,
  train: asRows(postersOf(dataset, split, 'train')),
  validation: { ...asRows(seen), logits },
  prevalence,
  random: Random.fromSeed(0).split('texts'),
});
writeFileSync(output, encodeTextModel(model));

const truth = matrixFromRows(asRows(seen).labels);
const measuresOf = (scores) => {
  const decisions = { ...scores, data: Uint8Array.from(scores.data, (p) => Number(p > 0.5)) };
  const { microAveragePrecision, macroAveragePrecision } = computeMeasures(truth, scores, decisions).measures;
  return { microAveragePrecision, macroAveragePrecision };
};
console.table({
  picture: measuresOf(matrixFromRows(seen.map(({ probabilities }) => probabilities))),
  'picture and text': measuresOf(probability),
});
console.log(
  `The text counts ${model.weight}; ${model.linear.buckets.length} features, ${model.posters} posters.`,
);
