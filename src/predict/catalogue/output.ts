/** @module A model, a stream of posters and a file -> that file with a record for each poster, gone on with after a kill. */
import { createHash } from 'node:crypto';
import { rm, rmdir, stat } from 'node:fs/promises';
import { onesheetError } from '../../errors.ts';
import { makeFolder, requireWritableFile } from '../../files.ts';
import { describeSource } from '../../image/index.ts';
import { withLock } from '../../lock.ts';
import type { Classifier } from '../../model/index.ts';
import { version } from '../../version.ts';
import { isFailed, type PredictionOutcome, policyOf } from '../prediction.ts';
import { type PosterToPredict, type PredictOptions, predictStream } from '../stream.ts';
import { SecondTry } from './again.ts';
import { failureLine } from './failures.ts';
import { formatOfOutput, type OutputFormat, type RecordForm, recordForm } from './format.ts';
import { Journal, noEntries, removeOutput } from './journal.ts';
import { writeParquet } from './parquet.ts';
import { type Begun, filesOfOutput } from './progress.ts';

export interface OutputOptions extends PredictOptions {
  /** A file `.jsonl`, `.csv` or `.parquet`; beside it are its failures (`.errors.jsonl`) and its progress (`.progress`). */
  readonly output: string;
  /** Begins anew whatever is there. @default false */
  readonly overwrite?: boolean;
  /** Tries posters that failed before once more. @default false */
  readonly retryErrors?: boolean;
  /** What else the output depends on, by the names of options: it is gone on with only where all of it is the same. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Is told of each poster that is done, and first of those that were done before. */
  readonly onProgress?: (progress: OutputProgress) => void;
}

export interface OutputProgress {
  /** Posters of the input that have their record or their failure, those of earlier times among them. */
  readonly done: number;
  readonly failed: number;
  /** The last outcome of this time; none at the beginning. */
  readonly outcome?: PredictionOutcome;
}

export interface OutputReport {
  readonly outcome: 'finished' | 'interrupted';
  readonly done: number;
  readonly failed: number;
  /** Posters that went through the network this time, or failed. */
  readonly worked: number;
  /** Posters that had failed before and have their record now. */
  readonly recovered: number;
  /** Where the failures are listed. */
  readonly failures: string;
}

/** Milliseconds between commits: at most so much work is done again after a kill. */
const commitInterval = 1000;

/**
 * Predicts posters into a file, in their order. Killed at any moment, the same call goes on where the file was whole
 * and ends with the bytes of one that was never killed; each poster has one record, or one line among the failures.
 *
 * @param posters all of the input, each time from its beginning and in the same order
 * @throws {OnesheetError} OUTPUT_FOREIGN for an output of another input, model or options; FOLDER_LOCKED while another
 * process writes it; FILE_UNWRITABLE
 */
export async function predictInto(
  classifier: Classifier,
  posters: AsyncIterable<PosterToPredict>,
  options: OutputOptions,
): Promise<OutputReport> {
  const { output, overwrite = false, texts, settings } = options;
  const format = formatOfOutput(output);
  const files = filesOfOutput(output);
  const predictor = texts?.predictor ?? classifier.model;
  const begun: Begun = {
    version,
    model: predictor.id,
    policy: policyOf(predictor, options.policy).name,
    ...settings,
  };
  const { genres } = classifier.model.metadata;
  const form = recordForm(format, genres);
  await requireWritableFile(output);
  await makeFolder(files.folder);
  try {
    return await withLock(files.folder, 'a prediction', async ({ confirm }) => {
      const journal = await Journal.open(files, begun, form.header, { overwrite, confirm });
      try {
        const report = await new Filling(classifier, journal, form, format, options).run(posters);
        const isStale = report.worked > 0 || !(await isFile(output));
        if (format === 'parquet' && report.outcome === 'finished' && isStale)
          await writeParquet(output, files.records, genres);
        return report;
      } finally {
        await journal.close();
        if (journal.progress.done === 0) await removeOutput(files);
        else if (journal.progress.failureBytes === 0) await rm(files.failures, { force: true });
      }
    });
  } finally {
    // Of an output that was refused nothing stays.
    await rmdir(files.folder).catch(() => undefined);
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/** One pass over the input. */
class Filling {
  readonly #classifier: Classifier;
  readonly #journal: Journal;
  readonly #form: RecordForm;
  readonly #format: OutputFormat;
  readonly #options: OutputOptions;
  /** Entries that were done before this pass. */
  readonly #before: number;
  readonly #hash = createHash('sha256');
  /** Positions of posters that are under way, in their order. */
  readonly #underWay: number[] = [];
  #done: number;
  #failed: number;
  #worked = 0;
  #recovered = 0;
  #committed = performance.now();
  #commit: Promise<void> = Promise.resolve();

  constructor(
    classifier: Classifier,
    journal: Journal,
    form: RecordForm,
    format: OutputFormat,
    options: OutputOptions,
  ) {
    this.#classifier = classifier;
    this.#journal = journal;
    this.#form = form;
    this.#format = format;
    this.#options = options;
    this.#before = journal.progress.done;
    this.#done = this.#before;
    this.#failed = journal.progress.failed;
  }

  async run(posters: AsyncIterable<PosterToPredict>): Promise<OutputReport> {
    const { retryErrors = false, signal } = this.#options;
    const again =
      retryErrors && this.#failed > 0 ? await SecondTry.open(this.#journal.files, this.#form) : undefined;
    this.#tell();
    try {
      for await (const outcome of predictStream(
        this.#classifier,
        this.#wanted(posters, again),
        this.#options,
      )) {
        const position = this.#underWay.shift()!;
        if (position < this.#before) await again!.add(position, outcome);
        else {
          if (position === this.#before) {
            await this.#settle(again);
            if (this.#journal.progress.finished) await this.#save(false);
          }
          await this.#add(position, outcome);
        }
        this.#worked += 1;
        this.#tell(outcome);
      }
      if (this.#done === this.#before) await this.#settle(again);
    } catch (error) {
      await this.#commit;
      if (!signal?.aborted) throw error;
      await this.#save(false);
      return this.#report('interrupted');
    }
    await this.#commit;
    await this.#save(true);
    return this.#report('finished');
  }

  /** What is still to be done; what is done already is held against what it was when it was done. */
  async *#wanted(
    posters: AsyncIterable<PosterToPredict>,
    again: SecondTry | undefined,
  ): AsyncGenerator<PosterToPredict> {
    let position = 0;
    for await (const poster of posters) {
      if (position === this.#before) this.#requireSameInput();
      if (position < this.#before) this.#note(poster.id, describeSource(poster.source));
      if (position >= this.#before || again?.positions.has(position)) {
        this.#underWay.push(position);
        yield poster;
      }
      position += 1;
    }
    if (position === this.#before) this.#requireSameInput();
    if (position < this.#before)
      throw this.#foreign(`it holds ${this.#before} posters and this input ${position}`);
  }

  #requireSameInput(): void {
    if (this.#before > 0 && this.#inputHash() !== this.#journal.progress.inputHash)
      throw this.#foreign(`the first ${this.#before} posters of this input are not those that it holds`);
  }

  #foreign(reason: string): Error {
    return onesheetError('OUTPUT_FOREIGN', this.#journal.files.output, reason);
  }

  #note(id: string, source: string): void {
    this.#hash.update(`${id}\0${source}\0`);
  }

  #inputHash(): string {
    return this.#done === 0 ? noEntries : this.#hash.copy().digest('hex');
  }

  async #settle(again: SecondTry | undefined): Promise<void> {
    if (again === undefined || again.isEmpty) return;
    await again.settle(this.#journal, this.#format === 'csv');
    this.#failed = this.#journal.progress.failed;
    this.#recovered = again.recovered;
  }

  async #add(position: number, outcome: PredictionOutcome): Promise<void> {
    this.#note(outcome.id, outcome.source);
    this.#done += 1;
    if (isFailed(outcome)) {
      this.#failed += 1;
      await this.#journal.addFailure(failureLine(position, outcome));
    } else await this.#journal.addRecord(this.#form.recordOf(outcome));
    if (performance.now() - this.#committed < commitInterval) return;
    await this.#commit;
    this.#commit = this.#save(false);
    // Its failure is met where it is awaited.
    this.#commit.catch(() => undefined);
    this.#committed = performance.now();
  }

  #save(finished: boolean): Promise<void> {
    return this.#journal.commit({
      done: this.#done,
      failed: this.#failed,
      inputHash: this.#inputHash(),
      finished,
    });
  }

  #tell(outcome?: PredictionOutcome): void {
    this.#options.onProgress?.({ done: this.#done, failed: this.#failed, outcome });
  }

  #report(outcome: OutputReport['outcome']): OutputReport {
    return {
      outcome,
      done: this.#done,
      failed: this.#failed,
      worked: this.#worked,
      recovered: this.#recovered,
      failures: this.#journal.files.failures,
    };
  }
}
