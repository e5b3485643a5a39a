/** @module Many pieces of work at once -> few at a time, in order; what is given up never starts. */
import { describe, expect, test } from 'vitest';
import { Slots } from '../../src/image/slots.ts';

const soon = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Work that ends when it is told to. */
function held(started: number[], ends: (() => void)[], index: number): () => Promise<number> {
  return () => {
    started.push(index);
    return new Promise((resolve) => ends.push(() => resolve(index)));
  };
}

describe('Slots', () => {
  test('runs so many at a time and all in the end, the first to ask first', async () => {
    const slots = new Slots(4);
    let [running, most] = [0, 0];
    const started: number[] = [];
    const work = async (index: number) => {
      started.push(index);
      most = Math.max(most, ++running);
      await soon(1);
      running--;
      return index;
    };
    const all = Array.from({ length: 30 }, (_, index) => index);
    expect(await Promise.all(all.map((index) => slots.run(() => work(index))))).toEqual(all);
    expect([most, started]).toEqual([4, all]);
  });

  test('passes on what the work throws, and frees its place', async () => {
    const slots = new Slots(1);
    await expect(slots.run(() => Promise.reject(new Error('damaged')))).rejects.toThrow('damaged');
    expect(await slots.run(async () => 'next')).toBe('next');
  });

  test('never starts what was given up while it waited, and starts who comes after it', async () => {
    const slots = new Slots(1);
    const started: number[] = [];
    const ends: (() => void)[] = [];
    const first = slots.run(held(started, ends, 0));
    const stop = new AbortController();
    const given = [1, 2].map((index) => slots.run(held(started, ends, index), stop.signal));
    const last = slots.run(held(started, ends, 3));
    stop.abort(new Error('given up'));
    for (const { status } of await Promise.allSettled(given)) expect(status).toBe('rejected');
    ends[0]!();
    await first;
    // A place is handed on at the end of the event loop's turn.
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toEqual([0, 3]);
    ends[1]!();
    expect(await last).toBe(3);
    await expect(slots.run(held(started, ends, 4), stop.signal)).rejects.toThrow('given up');
    expect(started).toEqual([0, 3]);
  });

  test('starts nothing on behalf of callers who are given up in the same moment', async () => {
    const slots = new Slots(1);
    const begun: number[] = [];
    const callers = [1, 2, 3].map((caller) => {
      const leaving = new AbortController();
      // Like a decoder's process: it ends when its caller is given up.
      const work = (): Promise<void> => {
        begun.push(caller);
        return new Promise((resolve) => leaving.signal.addEventListener('abort', () => resolve()));
      };
      const outcome = slots.run(work, leaving.signal).catch(() => undefined);
      return { leaving, outcome };
    });
    for (const { leaving } of callers) await Promise.resolve().then(() => leaving.abort(new Error('late')));
    await Promise.all(callers.map(({ outcome }) => outcome));
    expect(begun).toEqual([1]);
  });

  test('answers at once when running work is given up, and frees its place only when the work ends', async () => {
    const slots = new Slots(1);
    const started: number[] = [];
    const ends: (() => void)[] = [];
    const stop = new AbortController();
    const slow = slots.run(held(started, ends, 0), stop.signal);
    stop.abort(new Error('given up'));
    await expect(slow).rejects.toThrow('given up');
    const next = slots.run(async () => started.push(1));
    await soon(5);
    expect(started).toEqual([0]);
    ends[0]!();
    await next;
    expect(started).toEqual([0, 1]);
  });
});
