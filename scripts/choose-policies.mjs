/**
 * @module A model file and its run's validation.jsonl -> the same file with the decision policies of this version, for a
 * model that was trained before a policy's rule changed: its weights and calibration stay.
 * `npm run build && node scripts/choose-policies.mjs models/poster-genres.onnx runs/poster-genres-0/validation.jsonl`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { choosePolicy, defaultPolicyNames, matrixFromRows, policyCurvesOf } from '../dist/evaluate/index.js';
import { emitModel } from '../dist/graph/index.js';
import { loadModel } from '../dist/model/index.js';
import { writeMetadata } from '../dist/model/metadata.js';

const [path, validation] = process.argv.slice(2);
const { graph, metadata } = await loadModel(path);
const lines = readFileSync(validation, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
if (lines.length !== metadata.provenance.validationPosters)
  throw new Error(
    `${validation} has ${lines.length} posters, ${metadata.provenance.validationPosters} chose ${path}`,
  );
const isIn = (list) => metadata.genres.map((genre) => Number(list.includes(genre)));
const yTrue = {
  ...matrixFromRows(lines.map(({ genres }) => isIn(genres))),
  known: Uint8Array.from(lines.flatMap(({ known }) => isIn(known ?? metadata.genres))),
};
const yScore = matrixFromRows(lines.map(({ probabilities }) => probabilities));
const policies = defaultPolicyNames.map((name) => choosePolicy(name, yTrue, yScore, metadata.prevalence));
const policyCurves = policyCurvesOf(yTrue, yScore);
writeFileSync(path, emitModel(graph, { metadata: writeMetadata({ ...metadata, policies, policyCurves }) }));
