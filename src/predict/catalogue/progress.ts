/** @module An output's folder of progress <-> what the output was begun with, and how far it is whole. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { onesheetError } from '../../errors.ts';
import { writeFileAtomically } from '../../files.ts';

const size = z.int().min(0);

/** All of this is true of the files at once, whatever happens to the process. */
const progressSchema = z.strictObject({
  /** Of this file. */
  format: z.literal(1),
  /** The model and the options, by what people call them: output of other ones is not gone on with. */
  begun: z.record(z.string(), z.string()),
  /** Entries of the input that were worked through, and of these those that have their record or their failure. */
  entries: size.optional(),
  done: size,
  failed: size,
  /** Sizes of the files of records and of failures; what stands behind was not yet sure. */
  bytes: size,
  failureBytes: size,
  /** SHA-256 of the ids and sources of the entries that were worked through. */
  inputHash: z.string(),
  /** Whether the input ended there. */
  finished: z.boolean(),
  /** Whether files that were written anew are to take the places of the former ones. */
  swapping: z.boolean().default(false),
});

export type Progress = Readonly<z.infer<typeof progressSchema>> & { readonly entries: number };
export type Begun = Progress['begun'];

/** The files of one output. */
export interface OutputFiles {
  /** What the user named. */
  readonly output: string;
  readonly failures: string;
  /** The folder of what else is kept. */
  readonly folder: string;
  readonly progress: string;
  /** Where records are appended: the output itself, or lines of which a Parquet file is made. */
  readonly records: string;
  /** Outcomes of posters that had failed and are tried again. */
  readonly again: string;
  readonly nextRecords: string;
  readonly nextFailures: string;
}

export function filesOfOutput(output: string): OutputFiles {
  const folder = `${output}.progress`;
  return {
    output,
    failures: `${output}.errors.jsonl`,
    folder,
    progress: join(folder, 'progress.json'),
    records: output.toLowerCase().endsWith('.parquet') ? join(folder, 'records.jsonl') : output,
    again: join(folder, 'again.jsonl'),
    nextRecords: join(folder, 'next.records'),
    nextFailures: join(folder, 'next.errors'),
  };
}

/** @returns undefined where there is none @throws {OnesheetError} OUTPUT_FOREIGN for what cannot be understood */
export async function readProgress({ output, progress }: OutputFiles): Promise<Progress | undefined> {
  const text = await readFile(progress, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const progress = progressSchema.parse(JSON.parse(text));
    // Before there were parts, the two were the same.
    return { ...progress, entries: progress.entries ?? progress.done };
  } catch {
    throw onesheetError('OUTPUT_FOREIGN', output, `${progress} is damaged or of another version`);
  }
}

/** @throws {OnesheetError} FILE_UNWRITABLE */
export async function writeProgress({ progress }: OutputFiles, state: Progress): Promise<void> {
  await writeFileAtomically(progress, `${JSON.stringify(state, undefined, 2)}\n`);
}
