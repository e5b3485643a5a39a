/**
 * @module A run, and what stands on its posters as text -> the model of texts that speaks beside the run's network in
 * `onesheet predict --texts`. It is looked for beside the network's file: `best.texts.safetensors` beside `best.onnx`.
 *
 *     npm run build && node scripts/text-model.mjs runs/first weights/texts.jsonl runs/first/best.texts.safetensors
 *
 * The texts are what `scripts/read-posters.mjs` read. Test posters are not looked at.
 */
import { writeFileSync } from 'node:fs';
import { computeMeasures, matrixFromRows } from '../dist/evaluate/index.js';
import { Random } from '../dist/random.js';
import { encodeTextModel, fitTextModel } from '../dist/text/index.js';
import { textPostersOf } from './text-posters.mjs';

const [run, textsFile, output] = process.argv.slice(2);
const { genres, prevalence, train, validation } = await textPostersOf(run, textsFile);
const random = Random.fromSeed(0).split('texts');
const { model, probability } = fitTextModel({ genres, train, validation, prevalence, random });
writeFileSync(output, encodeTextModel(model));

const truth = { ...matrixFromRows(validation.labels), known: Uint8Array.from(validation.known.flat()) };
const measuresOf = (scores) => {
  const decisions = { ...scores, data: Uint8Array.from(scores.data, (p) => Number(p > 0.5)) };
  const { microAveragePrecision, macroAveragePrecision } = computeMeasures(truth, scores, decisions).measures;
  return { microAveragePrecision, macroAveragePrecision };
};
console.table({
  picture: measuresOf(matrixFromRows(validation.probabilities)),
  'picture and text': measuresOf(probability),
});
console.log(
  `The text counts ${model.weight}; ${model.linear.buckets.length} features, ${model.posters} posters.`,
);
