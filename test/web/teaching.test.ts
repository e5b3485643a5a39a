import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import { preparePixels } from '../../src/image/index.ts';
import { openClassifier } from '../../src/predict/index.ts';
import { Random } from '../../src/random.ts';
import { Collection } from '../../web/teaching/collection.ts';
import { dealt, type Lesson, logitsOf, teach } from '../../web/teaching/head.ts';
import { texts } from '../../web/texts.ts';
import { temporaryFolder } from '../model/fixture.ts';
import { browserTest, openPage, type File as PageFile, pick, violations } from './browser.ts';
import { type Host, staticHost } from './host.ts';

/** Posters in the plane: those of label 0 lie to the right, of label 1 above; all else is noise. */
function lessonOf(rows: number, noise: number): Lesson {
  const random = Random.fromSeed(5);
  const width = 12;
  // The first, the second, or both.
  const labels = Uint8Array.from({ length: rows * 2 }, (_, at) => Number((at >> 1) % 3 !== at % 2));
  const features = Float32Array.from({ length: rows * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return (column < 2 ? 3 * labels[row * 2 + column]! : 0) + noise * random.normal();
  });
  return { features, width, labels, count: 2 };
}

const ignore = (): void => undefined;

describe('a head', () => {
  test('learns several labels at once, and finds them on posters that were held out', () => {
    const lesson = lessonOf(60, 0.3);
    const taught = teach(lesson, ignore);
    for (const measured of [...taught.found, ...taught.right])
      expect(measured.hits / measured.of).toBeGreaterThan(0.9);
    for (let row = 0; row < 60; row++) {
      const logits = logitsOf(lesson.features.subarray(row * 12, (row + 1) * 12), taught.head);
      logits.forEach((logit, label) => {
        expect(logit > 0).toBe(lesson.labels[row * 2 + label] === 1);
      });
    }
  });

  test('of labels that mean nothing, held-out posters say that nothing was learned', () => {
    const { features, width } = lessonOf(60, 1);
    const random = Random.fromSeed(11);
    const labels = new Uint8Array(120);
    for (let row = 0; row < 60; row++) labels[row * 2 + random.integer(2)] = 1;
    const noise = Float32Array.from(features, () => random.normal());
    const { likeliest } = teach({ features: noise, width, labels, count: 2 }, ignore);
    expect(likeliest.low).toBeLessThan(0.5);
    expect(likeliest.hits / likeliest.of).toBeLessThan(0.7);
    expect(likeliest.high - likeliest.low).toBeGreaterThan(0.2);
  });

  test('holds out posters of each label evenly', () => {
    const labels = new Uint8Array(25 * 2);
    for (let row = 0; row < 25; row++) labels[row * 2 + (row < 5 ? 1 : 0)] = 1;
    const folds = dealt(labels, 2);
    expect(new Set(folds.subarray(0, 5)).size).toBe(5);
    for (let fold = 0; fold < 5; fold++) expect(folds.filter((each) => each === fold)).toHaveLength(5);
  });
});

test('a poster under two labels is one poster with both; what is missing is named', async () => {
  const collection = new Collection();
  const [noir, heist] = [collection.add(), collection.add()];
  expect(collection.missing).toEqual({ kind: 'names' });
  noir.name = 'Noir';
  heist.name = 'noir';
  expect(collection.missing).toEqual({ kind: 'same' });
  heist.name = 'Heist ';
  const poster = (content: string) => ({ kind: 'file' as const, name: content, blob: new Blob([content]) });
  await collection.put(noir, ['a', 'b', 'c', 'd', 'e'].map(poster));
  expect(collection.missing).toEqual({ kind: 'posters', label: 'Heist', count: 0 });
  await collection.put(heist, ['e', 'f', 'g', 'h', 'i', 'i'].map(poster));
  expect(collection.missing).toBeUndefined();
  expect(collection.posters.size).toBe(9);
  const [hash] = [...collection.posters].find(([, { name }]) => name === 'e')!;
  expect(collection.labelsOf(hash)).toEqual(['Noir', 'Heist']);
  collection.drop([hash]);
  expect(collection.missing).toEqual({ kind: 'posters', label: 'Noir', count: 4 });
});

let host: Host | undefined;
beforeAll(async () => {
  host = await staticHost();
}, 120_000);
afterAll(() => host?.close());

/** Drawn posters of which the first half is of one colour more than of others. */
async function drawn(count: number, seed: number): Promise<PageFile[]> {
  const found: PageFile[] = [];
  for await (const { id, bytes } of drawSyntheticPosters({ count, seed, width: 160, height: 240 }))
    found.push({ name: `${id}.png`, mimeType: 'image/png', buffer: Buffer.from(bytes) });
  return found;
}

browserTest(
  'genres of a person’s own are learned in the browser, used, and saved as a model that Node reads',
  async () => {
    const { page, errors } = await openPage(host!);
    await page.getByRole('button', { name: texts.teach.open }).click();
    const posters = await drawn(11, 3);
    for (const [at, name] of ['First', 'Second'].entries()) {
      await page.getByRole('textbox', { name: texts.teach.labelName(at + 1) }).fill(name);
      await page.getByLabel(texts.teach.addTo(at + 1)).setInputFiles(posters.slice(at * 5, at * 5 + 5));
    }
    await page.getByText(texts.teach.ready(10)).waitFor();
    await page.getByRole('button', { name: texts.teach.learn, exact: true }).click();
    await page.locator('.learned h3').waitFor();
    expect(await page.locator('.learned h3').textContent()).toMatch(/^Right for \d+ of 10 posters/);
    expect(await violations(page)).toEqual([]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /^Save the model/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('my-genres.onnx');
    const path = join(await temporaryFolder(), 'my-genres.onnx');
    await writeFile(path, await readFile((await download.path())!));
    const classifier = await openClassifier(path);
    onTestFinished(() => classifier.release());
    const { metadata, id } = classifier.model;
    expect(metadata.genres).toEqual(['First', 'Second']);
    expect(metadata.provenance).toMatchObject({ recipe: 'taught in the page', trainingPosters: 10 });

    await page.getByRole('button', { name: texts.teach.use, exact: true }).click();
    await page.getByText(id).waitFor();
    const last = posters[10]!;
    await pick(page, last);
    await page.locator('.given[data-state=done]').waitFor();
    const source = { kind: 'bytes', bytes: last.buffer, name: 'poster' } as const;
    const { probabilities } = await classifier.classify(await preparePixels(source, metadata.resize));
    const labels = await page.locator('.genre .label').allTextContents();
    const values = await page.locator('.genre .value').allTextContents();
    labels.forEach((label, row) => {
      const shown = Number.parseInt(values[row]!, 10) / 100;
      expect(Math.abs(shown - probabilities[metadata.genres.indexOf(label)]!), label).toBeLessThan(0.05);
    });
    expect(errors).toEqual([]);
  },
);
