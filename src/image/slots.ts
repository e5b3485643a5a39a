/** @module Work on pictures -> done a few at a time, in order; what is given up while it waits never starts. */

/** Places for so many pieces of work at once; any number of callers may ask. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  /** @param count at least 1 */
  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Runs the work as soon as a place is free, the first to ask first.
   *
   * @param signal gives it up: work that waits is forgotten at once, with all that it holds. Work that runs keeps
   * its place until it ends, but the caller waits no longer.
   * @throws the signal's reason, or what the work throws
   */
  async run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (signal?.aborted) throw signal.reason;
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    if (signal?.aborted) {
      this.#release();
      throw signal.reason;
    }
    const running = work().finally(() => this.#release());
    return signal === undefined ? running : unlessAborted(running, signal);
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.delete(start);
        reject(signal?.reason);
      };
      const start = (): void => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      this.#waiting.add(start);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  /**
   * Hands the place to whoever has waited longest, once all that is due has happened: of callers that asked together and
   * are given up together, none begins while the others' time is running out.
   */
  #release(): void {
    setImmediate(() => {
      const [next] = this.#waiting;
      if (next === undefined) this.#free++;
      else {
        this.#waiting.delete(next);
        next();
      }
    });
  }
}

function unlessAborted<Result>(running: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
