/** @module A prediction into a file under way -> its live line on a terminal, or a line now and then in a log. */
import { formatDuration } from '../duration.ts';
import { isFailed, type OutputProgress } from '../predict/index.ts';

export interface PredictionMeterOptions {
  /** Where text goes; the meter itself prints nothing. */
  readonly write: (text: string) => void;
  /** Whether the text is seen on a terminal that can redraw its line. */
  readonly isTerminal: boolean;
  /** Width of the terminal, asked anew for each line. @default 80 */
  readonly columns?: () => number;
  /** Milliseconds; only differences are used. @default performance.now */
  readonly now?: () => number;
  /** Seconds between plain lines, when there is no terminal. @default 30 */
  readonly plainInterval?: number;
}

/** Milliseconds between two redrawings of the live line. */
const redrawInterval = 250;
/** Seconds over which the rate is taken: it follows a busy machine but does not flicker. */
const rateWindow = 20;
/** Moments that are remembered, a second apart. */
interface Moment {
  readonly time: number;
  readonly worked: number;
}

/** Posters done, their rate, the time left where the number of posters is known, and failures by their reason. */
export class PredictionMeter {
  readonly #options: Required<PredictionMeterOptions>;
  readonly #reasons = new Map<string, number>();
  #latest: Moment[] = [];
  #worked = 0;
  #shown = 0;
  #isLineShown = false;
  /** Posters of the whole input, as soon as they are counted. */
  total: number | undefined;

  constructor(options: PredictionMeterOptions) {
    this.#options = { columns: () => 80, now: () => performance.now(), plainInterval: 30, ...options };
  }

  /** Failures of this time by their code, the most frequent first. */
  get reasons(): readonly (readonly [code: string, count: number])[] {
    return [...this.#reasons].sort((a, b) => b[1] - a[1]);
  }

  update(progress: OutputProgress): void {
    const { now, isTerminal, plainInterval } = this.#options;
    const time = now();
    const { outcome } = progress;
    if (outcome === undefined) {
      this.#latest = [{ time, worked: 0 }];
      this.#shown = time;
      return;
    }
    this.#worked += 1;
    if (isFailed(outcome))
      this.#reasons.set(outcome.error.code, (this.#reasons.get(outcome.error.code) ?? 0) + 1);
    if (time - this.#latest.at(-1)!.time >= 1000) this.#latest.push({ time, worked: this.#worked });
    if (this.#latest.length > rateWindow) this.#latest.shift();
    if (time - this.#shown < (isTerminal ? redrawInterval : plainInterval * 1000)) return;
    this.#shown = time;
    const line = this.#fields(progress, time).join('  ');
    if (isTerminal) {
      this.#options.write(`\r${line.slice(0, Math.max(1, this.#options.columns() - 1))}\x1b[K`);
      this.#isLineShown = true;
    } else this.#options.write(`${line}\n`);
  }

  /** Takes the live line away, e.g. before the summary is printed. */
  clear(): void {
    if (this.#isLineShown) this.#options.write('\r\x1b[K');
    this.#isLineShown = false;
  }

  #fields({ done, failed }: OutputProgress, time: number): string[] {
    const { total } = this;
    const fields = [total === undefined ? `${done} posters` : `${done}/${total} posters`];
    const [first] = this.#latest;
    const seconds = (time - first!.time) / 1000;
    const rate = (this.#worked - first!.worked) / seconds;
    if (seconds > 0) fields.push(`${rate.toFixed(rate < 10 ? 1 : 0)} posters/s`);
    if (total !== undefined && rate > 0) fields.push(`${formatDuration((total - done) / rate)} left`);
    if (failed > 0) {
      const reasons = this.reasons.map(([code, count]) => `${count} ${code}`).join(', ');
      fields.push(`${failed} failed${reasons === '' ? '' : ` (${reasons})`}`);
    }
    return fields;
  }
}
