import { afterAll, beforeAll, expect } from 'vitest';
import { openReader, type Reading } from '../../src/read/index.ts';
import { texts } from '../../web/texts.ts';
import { drawLettering } from '../read/lettering.ts';
import { readerMissing } from '../read/readerTest.ts';
import { browserTest, type File, givenGenres, openPage, pick } from './browser.ts';
import { browserModel, type Host, staticHost } from './host.ts';

let host: Host | undefined;
beforeAll(async () => {
  host = await staticHost();
}, 120_000);
afterAll(() => host?.close());

/** A poster with letters as no font has them, and what Node reads on it. */
async function letteredPoster(): Promise<{ readonly file: File; readonly lines: readonly string[] }> {
  const lines = [
    { text: 'THE LEADER', x: 30, y: 60, height: 20 },
    { text: 'MARTIN', x: 60, y: 150, height: 24, turn: 12 },
    { text: 'THE LAND AND THE TIME', x: 20, y: 330, height: 12 },
  ];
  const bytes = await drawLettering(256, 384, lines);
  const reader = await openReader({ threads: 1 });
  try {
    const reading: Reading = await reader.read({ kind: 'bytes', bytes, name: 'lettered' });
    const file = { name: 'lettered.png', mimeType: 'image/png', buffer: Buffer.from(bytes) };
    return { file, lines: reading.lines.map(({ text }) => text) };
  } finally {
    await reader.release();
  }
}

const linesOf = (page: Awaited<ReturnType<typeof openPage>>['page']) =>
  page.getByRole('textbox', { name: texts.heard.lines });

browserTest(
  'in private mode the browser reads the lines that Node reads, asks for the networks only then, and sends nothing',
  async () => {
    const { file, lines } = await letteredPoster();
    const { page, errors } = await openPage(host!);
    const requests: { readonly path: string; readonly method: string }[] = [];
    page.on('request', (request) =>
      requests.push({ path: new URL(request.url()).pathname, method: request.method() }),
    );
    await pick(page, file);
    await givenGenres(page);
    const before = await page.locator('.genre .value').allTextContents();
    expect(requests.filter(({ path }) => /\/read\/.*\.(onnx|txt)$|texts\.safetensors$/.test(path))).toEqual(
      [],
    );
    await page.getByText(texts.heard.leadPrivate).waitFor();
    expect(await page.locator('.heard').textContent()).toMatch(/The first time, 1\d\.?\d? MB are loaded/);
    await page.getByRole('button', { name: texts.heard.read }).click();
    await linesOf(page).waitFor();
    expect(await linesOf(page).inputValue()).toBe(lines.join('\n'));
    expect(lines).toEqual(['THE LEADER', 'MARTIN', expect.stringContaining('THE LAND')]);
    // What is heard moves what is seen; the words that did it are named.
    await expect.poll(() => page.locator('.genre .value').allTextContents()).not.toEqual(before);
    expect(await page.locator('.spoken').textContent()).toContain('MARTIN');
    expect(requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(errors).toEqual([]);
  },
  { missing: readerMissing },
);

browserTest(
  'a title that is typed is heard at once, without reading again',
  async () => {
    const { file } = await letteredPoster();
    const { page } = await openPage(host!);
    await pick(page, file);
    await givenGenres(page);
    await page.getByRole('button', { name: texts.heard.read }).click();
    await linesOf(page).waitFor();
    const probabilityOf = async (genre: string) =>
      Number.parseFloat(
        (await page.locator('.genre', { hasText: genre }).locator('.value').textContent()) ?? '',
      );
    await page.getByRole('button', { name: texts.genre.all(browserModel().genres.length) }).click();
    const before = await probabilityOf('Horror');
    let asked = 0;
    page.on('request', () => {
      asked += 1;
    });
    await page.getByRole('textbox', { name: texts.heard.title }).fill('The Haunted House of the Zombie Dead');
    await expect.poll(() => probabilityOf('Horror')).toBeGreaterThan(before + 10);
    expect(asked).toBe(0);
  },
  { missing: readerMissing },
);

browserTest('a page that lacks the networks says so, and hears what is typed', async () => {
  const { page } = await openPage(host!);
  await page.route('**/read/reader.json', (route) =>
    route.fulfill({ status: 200, contentType: 'application/json', body: '{}' }),
  );
  await page.reload();
  const bytes = await drawLettering(256, 384, [{ text: 'MARTIN', x: 40, y: 100, height: 30 }]);
  await pick(page, { name: 'lettered.png', mimeType: 'image/png', buffer: Buffer.from(bytes) });
  await givenGenres(page);
  await page.getByText(texts.heard.noReader).waitFor();
  expect(await page.getByRole('button', { name: texts.heard.read }).isVisible()).toBe(false);
  await page.getByRole('textbox', { name: texts.heard.title }).fill('The Haunted House');
  await page.locator('.spoken', { hasText: 'Haunted' }).waitFor();
});

browserTest(
  'networks that do not come are said, and asked for again by the next try',
  async () => {
    const { file } = await letteredPoster();
    const { page } = await openPage(host!);
    await page.route('**/read/detection.onnx', (route) => route.fulfill({ status: 404, body: '' }));
    await pick(page, file);
    await givenGenres(page);
    await page.getByRole('button', { name: texts.heard.read }).click();
    await page.locator('.heard .failure', { hasText: 'HTTP 404' }).waitFor();
    await page.unroute('**/read/detection.onnx');
    await page.getByRole('button', { name: texts.heard.read }).click();
    await linesOf(page).waitFor();
  },
  { missing: readerMissing },
);
