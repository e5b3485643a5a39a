import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../src/server/inference/layout.ts';
import { completeSettings } from '../../src/server/options.ts';

const layout = (settings: Parameters<typeof completeSettings>[0], device: 'cpu' | 'webgpu' = 'cpu') =>
  layoutOf(completeSettings(settings), device);

describe('the workers of a service', () => {
  test('share its threads side by side, and one has all of them for a poster that comes alone', () => {
    expect(layout({ threads: 2 })).toEqual({
      workers: 2,
      threads: 1,
      threadsAlone: 2,
      maximumBatch: 2,
      batchDelay: 1,
    });
    expect(layout({ threads: 20 })).toMatchObject({ workers: 8, threads: 2, threadsAlone: 20 });
  });

  test('are one where there is one thread, and on other devices than the CPU', () => {
    const one = { workers: 1, threads: 1, maximumBatch: 8, batchDelay: 4 };
    expect(layout({ threads: 1 })).toEqual(one);
    expect(layout({ threads: 4 }, 'webgpu')).toEqual({ ...one, threads: 4 });
  });

  test('are as many as are asked for, with the threads that are asked for or a share of the cores', () => {
    expect(layout({ workers: 3, threads: 5 })).toEqual({
      workers: 3,
      threads: 5,
      maximumBatch: 2,
      batchDelay: 1,
    });
    expect(layout({ workers: 1 })).toMatchObject({
      workers: 1,
      threads: Math.min(256, availableParallelism()),
    });
    expect(layout({ workers: 64 }).threads).toBe(Math.max(1, Math.floor(availableParallelism() / 64)));
  });

  test('take as many posters at a time, and wait for them as long, as is asked for', () => {
    expect(layout({ threads: 2, maximumBatch: 5, batchDelay: 0 })).toMatchObject({
      maximumBatch: 5,
      batchDelay: 0,
    });
  });
});
