import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import {
  defaultImageLimits,
  encodeImage,
  preparePixels,
  type ResizeRule,
  resizeRule,
} from '../../src/image/index.ts';
import { Classifier, findModel, loadModel } from '../../src/model/index.ts';
import { preparePixels as preparePixelsInBrowser } from '../../web/private/pixels.ts';
import { browserTest, openPage } from './browser.ts';
import { type Host, staticHost } from './host.ts';

let host: Host | undefined;
beforeAll(async () => {
  host = await staticHost();
}, 120_000);
afterAll(() => host?.close());

/** `web/private/pixels.ts` as one script that a page can load. */
async function pixelsScript(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      lib: {
        entry: fileURLToPath(new URL('../../web/private/pixels.ts', import.meta.url)),
        formats: ['iife'],
        name: 'pixels',
      },
    },
  });
  const [{ output }] = result as unknown as [{ output: [{ code: string }] }];
  return output[0].code;
}

/** The browser's pixels of a file. */
async function pixelsInBrowser(page: Page, bytes: Uint8Array, rule: ResizeRule): Promise<Uint8Array> {
  const base64 = await page.evaluate(
    async ({ base64, rule }) => {
      const { pixels } = globalThis as unknown as { pixels: typeof import('../../web/private/pixels.ts') };
      const file = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const found = await pixels.preparePixels(new Blob([file]), 'poster', rule);
      let text = '';
      for (const value of found) text += String.fromCharCode(value);
      return btoa(text);
    },
    { base64: Buffer.from(bytes).toString('base64'), rule },
  );
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

function differencesOf(a: Uint8Array, b: Uint8Array): { readonly mean: number; readonly most: number } {
  const differences = a.map((value, at) => Math.abs(value - b[at]!));
  return {
    mean: differences.reduce((sum, each) => sum + each, 0) / a.length,
    most: differences.reduce((most, each) => Math.max(most, each), 0),
  };
}

async function drawn(width: number, height: number): Promise<{ png: Uint8Array; data: Uint8Array }> {
  for await (const { bytes } of drawSyntheticPosters({ count: 1, seed: 4, width, height })) {
    const source = { kind: 'bytes', bytes, name: 'drawn' } as const;
    return { png: bytes, data: await preparePixels(source, resizeRule({ width, height })) };
  }
  throw new Error('nothing was drawn');
}

browserTest(
  'the browser’s pixels are the training path’s to within two levels of 255 on average',
  async () => {
    const { page } = await openPage(host!);
    await page.evaluate(`${await pixelsScript()};globalThis.pixels = pixels`);
    // In float32: the steps of 8 bits would enlarge the differences of pixels that are measured here.
    const model = await loadModel(await findModel(undefined));
    const classifier = await Classifier.create(model);
    onTestFinished(() => classifier.release());
    const { resize } = model.metadata;
    for (const [width, height] of [
      [120, 180],
      [500, 750],
      [1000, 1481],
    ] as const) {
      const { data } = await drawn(width, height);
      for (const format of ['png', 'jpeg', 'webp'] as const) {
        const bytes = await encodeImage({ width, height, data }, { format });
        const expected = await preparePixels({ kind: 'bytes', bytes, name: 'poster' }, resize);
        const found = await pixelsInBrowser(page, bytes, resize);
        const { mean } = differencesOf(found, expected);
        const name = `${format} ${width} x ${height}`;
        expect(mean, name).toBeLessThan(2);
        const [here, there] = [await classifier.classify(found), await classifier.classify(expected)];
        const apart = here.probabilities.map((value, at) => Math.abs(value - there.probabilities[at]!));
        expect(Math.max(...apart), name).toBeLessThan(0.02);
      }
    }
  },
);

browserTest('bars and crops lie where the training path lays them', async () => {
  const { page } = await openPage(host!);
  await page.evaluate(`${await pixelsScript()};globalThis.pixels = pixels`);
  const { png } = await drawn(300, 250);
  for (const fit of ['contain', 'cover'] as const) {
    for (const kernel of ['lanczos3', 'cubic', 'linear'] as const) {
      const rule = resizeRule({ height: 96, width: 64, fit, kernel, background: [200, 30, 60] });
      const expected = await preparePixels({ kind: 'bytes', bytes: png, name: 'poster' }, rule);
      const { mean, most } = differencesOf(await pixelsInBrowser(page, png, rule), expected);
      expect(mean, `${fit} ${kernel}`).toBeLessThan(1);
      expect(most, `${fit} ${kernel}`).toBeLessThan(40);
    }
  }
});

test('the browser refuses files of more bytes than the other parts of onesheet', async () => {
  const most = defaultImageLimits.maximumBytes;
  const rule = resizeRule({ height: 6, width: 4 });
  const prepare = (bytes: number) => preparePixelsInBrowser(new Blob([new Uint8Array(bytes)]), 'huge', rule);
  await expect(prepare(most + 1)).rejects.toMatchObject({ code: 'IMAGE_TOO_BIG' });
  await expect(prepare(most)).rejects.toMatchObject({ code: 'IMAGE_FORMAT' });
});
