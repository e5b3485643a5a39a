/** @module The finished parts of an output -> the output as it would be if nobody had cut it into parts. */
import { createReadStream } from 'node:fs';
import { rm, rmdir, stat } from 'node:fs/promises';
import { onesheetError } from '../../errors.ts';
import { makeFolder, requireWritableFile } from '../../files.ts';
import { withLock } from '../../lock.ts';
import { Appended } from './appended.ts';
import { type Failure, readFailures } from './failures.ts';
import { formatOfOutput, type OutputFormat, recordsOf } from './format.ts';
import { Journal, removeOutput } from './journal.ts';
import { genresOfParquet, writeParquet } from './parquet.ts';
import { countsOfParts, nameOfPart, outputOfPart } from './part.ts';
import { filesOfOutput, type OutputFiles, type Progress, readProgress } from './progress.ts';

export interface MergeReport {
  readonly parts: number;
  readonly done: number;
  readonly failed: number;
  /** Where the failures are listed. */
  readonly failures: string;
}

interface FoundPart {
  readonly files: OutputFiles;
  readonly progress: Progress;
}

/**
 * Puts the records of all parts, and their failures, where the input has them. The output is then gone on with like
 * any other, and is replaced as a whole: a merge that is killed leaves what was there.
 *
 * @param output what `predict --output` was given with each `--shard`
 * @throws {OnesheetError} PARTS_INCOMPLETE; OUTPUT_FOREIGN for an output that is there and no earlier merge of the same
 * parts; FOLDER_LOCKED; FILE_UNWRITABLE
 */
export async function mergeParts(
  output: string,
  { overwrite = false }: { readonly overwrite?: boolean },
): Promise<MergeReport> {
  const format = formatOfOutput(output);
  const parts = await findParts(output);
  const [{ begun, entries, inputHash }] = [parts[0]!.progress];
  const { shard: _, ...common } = begun;
  const done = sum(parts, 'done');
  const failed = sum(parts, 'failed');
  const files = filesOfOutput(output);
  await requireWritableFile(output);
  await makeFolder(files.folder);
  try {
    await withLock(files.folder, 'a merge', async ({ confirm }) => {
      const journal = await Journal.open(files, common, '', { overwrite, confirm });
      try {
        refuseOther(journal, { entries, inputHash, failed });
        const sizes = await joinInto(journal, parts, format);
        for (const part of parts) await requireUnchanged(output, part);
        await journal.replace({ ...sizes, entries, inputHash, done, failed, finished: true });
        if (format === 'parquet')
          await writeParquet(output, files.records, await genresOfParquet(parts[0]!.files.output));
      } finally {
        await journal.close();
        await Promise.all([files.nextRecords, files.nextFailures].map((path) => rm(path, { force: true })));
        if (journal.progress.entries === 0) await removeOutput(files);
        else if (journal.progress.failureBytes === 0) await rm(files.failures, { force: true });
      }
    });
  } finally {
    // Of an output that was refused nothing stays.
    await rmdir(files.folder).catch(() => undefined);
  }
  return { parts: parts.length, done, failed, failures: files.failures };
}

function sum(parts: readonly FoundPart[], what: 'done' | 'failed'): number {
  return parts.reduce((total, { progress }) => total + progress[what], 0);
}

async function findParts(output: string): Promise<FoundPart[]> {
  const incomplete = (reason: string) => onesheetError('PARTS_INCOMPLETE', output, reason);
  const counts = await countsOfParts(output);
  if (counts.length === 0) throw incomplete('none is there');
  if (counts.length > 1) throw incomplete(`parts of ${counts.join(' and of ')} are there`);
  const of = counts[0]!;
  const parts: FoundPart[] = [];
  const missing: string[] = [];
  const unfinished: string[] = [];
  for (let index = 0; index < of; index++) {
    const files = filesOfOutput(outputOfPart(output, { index, of }));
    const progress = await readProgress(files);
    if (progress === undefined) missing.push(files.output);
    else if (!progress.finished) unfinished.push(files.output);
    else parts.push({ files, progress });
  }
  if (missing.length > 0) throw incomplete(`${named(missing)} not there`);
  if (unfinished.length > 0) throw incomplete(`${named(unfinished)} not finished`);
  for (const [index, { files, progress }] of parts.entries()) {
    const { shard } = progress.begun;
    if (shard !== nameOfPart({ index, of }))
      throw incomplete(`${files.output} holds ${shard === undefined ? 'no part' : `the part ${shard}`}`);
    const difference = differenceOf(parts[0]!.progress, progress);
    if (difference !== undefined)
      throw incomplete(`${files.output} is of another ${difference} than ${parts[0]!.files.output}`);
    await requireWhole(output, files.records, progress.bytes);
    await requireWhole(output, files.failures, progress.failureBytes);
  }
  return parts;
}

function named(paths: readonly string[]): string {
  const [first, ...rest] = paths;
  if (rest.length === 0) return `${first} is`;
  return `${first} and ${rest.length === 1 ? rest[0] : `${rest.length} others`} are`;
}

function differenceOf(first: Progress, other: Progress): string | undefined {
  const names = new Set([...Object.keys(first.begun), ...Object.keys(other.begun)]);
  names.delete('shard');
  for (const name of names) if (first.begun[name] !== other.begun[name]) return name;
  return first.entries === other.entries && first.inputHash === other.inputHash ? undefined : 'input';
}

async function requireWhole(output: string, path: string, bytes: number): Promise<void> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  if (size !== bytes)
    throw onesheetError(
      'PARTS_INCOMPLETE',
      output,
      `${path} was changed since: it has ${size} bytes, not ${bytes}`,
    );
}

async function requireUnchanged(output: string, { files, progress }: FoundPart): Promise<void> {
  if (JSON.stringify(await readProgress(files)) !== JSON.stringify(progress))
    throw onesheetError('PARTS_INCOMPLETE', output, `${files.output} was written meanwhile`);
}

/** What was merged before may be merged anew, but not where it has become more than its parts. */
function refuseOther(
  { files, progress }: Journal,
  parts: Pick<Progress, 'entries' | 'inputHash' | 'failed'>,
): void {
  const foreign = (reason: string) => onesheetError('OUTPUT_FOREIGN', files.output, reason);
  if (progress.entries === 0) return;
  if (progress.entries !== parts.entries || progress.inputHash !== parts.inputHash)
    throw foreign('it holds another input than its parts');
  if (progress.failed < parts.failed)
    throw foreign('it holds posters that failed in its parts and were tried again since');
}

/** Writes what will take the places of output and failures. @returns their sizes */
async function joinInto(
  { files }: Journal,
  parts: readonly FoundPart[],
  format: OutputFormat,
): Promise<{ readonly bytes: number; readonly failureBytes: number }> {
  await Promise.all([files.nextRecords, files.nextFailures].map((path) => rm(path, { force: true })));
  const records = await Appended.open(files.nextRecords, 0);
  const failures = await Appended.open(files.nextFailures, 0);
  const readers = parts.map((part) => new PartReader(part, format === 'csv'));
  try {
    for (const [index, reader] of readers.entries()) {
      const header = format === 'csv' ? await reader.record() : undefined;
      if (index === 0 && header !== undefined) await records.add(header);
    }
    const { entries } = parts[0]!.progress;
    for (let position = 0; position < entries; position++) {
      const reader = readers[position % readers.length]!;
      const failure = await reader.failureAt(position);
      if (failure !== undefined) await failures.add(`${JSON.stringify(failure)}\n`);
      else await records.add(await reader.record());
    }
    for (const reader of readers) await reader.requireEnd();
    await Promise.all([records.sync(), failures.sync()]);
  } finally {
    await Promise.all([records.close(), failures.close(), ...readers.map((reader) => reader.close())]);
  }
  return { bytes: records.size, failureBytes: failures.size };
}

/** Records and failures of one part, each in its order. */
class PartReader {
  readonly #output: string;
  readonly #records: AsyncGenerator<Uint8Array>;
  readonly #failures: AsyncGenerator<Failure> | undefined;
  #failure: Failure | undefined;
  #isStarted = false;

  constructor({ files, progress }: FoundPart, isCsv: boolean) {
    this.#output = files.output;
    this.#records = recordsOf(createReadStream(files.records), isCsv);
    this.#failures = progress.failureBytes === 0 ? undefined : readFailures(files);
  }

  async record(): Promise<Uint8Array> {
    const { value } = await this.#records.next();
    if (value === undefined) throw this.#changed();
    return value;
  }

  async failureAt(position: number): Promise<Failure | undefined> {
    if (!this.#isStarted) await this.#nextFailure();
    if (this.#failure?.entry !== position + 1) return undefined;
    const found = this.#failure;
    await this.#nextFailure();
    return found;
  }

  async #nextFailure(): Promise<void> {
    this.#isStarted = true;
    this.#failure = (await this.#failures?.next())?.value as Failure | undefined;
  }

  async requireEnd(): Promise<void> {
    if (!(await this.#records.next()).done || this.#failure !== undefined) throw this.#changed();
  }

  #changed(): Error {
    return onesheetError('OUTPUT_FOREIGN', this.#output, 'it was changed since');
  }

  async close(): Promise<void> {
    await Promise.all([this.#records.return(undefined), this.#failures?.return(undefined)]);
  }
}
