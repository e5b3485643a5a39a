import { expect, test } from 'vitest';
import type { Engine } from '../../src/read/engine.ts';
import { readPicture } from '../../src/read/reading.ts';
import type { Quadrilateral } from '../../src/read/rectangle.ts';

const [width, height] = [640, 960];
const picture = { width, height, data: new Uint8Array(3 * width * height), original: { width, height } };

function box(left: number, top: number, across: number, down: number): Quadrilateral {
  return [
    [left, top],
    [left + across, top],
    [left + across, top + down],
    [left, top + down],
  ];
}

/** Finds lines at given places, and counts what it is given to read. */
function engineAt(places: readonly Quadrilateral[]) {
  const read = { lines: 0, columns: 0, atOnce: 0 };
  let now = 0;
  const engine: Engine = {
    atOnce: 2,
    detect: async () => places,
    recognize: async (line) => {
      now += 1;
      read.lines += 1;
      read.columns += line.width;
      read.atOnce = Math.max(read.atOnce, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return { text: `line ${read.lines}`, confidence: 0.9 };
    },
    release: async () => undefined,
  };
  return { engine, read };
}

const manyOf = (count: number, across: number, down: number): Quadrilateral[] =>
  Array.from({ length: count }, (_, i) =>
    box((7 * i) % (width - across), (11 * i) % (height - down), across, down),
  );

test('of 4,000 boxes 200 are read, few of them at a time', async () => {
  const { engine, read } = engineAt(manyOf(4000, 20, 16));
  const { lines } = await readPicture(engine, picture);
  expect([lines.length, read.lines]).toEqual([200, 200]);
  expect(read.atOnce).toBe(3);
});

test('boxes that run down are read both ways, and both count', async () => {
  const { engine, read } = engineAt(manyOf(4000, 16, 26));
  const { lines } = await readPicture(engine, picture);
  // 24,000 columns are 154 boxes of 78 columns each way.
  expect([lines.length, read.lines]).toEqual([154, 308]);
});

test('long lines are read until they are 24,000 columns together', async () => {
  const { engine, read } = engineAt(manyOf(4000, 600, 12));
  await readPicture(engine, picture);
  expect(read.lines).toBe(15);
  expect(read.columns).toBe(15 * 1600);
});

test('what is doubted is left out', async () => {
  const { engine } = engineAt(manyOf(3, 60, 20));
  let count = 0;
  const doubting: Engine = {
    ...engine,
    recognize: async () => ({ text: 'A', confidence: count++ === 1 ? 0.49 : 0.5 }),
  };
  expect((await readPicture(doubting, picture)).lines).toHaveLength(2);
});
