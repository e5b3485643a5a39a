/** @module Checks that synthetic posters follow their seed, are what they say, and show their genres. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  drawSyntheticPosters,
  labelMatrix,
  loadDataset,
  type SyntheticOptions,
  type SyntheticPoster,
  syntheticGenres,
  writeSyntheticPosters,
} from '../../src/dataset/index.ts';
import { decodeImage } from '../../src/image/index.ts';
import { makeFolder } from './folder.ts';

async function draw(options: SyntheticOptions): Promise<SyntheticPoster[]> {
  const posters: SyntheticPoster[] = [];
  for await (const poster of drawSyntheticPosters(options)) posters.push(poster);
  return posters;
}

describe('drawSyntheticPosters', () => {
  const [width, height] = [16, 24];
  let posters: SyntheticPoster[];
  beforeAll(async () => {
    posters = await draw({ count: 260, seed: 3, width, height });
  });

  test('gives the same bytes for the same seed, however many are drawn, and others for another', async () => {
    const size = { width: 40, height: 60 };
    const five = await draw({ count: 5, seed: 7, ...size });
    expect((await draw({ count: 12, seed: 7, ...size })).slice(0, 5)).toEqual(five);
    const other = await draw({ count: 5, seed: 8, ...size });
    expect(other.every(({ bytes }, at) => Buffer.compare(bytes, five[at]!.bytes) !== 0)).toBe(true);
    expect(five.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4].map((at) => `synthetic-0000${at}`));
  });

  test('draws PNGs of the size asked for, with one to three genres each, every genre often', async () => {
    const image = await decodeImage({ kind: 'bytes', bytes: posters[0]!.bytes, name: 'poster' });
    expect([image.width, image.height]).toEqual([width, height]);
    const counts = new Map<string, number>();
    for (const { genres } of posters) {
      expect([1, 2, 3]).toContain(new Set(genres).size);
      expect(genres).toEqual([...genres].sort());
      for (const genre of genres) counts.set(genre, (counts.get(genre) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([...syntheticGenres]);
    expect(Math.min(...counts.values())).toBeGreaterThan(15);
  });

  test('shows the genres in the picture: nearest mean pictures rank them far above chance', async () => {
    const train = 180;
    const labels = labelMatrix(
      posters.map((poster) => ({ ...poster, source: { kind: 'file', path: '' }, group: '' })),
      syntheticGenres,
    );
    const pixels = await Promise.all(
      posters.map(({ bytes, id: name }) => decodeImage({ kind: 'bytes', bytes, name })),
    );
    const precisions = syntheticGenres.map((_, genre) => {
      const isOne = (at: number) => labels[at * syntheticGenres.length + genre] === 1;
      const known = [...Array(train).keys()];
      const yes = mean(known.filter(isOne).map((at) => pixels[at]!.data));
      const no = mean(known.filter((at) => !isOne(at)).map((at) => pixels[at]!.data));
      const score = (at: number) =>
        yes.reduce(
          (sum, value, i) => sum + (value - no[i]!) * (pixels[at]!.data[i]! - (value + no[i]!) / 2),
          0,
        );
      const ranked = [...Array(posters.length - train).keys()]
        .map((at) => at + train)
        .sort((a, b) => score(b) - score(a));
      return averagePrecision(ranked.map(isOne));
    });
    const share = labels.reduce((sum, label) => sum + label, 0) / labels.length;
    const average = precisions.reduce((sum, precision) => sum + precision, 0) / precisions.length;
    expect(average).toBeGreaterThan(share + 0.2);
    expect(average).toBeLessThan(0.95);
  });

  test('refuses a count or a size that is no positive integer', async () => {
    await expect(draw({ count: 0 })).rejects.toThrow('count');
    await expect(draw({ count: 1, width: 1.5 })).rejects.toThrow('width');
  });
});

function mean(pictures: readonly Uint8Array[]): Float64Array {
  return Float64Array.from(
    pictures[0]!,
    (_, at) => pictures.reduce((sum, data) => sum + data[at]!, 0) / pictures.length,
  );
}

function averagePrecision(relevant: readonly boolean[]): number {
  const ranks = relevant.flatMap((is, at) => (is ? [at + 1] : []));
  return ranks.reduce((sum, rank, at) => sum + (at + 1) / rank, 0) / ranks.length;
}

describe('a synthetic data set', () => {
  test('is the same from memory and from the folder that was written', async () => {
    const options = { count: 6, seed: 2, width: 40, height: 60 };
    const folder = join(await makeFolder({}), 'posters');
    const seen: number[] = [];
    await writeSyntheticPosters(folder, options, (done) => seen.push(done));
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    const written = await loadDataset({ data: folder });
    const memory = await loadDataset({ synthetic: options });
    expect(written.labelled.map(({ genres }) => genres)).toEqual(memory.labelled.map(({ genres }) => genres));
    const [file, bytes] = [written.labelled[3]!.source, memory.labelled[3]!.source];
    if (file.kind !== 'file' || bytes.kind !== 'bytes') throw new Error('Expected a file and bytes.');
    expect(Buffer.compare(await readFile(file.path), bytes.bytes)).toBe(0);
  });

  test('that cannot be written is named', async () => {
    const folder = await makeFolder({ images: 'a file where the folder should be' });
    await expect(writeSyntheticPosters(folder, { count: 1 })).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    });
  });
});
