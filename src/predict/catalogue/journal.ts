/** @module An output's files -> the same, gone on with where they are whole: records appended, and committed together. */
import { rename, rm, stat, truncate } from 'node:fs/promises';
import { onesheetError } from '../../errors.ts';
import { reasonOf } from '../../files.ts';
import { Appended } from './appended.ts';
import { type Begun, type OutputFiles, type Progress, readProgress, writeProgress } from './progress.ts';

/** The hash of no entries. */
export const noEntries = '';

/** How far an input got. */
export interface Position {
  /** Posters of the input that were worked through or, where only a part is wanted, passed over. */
  readonly entries: number;
  readonly done: number;
  readonly inputHash: string;
}

/**
 * The files that one prediction writes. Whatever was committed is there after a kill, and whatever was not is taken
 * away when the files are opened again.
 */
export class Journal {
  readonly files: OutputFiles;
  readonly #confirm: () => Promise<void>;
  #records: Appended;
  #failures: Appended;
  #progress: Progress;

  private constructor(
    files: OutputFiles,
    confirm: () => Promise<void>,
    progress: Progress,
    records: Appended,
    failures: Appended,
  ) {
    this.files = files;
    this.#confirm = confirm;
    this.#progress = progress;
    this.#records = records;
    this.#failures = failures;
  }

  /**
   * @param begun what the output is of; it has to be the same each time
   * @param confirm is asked before each commit and throws when another process has taken over
   * @throws {OnesheetError} OUTPUT_FOREIGN for files that are of something else, or were changed since; FILE_UNWRITABLE
   */
  static async open(
    files: OutputFiles,
    begun: Begun,
    header: string,
    { overwrite, confirm }: { readonly overwrite: boolean; readonly confirm: () => Promise<void> },
  ): Promise<Journal> {
    if (overwrite) await removeOutput(files);
    const saved = await readProgress(files);
    if (saved !== undefined) refuseOther(files, saved.begun, begun);
    const known = saved?.swapping ? await swapIn(files, saved) : saved;
    const isThere = (await sizeOf(files.records)) !== undefined;
    if (known === undefined && (isThere || (await sizeOf(files.output)) !== undefined))
      throw onesheetError(
        'OUTPUT_FOREIGN',
        files.output,
        'it is there already, and nothing says of what it is',
      );
    // An output that was taken away, or holds nothing yet, is made anew.
    const isKept = known !== undefined && known.entries > 0 && isThere;
    const progress = isKept ? known : await begin(files, begun, header);
    await cutBack(files, files.records, progress.bytes, progress.finished);
    await cutBack(files, files.failures, progress.failureBytes, progress.finished);
    return new Journal(
      files,
      confirm,
      progress,
      await Appended.open(files.records, progress.bytes),
      await Appended.open(files.failures, progress.failureBytes),
    );
  }

  /** As it was last committed. */
  get progress(): Progress {
    return this.#progress;
  }

  async addRecord(record: string): Promise<void> {
    await this.#records.add(record);
  }

  async addFailure(line: string): Promise<void> {
    await this.#failures.add(line);
  }

  /** Makes sure of all that was added. @throws {OnesheetError} FILE_UNWRITABLE, LOCK_LOST */
  async commit(position: Position & { readonly failed: number; readonly finished: boolean }): Promise<void> {
    const [bytes, failureBytes] = [this.#records.size, this.#failures.size];
    await Promise.all([this.#records.sync(), this.#failures.sync()]);
    await this.#save({ ...this.#progress, ...position, bytes, failureBytes });
  }

  /** Lets files that were written anew, and synced, take the places of the former ones. */
  async replace(
    next: Pick<Progress, 'bytes' | 'failureBytes' | 'failed'> &
      Partial<Position & Pick<Progress, 'finished'>>,
  ): Promise<void> {
    await this.#save({ ...this.#progress, ...next, swapping: true });
    await this.close();
    this.#progress = await swapIn(this.files, this.#progress);
    this.#records = await Appended.open(this.files.records, next.bytes);
    this.#failures = await Appended.open(this.files.failures, next.failureBytes);
  }

  async #save(progress: Progress): Promise<void> {
    await this.#confirm();
    await writeProgress(this.files, progress);
    this.#progress = progress;
  }

  async close(): Promise<void> {
    await Promise.all([this.#records.close(), this.#failures.close()]);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.size;
}

/** Removes all that is known of an output. @throws {OnesheetError} FILE_UNWRITABLE */
export async function removeOutput(files: OutputFiles): Promise<void> {
  // First what says that the rest is whole.
  const { progress, failures, output, records, again, nextFailures, nextRecords } = files;
  for (const path of [progress, again, nextFailures, nextRecords, failures, records, output])
    await rm(path, { force: true }).catch((error: unknown) => {
      throw onesheetError('FILE_UNWRITABLE', path, reasonOf(error));
    });
}

function refuseOther({ output }: OutputFiles, saved: Begun, begun: Begun): void {
  for (const name of new Set([...Object.keys(saved), ...Object.keys(begun)])) {
    if (saved[name] === begun[name]) continue;
    const [was, is] = [saved[name] ?? 'none', begun[name] ?? 'none'];
    throw onesheetError('OUTPUT_FOREIGN', output, `it was begun with ${name} ${was}, not ${is}`);
  }
}

async function begin(files: OutputFiles, begun: Begun, header: string): Promise<Progress> {
  await removeOutput(files);
  const progress: Progress = {
    format: 1,
    begun,
    entries: 0,
    done: 0,
    failed: 0,
    bytes: 0,
    failureBytes: 0,
    inputHash: noEntries,
    finished: false,
    swapping: false,
  };
  // Before the files are there, so that none is ever without it.
  await writeProgress(files, progress);
  const records = await Appended.open(files.records, 0);
  try {
    await records.add(header);
    await records.sync();
  } finally {
    await records.close();
  }
  const whole = { ...progress, bytes: Buffer.byteLength(header) };
  await writeProgress(files, whole);
  return whole;
}

/** Takes away what was not yet sure. A finished file has nothing of that, so whatever is more is somebody else's. */
async function cutBack(
  { output }: OutputFiles,
  path: string,
  bytes: number,
  isFinished: boolean,
): Promise<void> {
  const size = (await sizeOf(path)) ?? 0;
  if (size < bytes || (isFinished && size > bytes))
    throw onesheetError(
      'OUTPUT_FOREIGN',
      output,
      `${path} was changed since: it has ${size} bytes, not ${bytes}`,
    );
  if (size > bytes)
    await truncate(path, bytes).catch((error: unknown) => {
      throw onesheetError('FILE_UNWRITABLE', path, reasonOf(error));
    });
}

/** Safe to do twice: what was renamed already is no longer there to be. */
async function swapIn(files: OutputFiles, progress: Progress): Promise<Progress> {
  for (const [next, path] of [
    [files.nextRecords, files.records],
    [files.nextFailures, files.failures],
  ] as const)
    await rename(next, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw onesheetError('FILE_UNWRITABLE', path, reasonOf(error));
    });
  await rm(files.again, { force: true });
  const whole = { ...progress, swapping: false };
  await writeProgress(files, whole);
  return whole;
}
