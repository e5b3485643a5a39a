/** @module Work that asks to be let in -> a place, or a refusal at once: what is let in can be done in time. */
import { onesheetError } from '../../errors.ts';

/** Share of the deadline that the wait may be expected to take; the rest is for when the estimate errs. */
const safeShare = 0.6;
/** How much of the past stays in the estimate with each answer: after a flood, a dozen answers tell of better times. */
const memory = 0.9;

/** Places that were given; they must be released, whatever happens. */
export interface Ticket {
  /**
   * @param isDone whether the work came to its end, be it with a refusal; what was given up would have taken longer,
   * so that its time can only raise the estimate
   */
  release(isDone: boolean): void;
}

/**
 * Places for work in progress and waiting. There are at most `limit`, and fewer while work is slow: the time that an
 * answer took, divided by the work that was ahead of it, is what one piece costs; who would wait longer than a safe
 * share of the deadline is refused. So an overloaded service refuses early, instead of being late for everybody.
 */
export class Admission {
  readonly #limit: number;
  readonly #deadline: number;
  #pending = 0;
  #seconds = 0;
  #places = 0;

  /** @param deadline in seconds */
  constructor(limit: number, deadline: number) {
    this.#limit = limit;
    this.#deadline = deadline;
  }

  /** Pieces of work in progress and waiting. */
  get pending(): number {
    return this.#pending;
  }

  /** Seconds that one more piece costs, by the answers of late; 0 before the first. */
  get cost(): number {
    return this.#places === 0 ? 0 : this.#seconds / this.#places;
  }

  /** Seconds after which there may be room again, as whole numbers for Retry-After. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil((this.#pending * this.cost) / 2));
  }

  /** @throws {OnesheetError} SERVICE_BUSY when that much more work could not be done in time */
  check(count = 1): void {
    const after = this.#pending + count;
    // Work that comes alone is always tried, or a request that is large for a slow machine never would be.
    const isSlow = this.#pending > 0 && after * this.cost > this.#deadline * safeShare;
    if (after > this.#limit || isSlow) throw onesheetError('SERVICE_BUSY', this.retryAfter);
  }

  /** @throws {OnesheetError} SERVICE_BUSY */
  admit(count: number): Ticket {
    this.check(count);
    this.#pending += count;
    const place = this.#pending;
    const start = performance.now();
    let isHeld = true;
    return {
      release: (isDone) => {
        if (!isHeld) return;
        isHeld = false;
        this.#pending -= count;
        const seconds = (performance.now() - start) / 1000;
        if (!isDone && seconds <= this.cost * place) return;
        this.#seconds = this.#seconds * memory + seconds;
        this.#places = this.#places * memory + place;
      },
    };
  }
}
