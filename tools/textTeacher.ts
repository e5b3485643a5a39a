/**
 * @module What a run's network says of posters and what stands on them as text -> what both say together, for a recipe's
 * `distillation`. Each training poster's text is judged by a model that has not seen it (five folds); how much texts
 * count, and the calibration, are those of `onesheet texts train`.
 *
 *     npm run tool -- text-teacher runs/mobilenet-v2-0 weights/texts.jsonl weights/mobilenet-v2.jsonl weights/teacher.jsonl
 *
 * The third is what `onesheet predict --format jsonl` says of all posters with the run's network.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { foldsOf, postersOf } from '../src/dataset/index.ts';
import { fitTexts, type PredictionOutcome, readTextMaterial } from '../src/predict/index.ts';
import { besideText, type HeardFilms, learnLines } from '../src/text/index.ts';

export async function writeTextTeacher(words: readonly string[]): Promise<void> {
  const [run, textsFile, predictionsFile, output] = words as [string, string, string, string];
  const found = await readTextMaterial({ model: run, texts: textsFile });
  const { genres, dataset, split, training, heardOf, rowsOf } = found;
  const { fits } = await fitTexts(found);
  const taughtBy = (posters: HeardFilms) => besideText({ fits, heads: { lines: learnLines(posters) } });

  const foldOf = new Map<string, number>();
  const speakers = foldsOf(dataset, split, genres, 5).map(({ held }, fold) => {
    for (const id of held) foldOf.set(id, fold);
    return taughtBy(rowsOf(training.filter(({ id }) => !held.has(id))));
  });
  const ofAll = taughtBy(rowsOf(training));

  const test = new Set(postersOf(dataset, split, 'test').map(({ id }) => id));
  const outcomes = readFileSync(predictionsFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PredictionOutcome);
  const lines = outcomes.flatMap((outcome) => {
    if ('error' in outcome || test.has(outcome.id)) return [];
    const { id } = outcome;
    const probability = new Map(outcome.genres.map((row) => [row.label, row.probability]));
    const network = genres.map((genre) => probability.get(genre)!);
    const { probabilities } = (speakers[foldOf.get(id) ?? -1] ?? ofAll).judge(heardOf(id), network);
    return [{ id, genres: genres.map((label, g) => ({ label, probability: probabilities[g] })) }];
  });
  writeFileSync(output, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
