/** @module Batches as they are done -> a live line for a terminal, or now and then a plain line for a log. */
import { formatDuration } from '../../duration.ts';

export interface ProgressOptions {
  /** Where text goes; the meter itself prints nothing. */
  readonly write: (text: string) => void;
  /** Whether the text is seen on a terminal that can redraw its line. */
  readonly isTerminal: boolean;
  /**
   * Width of the terminal, asked anew for each line, as windows are resized.
   * @default 80
   */
  readonly columns?: () => number;
  /** Epochs of the whole training, at most. */
  readonly epochs: number;
  /**
   * Milliseconds; only differences are used.
   * @default performance.now
   */
  readonly now?: () => number;
  /**
   * Seconds between plain lines within an epoch, when there is no terminal.
   * @default 30
   */
  readonly plainInterval?: number;
}

/** Milliseconds between two redrawings of the live line. */
const redrawInterval = 100;
/** The speed is that of the latest batches: it follows a busy machine but does not flicker. */
const speedWindow = 20;
const shortestBar = 8;
const longestBar = 30;

/** Shows how far the training is: epoch, batch, loss, images per second, time left in the epoch and at most in all. */
export class ProgressMeter {
  readonly #options: Required<ProgressOptions>;
  #epoch = 0;
  #phase = '';
  #batches = 0;
  #done = 0;
  #loss = Number.NaN;
  #epochStart = 0;
  #epochIsWhole = false;
  #lastShown = 0;
  #lineShown = false;
  /** Times and image counts at the ends of the latest batches, oldest first. */
  #latest: { time: number; images: number }[] = [];
  #epochSeconds: number | undefined;

  constructor(options: ProgressOptions) {
    this.#options = {
      columns: () => 80,
      now: () => performance.now(),
      plainInterval: 30,
      ...options,
    };
  }

  /** A phase of an epoch (counted from 1) begins: `training`, `validation`. `done` batches were made before a resume. */
  startPhase(epoch: number, phase: string, batches: number, done = 0): void {
    const now = this.#options.now();
    if (epoch !== this.#epoch) [this.#epochStart, this.#epochIsWhole] = [now, done === 0];
    [this.#epoch, this.#phase, this.#batches, this.#done] = [epoch, phase, batches, done];
    this.#loss = Number.NaN;
    this.#latest = [{ time: now, images: 0 }];
    this.#lastShown = now;
  }

  /** One more batch is done; `loss` is whatever mean the caller wants seen. */
  batch(images: number, loss?: number): void {
    const { now, isTerminal, plainInterval } = this.#options;
    const time = now();
    this.#done += 1;
    this.#loss = loss ?? Number.NaN;
    this.#latest.push({ time, images });
    if (this.#latest.length > speedWindow + 1) this.#latest.shift();
    const interval = isTerminal ? redrawInterval : plainInterval * 1000;
    if (time - this.#lastShown < interval) return;
    this.#lastShown = time;
    if (isTerminal) this.#redraw();
    else this.#options.write(`${this.#fields().join('  ')}\n`);
  }

  /** The epoch is over: one line that stays, with its duration and the caller's summary. */
  finishEpoch(summary: string): void {
    const seconds = (this.#options.now() - this.#epochStart) / 1000;
    if (this.#epochIsWhole) this.#epochSeconds = seconds;
    this.note(`epoch ${this.#epoch}/${this.#options.epochs}  ${summary}  ${formatDuration(seconds)}`);
  }

  /** A line that stays, above the live one. */
  note(text: string): void {
    this.clear();
    this.#options.write(`${text}\n`);
  }

  /** Takes the live line away, e.g. before an error is printed. */
  clear(): void {
    if (this.#lineShown) this.#options.write('\r\x1b[K');
    this.#lineShown = false;
  }

  /** Images per second over the latest batches; undefined before the first. */
  imagesPerSecond(): number | undefined {
    const [first, ...batches] = this.#latest;
    const last = batches.at(-1);
    if (first === undefined || last === undefined || last.time <= first.time) return undefined;
    return (1000 * batches.reduce((sum, { images }) => sum + images, 0)) / (last.time - first.time);
  }

  #secondsLeftInPhase(): number | undefined {
    const batches = this.#latest.length - 1;
    if (batches < 1) return undefined;
    const seconds = ((this.#latest.at(-1)?.time ?? 0) - this.#latest[0]!.time) / 1000;
    return (seconds / batches) * (this.#batches - this.#done);
  }

  /** The line's parts, the most important first. */
  #fields(): string[] {
    const { epochs } = this.#options;
    const fields = [`epoch ${this.#epoch}/${epochs}`, `${this.#phase} ${this.#done}/${this.#batches}`];
    if (!Number.isNaN(this.#loss)) fields.push(`loss ${this.#loss.toFixed(4)}`);
    const left = this.#secondsLeftInPhase();
    if (left !== undefined) fields.push(`${formatDuration(left)} left`);
    const speed = this.imagesPerSecond();
    if (speed !== undefined) fields.push(`${speed.toFixed(speed < 10 ? 1 : 0)} images/s`);
    if (this.#epochSeconds !== undefined && this.#epoch < epochs) {
      const inEpoch = this.#epochSeconds - (this.#options.now() - this.#epochStart) / 1000;
      const inAll = Math.max(0, inEpoch) + this.#epochSeconds * (epochs - this.#epoch);
      fields.push(`at most ${formatDuration(inAll)} in all`);
    }
    return fields;
  }

  #redraw(): void {
    const width = Math.max(1, this.#options.columns() - 1);
    const [first, ...others] = this.#fields();
    const kept = [first];
    for (const field of others)
      if ([...kept, field].join('  ').length <= width) kept.push(field);
      else break;
    const space = width - kept.join('  ').length - 4;
    if (space >= shortestBar) kept.splice(1, 0, this.#bar(Math.min(space, longestBar)));
    this.#options.write(`\r${kept.join('  ').slice(0, width)}\x1b[K`);
    this.#lineShown = true;
  }

  #bar(length: number): string {
    const full = Math.floor((length * this.#done) / Math.max(1, this.#batches));
    return `[${'='.repeat(full)}${' '.repeat(length - full)}]`;
  }
}
