/** @module A split <-> a CSV of ids and subsets, whose first line says from which data and seed it is. */
import { parse } from 'csv-parse/sync';
import { csvRow, textOfCell } from '../csv.ts';
import { onesheetError } from '../errors.ts';
import { readWholeFile, writeFileAtomically } from '../files.ts';
import type { Dataset } from './poster.ts';
import { hashAssignment, type Split, splitOf } from './split.ts';
import { type Assignment, splitNames } from './subset.ts';

const assignments: readonly Assignment[] = [...splitNames, 'excluded'];

/** `# onesheet split seed=0 train=0.7 validation=0.15 test=0.15 data=<hash>`, then a CSV of `id,split`. */
export function formatSplit(split: Split): string {
  const shares = splitNames.map((name) => `${name}=${split.fractions[name]}`).join(' ');
  const lines = [`# onesheet split seed=${split.seed} ${shares} data=${split.dataHash}`, 'id,split'];
  for (const [id, name] of split.assignment) lines.push(csvRow([id, name]));
  return `${lines.join('\n')}\n`;
}

/** @throws {OnesheetError} FILE_UNWRITABLE. */
export async function writeSplit(path: string, split: Split): Promise<void> {
  await writeFileAtomically(path, formatSplit(split));
}

/**
 * Reads a split and checks that it belongs to the data: the same labelled posters with the same genres.
 *
 * @throws {OnesheetError} FILE_MISSING; FILE_UNREADABLE; SPLIT_DAMAGED with the line; SPLIT_FOREIGN with
 * what differs.
 */
export async function readSplit(path: string, dataset: Dataset): Promise<Split> {
  const { assignment, hash: _, ...header } = await readSplitAlone(path);
  const difference = findDifference(header.dataHash, assignment, dataset);
  if (difference !== undefined) throw onesheetError('SPLIT_FOREIGN', path, dataset.name, difference);
  return splitOf(dataset, header, assignment);
}

/**
 * Reads a split as it stands, for when its data are no longer whole; nothing is compared with any data.
 *
 * @throws {OnesheetError} FILE_MISSING; FILE_UNREADABLE; SPLIT_DAMAGED with the line.
 */
export async function readSplitAlone(path: string): Promise<Split> {
  const text = (await readWholeFile(path, 'a split written by onesheet')).toString('utf8');
  const end = text.indexOf('\n');
  const header = readHeader(path, text.slice(0, end < 0 ? text.length : end).trimEnd());
  const assignment = readAssignment(path, end < 0 ? '' : text.slice(end + 1));
  return { ...header, assignment, hash: hashAssignment(assignment) };
}

function readHeader(path: string, line: string): Pick<Split, 'seed' | 'fractions' | 'dataHash'> {
  const match = line.match(
    /^# onesheet split seed=(\d+) train=([\d.e-]+) validation=([\d.e-]+) test=([\d.e-]+) data=([\da-f]{64})$/,
  );
  if (match === null)
    throw onesheetError(
      'SPLIT_DAMAGED',
      path,
      1,
      'expected "# onesheet split" with seed, shares and data hash',
    );
  const [, seed, train, validation, test, dataHash] = match;
  const fractions = { train: Number(train), validation: Number(validation), test: Number(test) };
  return { seed: Number(seed), fractions, dataHash: dataHash! };
}

function readAssignment(path: string, text: string): Map<string, Assignment> {
  const assignment = new Map<string, Assignment>();
  let columns: string[] | undefined;
  for (const { record, info } of parseRecords(path, text)) {
    const line = info.lines + 1;
    if (columns === undefined) {
      columns = record;
      if (record.join() !== 'id,split')
        throw onesheetError('SPLIT_DAMAGED', path, line, 'expected the columns id,split');
      continue;
    }
    const id = textOfCell(record[0]!);
    const word = record[1];
    const name = assignments.find((one) => one === word);
    if (name === undefined)
      throw onesheetError(
        'SPLIT_DAMAGED',
        path,
        line,
        `expected ${assignments.join(', ')} but found ${word}`,
      );
    if (assignment.has(id)) throw onesheetError('SPLIT_DAMAGED', path, line, `${id} stands there twice`);
    assignment.set(id, name);
  }
  return assignment;
}

function parseRecords(path: string, text: string): { record: string[]; info: { lines: number } }[] {
  try {
    return parse(text, { info: true, skip_empty_lines: true }) as never;
  } catch (error) {
    const { lines = 0, message } = error as { lines?: number; message: string };
    throw onesheetError('SPLIT_DAMAGED', path, lines + 1, message);
  }
}

function findDifference(
  dataHash: string,
  assignment: ReadonlyMap<string, Assignment>,
  dataset: Dataset,
): string | undefined {
  const ids = new Set(dataset.labelled.map(({ id }) => id));
  const foreign = [...assignment.keys()].filter((id) => !ids.has(id));
  const missing = [...ids].filter((id) => !assignment.has(id));
  const parts: string[] = [];
  if (foreign.length > 0) parts.push(`${listIds(foreign)} only in the split`);
  if (missing.length > 0) parts.push(`${listIds(missing)} only in the data`);
  if (parts.length > 0) return parts.join(' and ');
  return dataHash === dataset.hash ? undefined : 'the posters are the same but some genres differ';
}

function listIds(ids: readonly string[]): string {
  const shown = ids.slice(0, 3).join(', ');
  const count = `${ids.length} ${ids.length === 1 ? 'poster is' : 'posters are'}`;
  return `${count} (${shown}${ids.length > 3 ? ', ...' : ''})`;
}
