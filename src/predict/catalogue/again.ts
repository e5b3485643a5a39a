/** @module Outcomes of posters that had failed before -> the output with each in its place, in the order of the input. */
import { createReadStream } from 'node:fs';
import { appendFile, readFile, rm, truncate } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { onesheetError } from '../../errors.ts';
import { reasonOf } from '../../files.ts';
import { isFailed, type PredictionOutcome } from '../prediction.ts';
import { Appended } from './appended.ts';
import { failureLine, readFailures } from './failures.ts';
import { type RecordForm, recordsOf } from './format.ts';
import type { Journal } from './journal.ts';
import { type Part, positionIn } from './part.ts';
import type { OutputFiles } from './progress.ts';

const againSchema = z.strictObject({
  position: z.int().min(0),
  /** As it stands in the output; where it failed once more, its line of failures. */
  record: z.string().optional(),
  failure: z.string().optional(),
});
type Again = z.infer<typeof againSchema>;

/** What came of trying again so far; a kill leaves the outcomes there, and only those without one are tried anew. */
export class SecondTry {
  readonly #path: string;
  readonly #form: RecordForm;
  readonly #part: Part;
  readonly #outcomes = new Map<number, Again>();
  /** Positions in the input, from 0, of what is still to be tried. */
  readonly positions: ReadonlySet<number>;

  private constructor(
    path: string,
    form: RecordForm,
    part: Part,
    failed: Set<number>,
    known: readonly Again[],
  ) {
    this.#path = path;
    this.#form = form;
    this.#part = part;
    for (const each of known) if (failed.delete(each.position)) this.#outcomes.set(each.position, each);
    this.positions = failed;
  }

  static async open(files: OutputFiles, form: RecordForm, part: Part): Promise<SecondTry> {
    const failed = new Set<number>();
    for await (const { entry } of readFailures(files)) failed.add(entry - 1);
    return new SecondTry(files.again, form, part, failed, await readAgain(files.again));
  }

  get recovered(): number {
    return [...this.#outcomes.values()].filter(({ record }) => record !== undefined).length;
  }

  get isEmpty(): boolean {
    return this.#outcomes.size === 0;
  }

  async add(position: number, outcome: PredictionOutcome): Promise<void> {
    const again = isFailed(outcome)
      ? { position, failure: failureLine(position, outcome) }
      : { position, record: this.#form.recordOf(outcome) };
    this.#outcomes.set(position, again);
    await appendFile(this.#path, `${JSON.stringify(again)}\n`).catch((error: unknown) => {
      throw onesheetError('FILE_UNWRITABLE', this.#path, reasonOf(error));
    });
  }

  /** Writes records and failures anew, each poster where the input has it, and lets them take the former ones' places. */
  async settle(journal: Journal, isCsv: boolean): Promise<void> {
    const { files, progress } = journal;
    const records = recordsOf(
      progress.bytes === 0 ? Readable.from([]) : createReadStream(files.records, { end: progress.bytes - 1 }),
      isCsv,
    );
    const failures = readFailures(files);
    await Promise.all([files.nextRecords, files.nextFailures].map((path) => rm(path, { force: true })));
    const next = {
      records: await Appended.open(files.nextRecords, 0),
      failures: await Appended.open(files.nextFailures, 0),
    };
    const changed = () => onesheetError('OUTPUT_FOREIGN', files.output, `${files.records} was changed since`);
    const copyRecord = async (): Promise<void> => {
      const { value } = await records.next();
      if (value === undefined) throw changed();
      await next.records.add(value);
    };
    let failed = 0;
    try {
      if (this.#form.header !== '') await copyRecord();
      let failure = await failures.next();
      for (let place = 0; place < progress.done; place++) {
        const position = positionIn(this.#part, place);
        if (failure.done || failure.value.entry !== position + 1) {
          await copyRecord();
          continue;
        }
        const again = this.#outcomes.get(position);
        if (again?.record !== undefined) await next.records.add(again.record);
        else {
          failed += 1;
          await next.failures.add(again?.failure ?? `${JSON.stringify(failure.value)}\n`);
        }
        failure = await failures.next();
      }
      if (!(await records.next()).done) throw changed();
      await Promise.all([next.records.sync(), next.failures.sync()]);
    } finally {
      await Promise.all([next.records.close(), next.failures.close()]);
    }
    await journal.replace({ bytes: next.records.size, failureBytes: next.failures.size, failed });
  }
}

/** A torn last line, as a kill leaves it, is cut off. */
async function readAgain(path: string): Promise<Again[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const found: Again[] = [];
  let whole = 0;
  for (const line of text.split('\n').slice(0, -1)) {
    const again = parse(line);
    if (again === undefined) break;
    found.push(again);
    whole += Buffer.byteLength(line) + 1;
  }
  if (whole < Buffer.byteLength(text)) await truncate(path, whole);
  return found;
}

function parse(line: string): Again | undefined {
  try {
    return againSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
