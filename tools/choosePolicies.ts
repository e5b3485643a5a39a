/**
 * @module A model file and its run's validation.jsonl -> the same file with the decision policies of this version, for a
 * model that was trained before a policy's rule changed: its weights and calibration stay.
 * `npm run tool -- choose-policies models/poster-genres.onnx runs/poster-genres-0/validation.jsonl`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { choosePolicy, defaultPolicyNames, matrixFromRows, policyCurvesOf } from '../src/evaluate/index.ts';
import { emitModel } from '../src/graph/index.ts';
import { loadModel, writeMetadata } from '../src/model/index.ts';

/** A line of validation.jsonl. */
interface Line {
  readonly genres: readonly string[];
  readonly known?: readonly string[];
  readonly probabilities: readonly number[];
}

export async function choosePoliciesAgain(words: readonly string[]): Promise<void> {
  const [path, validation] = words as [string, string];
  const { graph, metadata } = await loadModel(path);
  const lines = readFileSync(validation, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  if (lines.length !== metadata.provenance.validationPosters)
    throw new Error(
      `${validation} has ${lines.length} posters, ${metadata.provenance.validationPosters} chose ${path}`,
    );
  const isIn = (list: readonly string[]): number[] =>
    metadata.genres.map((genre) => Number(list.includes(genre)));
  const yTrue = {
    ...matrixFromRows(lines.map(({ genres }) => isIn(genres))),
    known: Uint8Array.from(lines.flatMap(({ known }) => isIn(known ?? metadata.genres))),
  };
  const yScore = matrixFromRows(lines.map(({ probabilities }) => probabilities));
  const policies = defaultPolicyNames.map((name) => choosePolicy(name, yTrue, yScore, metadata.prevalence));
  const policyCurves = policyCurvesOf(yTrue, yScore);
  writeFileSync(path, emitModel(graph, { metadata: writeMetadata({ ...metadata, policies, policyCurves }) }));
}
