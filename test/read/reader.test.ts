import sharp from 'sharp';
import { afterAll, beforeAll, expect } from 'vitest';
import { encodeImage } from '../../src/image/index.ts';
import { Random } from '../../src/random.ts';
import { openReader, type PosterReader } from '../../src/read/index.ts';
import { drawLettering, type Lettering } from './lettering.ts';
import { readerMissing, readerTest } from './readerTest.ts';

let reader: PosterReader | undefined;
beforeAll(async () => {
  if (readerMissing === undefined) reader = await openReader({ threads: 1 });
});
afterAll(() => reader?.release());

const source = (bytes: Uint8Array) => ({ kind: 'bytes', bytes, name: 'drawn' }) as const;

async function textsOf(lines: readonly Lettering[], ground?: string): Promise<string[]> {
  const reading = await reader!.read(source(await drawLettering(256, 384, lines, ground)));
  return reading.lines.map(({ text }) => text);
}

readerTest('lines are read from top to bottom, dark on light and light on dark', async () => {
  const lines = [
    { text: 'MARTIN', x: 40, y: 300, height: 18 },
    { text: 'THE LEADER', x: 30, y: 60, height: 20 },
  ];
  expect(await textsOf(lines)).toEqual(['THE LEADER', 'MARTIN']);
  const light = lines.map((line) => ({ ...line, colour: '#ffd' }));
  expect(await textsOf(light, '#122')).toEqual(['THE LEADER', 'MARTIN']);
});

readerTest('places are in pixels of the picture, clockwise from the upper left of the text', async () => {
  const bytes = await drawLettering(256, 384, [{ text: 'MARTIN', x: 40, y: 100, height: 30 }]);
  const { width, height, lines } = await reader!.read(source(bytes));
  expect([width, height, lines.length]).toEqual([256, 384, 1]);
  const { place, confidence } = lines[0]!;
  expect(confidence).toBeGreaterThan(0.8);
  const expected = [40, 100, 200, 100, 200, 130, 40, 130];
  const off = place.flat().map((value, i) => Math.abs(value - expected[i]!));
  expect(Math.max(...off)).toBeLessThan(16);
});

readerTest('a slanted line, one that runs down and one that runs up are read', async () => {
  expect(await textsOf([{ text: 'MARTIN', x: 60, y: 120, height: 24, turn: 25 }])).toEqual(['MARTIN']);
  expect(await textsOf([{ text: 'MARTIN', x: 150, y: 80, height: 24, turn: 90 }])).toEqual(['MARTIN']);
  expect(await textsOf([{ text: 'MARTIN', x: 110, y: 280, height: 24, turn: -90 }])).toEqual(['MARTIN']);
});

readerTest('large lettering is read, by itself and beside small', async () => {
  const title = { text: 'THE', x: 20, y: 40, height: 80 };
  expect(await textsOf([title])).toEqual(['THE']);
  const small = { text: 'MARTIN', x: 80, y: 330, height: 12 };
  expect(await textsOf([title, small])).toEqual(['THE', 'MARTIN']);
  expect(await textsOf([{ ...title, colour: '#fff' }], '#a00')).toEqual(['THE']);
});

readerTest(
  'a picture of 6,000 x 9,000 pixels is read where so large ones are allowed, with places on it',
  async () => {
    const small = await drawLettering(600, 900, [{ text: 'THE LEADER', x: 60, y: 180, height: 52 }]);
    const large = await sharp(small).resize(6000, 9000, { kernel: 'nearest' }).jpeg().toBuffer();
    await expect(reader!.read(source(large))).rejects.toThrow('at most 50000000 pixels');
    const { width, height, lines } = await reader!.read(source(large), { maximumPixels: 60_000_000 });
    expect([width, height, lines.map(({ text }) => text)]).toEqual([6000, 9000, ['THE LEADER']]);
    expect(lines[0]!.place[1]![0]).toBeGreaterThan(4600);
  },
);

readerTest('tiny and blank pictures have no lines', async () => {
  for (const [w, h] of [
    [20, 30],
    [1, 1],
    [400, 3],
    [256, 384],
  ] as const) {
    const blank = await encodeImage(
      { width: w, height: h, data: new Uint8Array(w * h * 3).fill(90) },
      { format: 'png' },
    );
    expect((await reader!.read(source(blank))).lines).toEqual([]);
  }
});

/** Marks of random ink on a grid, each apart from the others: lettering to the network, and nothing to be read. */
function noiseOf(side: number, step: number): Uint8Array {
  const random = Random.fromSeed(7);
  const data = new Uint8Array(side * side * 3).fill(255);
  for (let top = 2; top + 9 < side; top += step)
    for (let left = 2; left + 9 < side; left += step)
      for (let y = top; y < top + 9; y++)
        for (let x = left; x < left + 9; x++)
          if (random.float() < 0.5) data.fill(0, 3 * (y * side + x), 3 * (y * side + x) + 3);
  return data;
}

readerTest('of noise with 4,000 marks and of a page of text at most 200 lines are read', async () => {
  const side = 960;
  const bytes = await encodeImage({ width: side, height: side, data: noiseOf(side, 15) }, { format: 'png' });
  expect((await reader!.read(source(bytes))).lines.length).toBeLessThanOrEqual(200);
  const lines = Array.from({ length: 56 }, (_, i) => ({
    text: 'THE LEADER AND MARTIN IN THE LAND AND ALL THE TIME',
    x: 20,
    y: 12 + 17 * i,
    height: 11,
  }));
  const page = await reader!.read(source(await drawLettering(700, 980, lines)));
  expect(page.lines.length).toBeGreaterThan(20);
  expect(page.lines.length).toBeLessThanOrEqual(200);
});

readerTest('reading is given up with the reason of the signal', async () => {
  const stop = new AbortController();
  stop.abort(new Error('enough'));
  const bytes = await drawLettering(256, 384, [{ text: 'MARTIN', x: 40, y: 100, height: 30 }]);
  await expect(reader!.read(source(bytes), {}, stop.signal)).rejects.toThrow('enough');
});

readerTest('what is no picture is refused as by every other way in', async () => {
  const bytes = new TextEncoder().encode('no picture');
  await expect(reader!.read(source(bytes))).rejects.toMatchObject({ code: 'IMAGE_FORMAT' });
});
