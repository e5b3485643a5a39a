/**
 * @module What a run's network says of posters and what stands on them as text -> what both say together, for a recipe's
 * `distillation`. Each training poster's text is judged by a model that has not seen it (five folds); how much texts
 * count, and the calibration, are those of `scripts/text-model.mjs`.
 *
 *     node scripts/text-teacher.mjs runs/mobilenet-v2-0 weights/texts.jsonl weights/mobilenet-v2.jsonl weights/teacher.jsonl
 *
 * The third is what `onesheet predict --format jsonl` says of all posters with the run's network.
 */
import { writeFileSync } from 'node:fs';
import { foldsOf, postersOf } from '../dist/dataset/index.js';
import { Random } from '../dist/random.js';
import { besideText, countFeatures, fitTextModel, trainLinear } from '../dist/text/index.js';
import { linesOf, textPostersOf } from './text-posters.mjs';

const [run, textsFile, predictionsFile, output] = process.argv.slice(2);
const posters = await textPostersOf(run, textsFile);
const { genres, prevalence, dataset, split, texts, training, train, validation } = posters;
const random = Random.fromSeed(0).split('texts');
const { model } = fitTextModel({ genres, train, validation, prevalence, random });
const taughtBy = ({ texts: lines, labels, known }, label) =>
  besideText({ ...model, linear: trainLinear(lines.map(countFeatures), labels, random.split(label), known) });

const foldOf = new Map();
const speakers = foldsOf(dataset, split, genres, 5).map(({ held }, fold) => {
  for (const id of held) foldOf.set(id, fold);
  return taughtBy(posters.rowsOf(training.filter(({ id }) => !held.has(id))), fold);
});
const ofAll = taughtBy(train, 'train');

const test = new Set(postersOf(dataset, split, 'test').map(({ id }) => id));
const lines = linesOf(predictionsFile)
  .filter(({ id, error }) => error === undefined && !test.has(id))
  .map(({ id, genres: rows }) => {
    const probability = new Map(rows.map((row) => [row.label, row.probability]));
    const network = genres.map((genre) => probability.get(genre));
    const together = (speakers[foldOf.get(id)] ?? ofAll)(network, texts.get(id) ?? []);
    return { id, genres: genres.map((label, g) => ({ label, probability: together[g] })) };
  });
writeFileSync(output, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
