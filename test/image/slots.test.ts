/** @module Many pieces of work at once -> few at a time, in order, none waiting for ever. */
import { describe, expect, test } from 'vitest';
import { inSlot } from '../../src/image/slots.ts';

const late = () => new Error('too late');
const soon = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('inSlot', () => {
  test('runs four at a time and all in the end, the first to ask first', async () => {
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
    expect(await Promise.all(all.map((index) => inSlot(10, () => work(index), late)))).toEqual(all);
    expect([most, started]).toEqual([4, all]);
  });

  test('does not count the time in the queue', async () => {
    const work = () => soon(40);
    await Promise.all(Array.from({ length: 16 }, () => inSlot(0.12, work, late)));
  });

  test('answers late work in time, but frees its slot only when it ends, even by failing', async () => {
    const ends: (() => void)[] = [];
    const work = (index: number) => () =>
      new Promise<void>((resolve, reject) => {
        ends.push(() => (index % 2 === 0 ? resolve() : reject(new Error('the decoder failed in the end'))));
      });
    const slow = Array.from({ length: 4 }, (_, index) => inSlot(0.01, work(index), late));
    for (const answer of await Promise.allSettled(slow))
      expect(answer).toMatchObject({ status: 'rejected', reason: { message: 'too late' } });
    const started: number[] = [];
    const next = [0, 1, 2, 3].map((index) => inSlot(10, async () => started.push(index), late));
    await soon(20);
    expect(started).toEqual([]);
    for (const end of ends) end();
    await Promise.all(next);
    expect(started).toEqual([0, 1, 2, 3]);
  });

  test('passes on what the work throws', async () => {
    await expect(inSlot(10, () => Promise.reject(new Error('damaged')), late)).rejects.toThrow('damaged');
  });
});
