/**
 * @module The built page and drawn posters -> docs/page/: pictures of the page's states.
 *
 *     npm run build && npm run tool -- page-pictures
 *
 * It needs Debian's chromium, or another on the search path.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { preview } from 'vite';
import { drawSyntheticPosters } from '../src/dataset/index.ts';
import { texts } from '../web/texts.ts';
import { findChromium, launchArguments } from './chromium.ts';
import { root } from './root.ts';

const folder = fileURLToPath(new URL('docs/page/', root));
const wide: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  colorScheme: 'dark',
};

/** Pictures side by side, as wide as asked for: documentation is read on narrow pages, and every clone has it. */
async function write(name: string, width: number, ...shots: readonly Buffer[]): Promise<void> {
  const gap = 16;
  const sizes = await Promise.all(shots.map((shot) => sharp(shot).metadata()));
  const height = Math.max(...sizes.map((size) => size.height));
  const whole = sizes.reduce((sum, size) => sum + size.width + gap, -gap);
  let left = 0;
  const placed = shots.map((input, i) => {
    const at = { input, left, top: 0 };
    left += sizes[i]!.width + gap;
    return at;
  });
  const joined = await sharp({ create: { width: whole, height, channels: 3, background: '#8a8a8a' } })
    .composite(placed)
    .png()
    .toBuffer();
  const bytes = await sharp(joined).resize({ width }).webp({ quality: 72, effort: 6 }).toBuffer();
  writeFileSync(`${folder}${name}.webp`, bytes);
  process.stdout.write(`docs/page/${name}.webp: ${bytes.length} bytes\n`);
}

async function opened(browser: Browser, address: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(300_000);
  await page.goto(address);
  await page.getByText(texts.mode.ready('wasm'), { exact: true }).waitFor();
  return page;
}

/** @param genre that all of them have, without it any */
async function pick(page: Page, selector: string, count: number, genre?: string): Promise<void> {
  const files = [];
  for await (const { id, bytes, genres } of drawSyntheticPosters({
    count: count * 12,
    seed: 5,
    width: 320,
    height: 480,
  })) {
    if (genre !== undefined && !genres.includes(genre)) continue;
    files.push({ name: `${id}.png`, mimeType: 'image/png', buffer: Buffer.from(bytes) });
    if (files.length === count) break;
  }
  await page.locator(selector).setInputFiles(files);
}

async function trySample(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: texts.samples.alt(title) }).click();
  await page.locator('.given[data-state=done]').waitFor();
}

async function drawMap(page: Page): Promise<void> {
  await page.locator('.genre').first().click();
  await page.locator('.map canvas').first().waitFor();
}

async function drawDetail(browser: Browser, address: string, name: 'light' | 'dark'): Promise<void> {
  const page = await opened(browser, address, { ...wide, colorScheme: name });
  await trySample(page, name === 'dark' ? 'One Summer in Verona' : 'The Hollow');
  await drawMap(page);
  if (name === 'dark') {
    await page.getByRole('button', { name: texts.map.compare }).click();
    await page.locator('.genre').nth(1).click();
    await page.locator('.map figure').nth(1).waitFor();
    await page.locator('select[name=policy]').selectOption('precision');
  }
  await write(name, 1100, await page.screenshot());
  await page.context().close();
}

async function drawMany(browser: Browser, address: string): Promise<void> {
  const page = await opened(browser, address, { ...wide, colorScheme: 'light' });
  await write('first', 1000, await page.screenshot());
  const count = 40;
  await pick(page, '.intake input[type=file]', count);
  await page.getByText(texts.sheet.progress(count, count)).waitFor();
  const shots: Buffer[] = [];
  for (const view of ['grid', 'table'] as const) {
    await page.getByRole('radio', { name: texts.sheet.views[view] }).check({ force: true });
    await page.locator('select[name=order]').selectOption('certainty');
    await page.waitForTimeout(1500);
    shots.push(await page.screenshot());
  }
  await write('many', 1600, ...shots);
  await page.context().close();
}

async function drawPhone(browser: Browser, address: string): Promise<void> {
  const page = await opened(browser, address, phone);
  const shots = [await page.screenshot()];
  await trySample(page, 'Orbital Dawn');
  shots.push(await page.screenshot());
  await drawMap(page);
  await page.locator('.map').scrollIntoViewIfNeeded();
  shots.push(await page.screenshot());
  await write('phone', 1000, ...shots);
  await page.context().close();
}

async function drawTeach(browser: Browser, address: string): Promise<void> {
  const page = await opened(browser, address, { ...wide, colorScheme: 'light' });
  await page.getByRole('button', { name: texts.teach.open }).click();
  const genres = { 'Ghost stories': 'Horror', Westerns: 'Western' };
  for (const [at, [name, genre]] of Object.entries(genres).entries()) {
    await page.getByRole('textbox', { name: texts.teach.labelName(at + 1) }).fill(name);
    await pick(page, `.lesson:nth-child(${at + 1}) input[type=file]`, 12, genre);
  }
  await page.getByRole('button', { name: texts.teach.learn, exact: true }).click();
  await page.locator('.learned h3').waitFor();
  const teach = page.locator('.teach');
  await write('teach', 1000, await teach.screenshot());
  await page.context().close();
}

export async function drawPagePictures(): Promise<void> {
  const server = await preview({
    configFile: false,
    appType: 'mpa',
    logLevel: 'silent',
    root: fileURLToPath(new URL('web/', root)),
    build: { outDir: fileURLToPath(new URL('dist/web/', root)) },
    preview: { host: '127.0.0.1', port: 0 },
  });
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium was found.');
  const browser = await chromium.launch({ executablePath, args: [...launchArguments] });
  try {
    mkdirSync(folder, { recursive: true });
    const address = server.resolvedUrls!.local[0]!;
    await drawMany(browser, address);
    for (const name of ['light', 'dark'] as const) await drawDetail(browser, address, name);
    await drawPhone(browser, address);
    await drawTeach(browser, address);
  } finally {
    await browser.close();
    await server.close();
  }
}
