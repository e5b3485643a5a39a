/** @module A stream of posters, what predicts them, and a file -> that file with a record for each poster, gone on with after a kill. */
import { rm, rmdir, stat } from 'node:fs/promises';
import { makeFolder, requireWritableFile } from '../../files.ts';
import { withLock } from '../../lock.ts';
import type { Classifier, Model } from '../../model/index.ts';
import { version } from '../../version.ts';
import { type PredictionOutcome, policyOf } from '../prediction.ts';
import { type PosterToPredict, type PredictOptions, predictStream } from '../stream.ts';
import { Filling, type FillingOptions, type OutputReport, type Predicting } from './filling.ts';
import { formatOfOutput, recordForm } from './format.ts';
import { Journal, removeOutput } from './journal.ts';
import { writeParquet } from './parquet.ts';
import { nameOfPart, type Part, wholeCatalogue } from './part.ts';
import { type Begun, filesOfOutput } from './progress.ts';

/** Where predictions go, and what is to become of what is there. */
export interface OutputPlace extends Pick<FillingOptions, 'onProgress' | 'signal'> {
  /** A file `.jsonl`, `.csv` or `.parquet`; beside it are its failures (`.errors.jsonl`) and its progress (`.progress`). */
  readonly output: string;
  /** Begins anew whatever is there. @default false */
  readonly overwrite?: boolean;
  /** Tries posters that failed before once more. @default false */
  readonly retryErrors?: boolean;
  /** Takes only these places of the input. @default all */
  readonly part?: Part;
}

export interface OutputOptions extends PredictOptions, OutputPlace {
  /** What else the output depends on, by the names of options: it is gone on with only where all of it is the same. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What an output is of: the model and the options on which its records depend. */
export function beginningOf(
  model: Model,
  { policy, texts, settings }: Pick<OutputOptions, 'policy' | 'texts' | 'settings'>,
): Begun {
  const predictor = texts?.predictor ?? model;
  return { version, model: predictor.id, policy: policyOf(predictor, policy).name, ...settings };
}

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
  const { genres } = classifier.model.metadata;
  const begun = beginningOf(classifier.model, options);
  // Whatever is left of a catalogue is computed as all of it would be.
  const predict: Predicting = (wanted) => oneByOne(predictStream(classifier, wanted, { ...options, few: 0 }));
  return fillOutput(posters, predict, { ...options, begun, genres });
}

async function* oneByOne(
  outcomes: AsyncIterable<PredictionOutcome>,
): AsyncGenerator<readonly PredictionOutcome[]> {
  for await (const outcome of outcomes) yield [outcome];
}

/** {@link predictInto} by whatever predicts. */
export async function fillOutput(
  posters: AsyncIterable<PosterToPredict>,
  predict: Predicting,
  options: OutputPlace & { readonly begun: Begun; readonly genres: readonly string[] },
): Promise<OutputReport> {
  const { output, overwrite = false, part, genres } = options;
  const format = formatOfOutput(output);
  const files = filesOfOutput(output);
  const begun = { ...options.begun, ...(part === undefined ? {} : { shard: nameOfPart(part) }) };
  const form = recordForm(format, genres);
  await requireWritableFile(output);
  await makeFolder(files.folder);
  try {
    return await withLock(files.folder, 'a prediction', async ({ confirm }) => {
      const journal = await Journal.open(files, begun, form.header, { overwrite, confirm });
      try {
        const filling = new Filling(journal, form, {
          ...options,
          part: part ?? wholeCatalogue,
          isCsv: format === 'csv',
        });
        const report = await filling.run(posters, predict);
        const isStale = report.worked > 0 || !(await isFile(output));
        if (format === 'parquet' && report.outcome === 'finished' && isStale)
          await writeParquet(output, files.records, genres);
        return report;
      } finally {
        await journal.close();
        if (journal.progress.entries === 0) await removeOutput(files);
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
