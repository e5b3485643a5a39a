/** @module The posters of the sheet -> their predictions as JSON or CSV. */
import { idsOfNames } from '../src/dataset/browser.ts';
import { predictionOf, sheetHeader, sheetRow, writtenOutcome } from '../src/predict/browser.ts';
import type { Poster, Posters } from './posters.ts';

/** Predictions and failures as the library, the command line and the service give them, with the policy's name. */
export function jsonOf(posters: Posters): string {
  const outcomes = outcomesOf(posters);
  return `${JSON.stringify(outcomes, null, 2)}\n`;
}

/** Ids are those of the command line: a file's path without its ending, a folder's name, or a whole address. */
function outcomesOf(posters: Posters) {
  const names = posters.all.map(({ source }) => (source.kind === 'file' ? source.name : source.url));
  const ids = idsOfNames(names);
  return posters.all
    .map((poster, at) => outcomeOf(posters, poster, ids[at]!))
    .filter((each) => each !== undefined);
}

function outcomeOf(posters: Posters, poster: Poster, id: string) {
  const { engine, source, state, hearing } = poster;
  const facts = { id, source: source.kind === 'file' ? source.name : source.url };
  if (state.kind === 'failed') {
    const { code, message } = state.failure;
    return { ...facts, error: { code, message } };
  }
  if (state.kind !== 'done') return undefined;
  const policy = posters.policyOf(poster);
  const model = { ...engine.model, ...(hearing && { id: hearing.model }) };
  const prediction = writtenOutcome(predictionOf(model, policy, facts, state.probabilities));
  return { ...prediction, policy: policy.name, ...(hearing && { texts: hearing.lines }) };
}

/** One row a poster; a column of probabilities for every genre that any of their models knows. */
export function csvOf(posters: Posters): string {
  const genres = [...new Set(posters.all.flatMap(({ engine }) => engine.model.metadata.genres))];
  const sheet = { genres, policy: true };
  const rows = outcomesOf(posters).map((outcome) => sheetRow(outcome, sheet));
  return [sheetHeader(sheet), ...rows].map((row) => `${row}\r\n`).join('');
}

/** Hands a text or bytes to the browser as a file. */
export function save(content: string | Uint8Array<ArrayBuffer>, name: string, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
