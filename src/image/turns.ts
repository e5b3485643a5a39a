/** @module Pieces of work beside each other -> one of them again by itself, where it has to know what is its own. */

/** Runs work beside other work, or while nothing else runs. */
export class Turns {
  #begun = 0;
  #running = 0;
  /** Those that wait to be alone, or are. */
  #apart = 0;
  #last: Promise<unknown> = Promise.resolve();
  #emptied: () => void = () => undefined;

  /** @param failed what to do about a failure, told whether anything else ran meanwhile */
  async beside<Result>(
    work: () => Promise<Result>,
    failed: (error: unknown, wasBeside: boolean) => Promise<Result>,
  ): Promise<Result> {
    while (this.#apart > 0) await this.#last;
    this.#begun += 1;
    const [begun, isBeside] = [this.#begun, this.#running > 0];
    this.#running += 1;
    let failure: unknown;
    try {
      return await work();
    } catch (error) {
      failure = error;
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#emptied();
    }
    return failed(failure, isBeside || this.#begun !== begun);
  }

  /** Waits until what runs has ended; what comes later waits for this. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#apart += 1;
    const turn = this.#last.then(async () => {
      if (this.#running > 0)
        await new Promise<void>((resolve) => {
          this.#emptied = resolve;
        });
      return work();
    });
    const end = (): void => {
      this.#apart -= 1;
    };
    this.#last = turn.then(end, end);
    return turn;
  }
}
