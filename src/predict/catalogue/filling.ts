/** @module Posters and what predicts them -> an output with each in its place: what is done is passed over, the rest is added. */
import { createHash } from 'node:crypto';
import { onesheetError } from '../../errors.ts';
import { describeSource } from '../../image/index.ts';
import { isFailed, type PredictionOutcome } from '../prediction.ts';
import type { PosterToPredict } from '../stream.ts';
import { SecondTry } from './again.ts';
import { failureLine } from './failures.ts';
import type { RecordForm } from './format.ts';
import { type Journal, noEntries, type Position } from './journal.ts';
import { owns, type Part } from './part.ts';

export interface OutputProgress {
  /** Posters of the input that have their record or their failure, those of earlier times among them. */
  readonly done: number;
  readonly failed: number;
  /** The last outcome of this time; none at the beginning. */
  readonly outcome?: PredictionOutcome;
}

export interface OutputReport {
  readonly outcome: 'finished' | 'interrupted';
  /** Posters of the input as far as it was worked through; more than are done where only a part of it was asked for. */
  readonly entries: number;
  readonly done: number;
  readonly failed: number;
  /** Posters that went through the network this time, or failed. */
  readonly worked: number;
  /** Posters that had failed before and have their record now. */
  readonly recovered: number;
  /** Where the failures are listed. */
  readonly failures: string;
}

export interface FillingOptions {
  readonly part: Part;
  readonly isCsv: boolean;
  readonly retryErrors?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: OutputProgress) => void;
}

/**
 * Posters in their order -> their outcomes in the same order, some at a time; an output never ends between outcomes
 * that came together.
 */
export type Predicting = (
  posters: AsyncIterable<PosterToPredict>,
) => AsyncIterable<readonly PredictionOutcome[]>;

/** Milliseconds between commits: at most so much work is done again after a kill. */
const commitInterval = 1000;

/** One pass over the input. */
export class Filling {
  readonly #journal: Journal;
  readonly #form: RecordForm;
  readonly #options: FillingOptions;
  /** Entries that were worked through before this pass. */
  readonly #before: number;
  readonly #hash = createHash('sha256');
  /** Posters that are under way, in their order, each with how far the input has got once it is done. */
  readonly #underWay: { readonly position: number; readonly inputHash: string }[] = [];
  /** Of the whole input, once it has ended. */
  #end: Pick<Position, 'entries' | 'inputHash'> | undefined;
  #reached: Position;
  #failed: number;
  #worked = 0;
  #recovered = 0;
  #committed = performance.now();
  #commit: Promise<void> = Promise.resolve();

  constructor(journal: Journal, form: RecordForm, options: FillingOptions) {
    this.#journal = journal;
    this.#form = form;
    this.#options = options;
    const { entries, done, inputHash, failed } = journal.progress;
    this.#before = entries;
    this.#reached = { entries, done, inputHash };
    this.#failed = failed;
  }

  async run(posters: AsyncIterable<PosterToPredict>, predict: Predicting): Promise<OutputReport> {
    const { retryErrors = false, signal, part } = this.#options;
    const again =
      retryErrors && this.#failed > 0
        ? await SecondTry.open(this.#journal.files, this.#form, part)
        : undefined;
    let isGrowing = false;
    this.#tell();
    try {
      for await (const outcomes of predict(this.#wanted(posters, again))) {
        for (const outcome of outcomes) {
          const { position, inputHash } = this.#underWay.shift()!;
          if (position < this.#before) await again!.add(position, outcome);
          else {
            if (!isGrowing) {
              isGrowing = true;
              await this.#settle(again);
              if (this.#journal.progress.finished) await this.#save(false);
            }
            await this.#add(position, inputHash, outcome);
          }
          this.#worked += 1;
          this.#tell(outcome);
        }
        await this.#commitNowAndThen();
      }
      if (!isGrowing) await this.#settle(again);
    } catch (error) {
      await this.#commit;
      if (!signal?.aborted) throw error;
      await this.#save(false);
      return this.#report('interrupted');
    }
    await this.#commit;
    this.#reached = { ...this.#reached, ...this.#end };
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
      this.#hash.update(`${poster.id}\0${describeSource(poster.source)}\0`);
      const isNew = position >= this.#before && owns(this.#options.part, position);
      if (isNew || again?.positions.has(position)) {
        this.#underWay.push({ position, inputHash: this.#inputHash() });
        yield poster;
      }
      position += 1;
    }
    if (position === this.#before) this.#requireSameInput();
    if (position < this.#before)
      throw this.#foreign(`it holds ${this.#before} posters and this input ${position}`);
    this.#end = { entries: position, inputHash: position === 0 ? noEntries : this.#inputHash() };
  }

  #requireSameInput(): void {
    if (this.#before > 0 && this.#inputHash() !== this.#journal.progress.inputHash)
      throw this.#foreign(`the first ${this.#before} posters of this input are not those that it holds`);
  }

  #foreign(reason: string): Error {
    return onesheetError('OUTPUT_FOREIGN', this.#journal.files.output, reason);
  }

  #inputHash(): string {
    return this.#hash.copy().digest('hex');
  }

  async #settle(again: SecondTry | undefined): Promise<void> {
    if (again === undefined || again.isEmpty) return;
    await again.settle(this.#journal, this.#options.isCsv);
    this.#failed = this.#journal.progress.failed;
    this.#recovered = again.recovered;
  }

  async #add(position: number, inputHash: string, outcome: PredictionOutcome): Promise<void> {
    this.#reached = { entries: position + 1, done: this.#reached.done + 1, inputHash };
    if (isFailed(outcome)) {
      this.#failed += 1;
      await this.#journal.addFailure(failureLine(position, outcome));
    } else await this.#journal.addRecord(this.#form.recordOf(outcome));
  }

  async #commitNowAndThen(): Promise<void> {
    if (performance.now() - this.#committed < commitInterval) return;
    await this.#commit;
    this.#commit = this.#save(false);
    // Its failure is met where it is awaited.
    this.#commit.catch(() => undefined);
    this.#committed = performance.now();
  }

  #save(finished: boolean): Promise<void> {
    return this.#journal.commit({ ...this.#reached, failed: this.#failed, finished });
  }

  #tell(outcome?: PredictionOutcome): void {
    this.#options.onProgress?.({ done: this.#reached.done, failed: this.#failed, outcome });
  }

  #report(outcome: OutputReport['outcome']): OutputReport {
    return {
      outcome,
      entries: this.#reached.entries,
      done: this.#reached.done,
      failed: this.#failed,
      worked: this.#worked,
      recovered: this.#recovered,
      failures: this.#journal.files.failures,
    };
  }
}
