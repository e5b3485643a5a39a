/** @module Moments at which posters were done -> how long the others will take. */

/** Posters whose pace tells how long the rest takes: enough that one slow poster changes little. */
const remembered = 20;

export class TimeLeft {
  #moments: number[] = [];
  readonly #now: () => number;

  /** @param now milliseconds of a clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Work begins, or goes on after it was stopped: what was between does not count. */
  begin(): void {
    this.#moments = [this.#now()];
  }

  /** A poster is done. */
  count(): void {
    this.#moments = [...this.#moments, this.#now()].slice(-remembered - 1);
  }

  /** Undefined before three posters are done: the first ones wait for the model. */
  secondsFor(posters: number): number | undefined {
    const known = this.#moments.length - 1;
    if (known < 3 || posters <= 0) return undefined;
    return ((this.#moments.at(-1)! - this.#moments[0]!) / 1000 / known) * posters;
  }
}
