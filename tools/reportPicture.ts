/**
 * @module A run on drawn posters -> docs/pictures/: three places of its report side by side, and the pages to hand in.
 *
 *     npm run build && npm run tool -- report-picture [run]
 *
 * Without a run, one is trained on posters that are drawn for it, since real posters belong to their studios. It
 * needs Debian's chromium, or another at the path in CHROMIUM.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import sharp from 'sharp';
import { root } from './root.ts';

const command = fileURLToPath(new URL('dist/cli/main.js', root));
const picture = fileURLToPath(new URL('docs/pictures/report.webp', root));
const pagesPicture = fileURLToPath(new URL('docs/pictures/report-pages.webp', root));
/** CSS pixels of each of the three places, and of what lies between them. */
const panel = { width: 760, height: 1120, gap: 24 };
/** The finished picture must be small, since the README loads it. */
const most = { width: 1800, bytes: 300_000 };

function onesheet(...args: string[]): void {
  execFileSync(process.execPath, [command, ...args], { stdio: 'inherit' });
}

/** Millimetres of A4, and of the margins that the report's style sheet gives it. */
const sheet = { width: 210, height: 297, side: 17, top: 16, bottom: 18 };

/**
 * The pages of the short form, in rows of three: columns as wide and high as a page's text break by the same rules as
 * pages, and can be photographed.
 */
async function drawPages(browser: Browser, html: string): Promise<void> {
  const text = {
    width: sheet.width - 2 * sheet.side,
    height: sheet.height - sheet.top - sheet.bottom,
  };
  const page = await browser.newPage({ deviceScaleFactor: 0.75, colorScheme: 'light' });
  await page.emulateMedia({ media: 'print' });
  await page.goto(pathToFileURL(html).href);
  const count = await page.evaluate<number>(`(() => {
    document.documentElement.style.background = '#fff';
    document.body.style.cssText =
      'columns: ${text.width}mm auto; column-fill: auto; column-gap: ${2 * sheet.side}mm; ' +
      'width: ${text.width}mm; height: ${text.height}mm; margin: ${sheet.top}mm ${sheet.side}mm ${sheet.bottom}mm;';
    const millimetre = document.body.getBoundingClientRect().height / ${text.height};
    return Math.ceil((document.body.scrollWidth / millimetre + 2) / ${sheet.width});
  })()`);
  const pixels = (millimetres: number) => Math.round((millimetres * 96) / 25.4);
  await page.setViewportSize({ width: pixels(count * sheet.width), height: pixels(sheet.height) });
  const shots = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const clip = {
        x: pixels(i * sheet.width),
        y: 0,
        width: pixels(sheet.width),
        height: pixels(sheet.height),
      };
      return page.screenshot({ clip });
    }),
  );
  await page.close();
  const { width, height } = await sharp(shots[0]).metadata();
  const [columns, gap] = [3, 16];
  const rows = Math.ceil(count / columns);
  const bytes = await sharp({
    create: {
      width: columns * (width + gap) + gap,
      height: rows * (height + gap) + gap,
      channels: 3,
      background: '#d5dbe0',
    },
  })
    .composite(
      shots.map((input, i) => ({
        input,
        left: gap + (i % columns) * (width + gap),
        top: gap + Math.floor(i / columns) * (height + gap),
      })),
    )
    .webp({ quality: 80 })
    .toBuffer();
  if (bytes.length > most.bytes) throw new Error(`${pagesPicture} would have ${bytes.length} bytes.`);
  writeFileSync(pagesPicture, bytes);
  process.stdout.write(`${pagesPicture}: ${bytes.length} bytes\n`);
}

export async function drawReportPicture(words: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'onesheet-picture-'));
  try {
    let [run] = words;
    if (run === undefined) {
      run = join(folder, 'run');
      const posters = join(folder, 'posters');
      onesheet('data', 'synthesize', '--out', posters, '--count', '900', '--seed', '1');
      onesheet('train', '--data', posters, '--recipe', 'demo', '--run', run, '--no-report');
      onesheet('evaluate', run);
    }
    onesheet('report', run, '--out', folder);
    onesheet('report', run, '--out', folder, '--short');

    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
    });
    const page = await browser.newPage({
      viewport: { width: panel.width, height: panel.height },
      deviceScaleFactor: 1.5,
      colorScheme: 'light',
    });
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
    // The facts of the run, its folders among them, and a table of contents say nothing in a picture.
    for (const place of ['#data', 'nav']) await page.locator(place).evaluate((element) => element.remove());
    const places = ['header', '#results .row', '#examples figure'];
    const shots: Buffer[] = [];
    for (const place of places) {
      const { y } = (await page.locator(place).first().boundingBox())!;
      const clip = { x: 0, y: Math.max(0, y - 24), width: panel.width, height: panel.height };
      shots.push(await page.screenshot({ clip, fullPage: true }));
    }
    mkdirSync(new URL('docs/pictures/', root), { recursive: true });
    await drawPages(browser, join(folder, 'report-short.html'));
    await browser.close();

    const { width, height } = await sharp(shots[0]).metadata();
    const gap = Math.round((panel.gap * width) / panel.width);
    const joined = await sharp({
      create: {
        width: places.length * width + (places.length + 1) * gap,
        height: height + 2 * gap,
        channels: 3,
        background: '#d5dbe0',
      },
    })
      .composite(shots.map((input, i) => ({ input, left: gap + i * (width + gap), top: gap })))
      .png()
      .toBuffer();
    const bytes = await sharp(joined).resize({ width: most.width }).webp({ quality: 82 }).toBuffer();
    if (bytes.length > most.bytes) throw new Error(`${picture} would have ${bytes.length} bytes.`);
    writeFileSync(picture, bytes);
    process.stdout.write(`${picture}: ${bytes.length} bytes\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
