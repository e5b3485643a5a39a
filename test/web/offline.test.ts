import { expect, onTestFinished } from 'vitest';
import { samples } from '../../web/samples.ts';
import { texts } from '../../web/texts.ts';
import { browserTest, givenGenres, openPage } from './browser.ts';
import { staticHost } from './host.ts';

browserTest('after the first visit the page opens and reads a poster without any network', async () => {
  const host = await staticHost();
  let isOpen = true;
  onTestFinished(() => (isOpen ? host.close() : undefined));
  const { page } = await openPage(host, { serviceWorkers: 'allow' });
  await page.getByText(texts.mode.ready('wasm'), { exact: true }).waitFor();
  const kept = () =>
    page.evaluate(async () => {
      const cache = await caches.open('onesheet');
      return (await cache.keys()).map(({ url }) => new URL(url).pathname);
    });
  // What the worker asks for is not among what a page knows that it used: it is kept last.
  await expect.poll(kept, { timeout: 120_000 }).toContain('/ort/compiled.mjs');
  const own = ['/', '/model/model.json', '/model/model.wasm.onnx', '/ort/ort-wasm-simd-threaded.wasm'];
  await expect.poll(kept, { timeout: 120_000 }).toEqual(expect.arrayContaining(own));
  await host.close();
  isOpen = false;
  await page.reload();
  await page.getByText(texts.mode.ready('wasm'), { exact: true }).waitFor();
  await page
    .locator('.sample')
    .nth(samples.findIndex(({ file }) => file === 'redline'))
    .click();
  expect(await givenGenres(page)).not.toEqual([]);
});

browserTest('a drawing is tried with one click, and is said to be one', async () => {
  const host = await staticHost();
  onTestFinished(() => host.close());
  const { page } = await openPage(host);
  await page.getByText(texts.samples.note).waitFor();
  await page.getByRole('button', { name: texts.samples.alt('Redline') }).click();
  await givenGenres(page);
  expect(await page.locator('.slate .name').textContent()).toBe('redline.png');
  expect(await page.locator('.sure').textContent()).toMatch(/Of 100 posters .* about \d+ are of the genre/);
});
