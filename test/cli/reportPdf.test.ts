import { access, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { writeSyntheticPosters } from '../../src/dataset/index.ts';
import { train } from '../../src/train/index.ts';
import { findChromium, launchArguments } from '../../tools/chromium.ts';
import { tinyRecipe } from '../train/fixture.ts';
import { onesheet } from './command.ts';

const path = findChromium();
const without = 'no Chromium was found: npm run tool -- install-test-tools installs it on Debian';

let folder: string;
let run: string;
let browser: Browser | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onesheet-pdf-'));
  const data = join(folder, 'posters');
  run = join(folder, 'run');
  await writeSyntheticPosters(data, { count: 160, seed: 3, width: 80, height: 120 });
  await train({ data, recipe: tinyRecipe({ epochs: 5 }), folder: run, seed: 1, threads: 1 });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** A page of a report that was written. */
async function open(html: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
  browser ??= await chromium.launch({ executablePath: path!, args: [...launchArguments] });
  const page = await browser.newPage(options);
  await page.goto(pathToFileURL(html).href);
  return page;
}

/** How many pages a PDF has: Chromium writes its page objects uncompressed. */
function pagesOf(pdf: Buffer): number {
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}

/**
 * What would be cut by the end of a page. Columns as wide and high as the pages break by the same rules, and show in which
 * columns an element stands: one that must be whole has boxes in one only.
 */
function cutIn(page: Page, height = 263): Promise<string[]> {
  return page.evaluate(`(() => {
    document.body.style.cssText =
      'columns: 176mm auto; column-fill: auto; column-gap: 20mm; width: 176mm; height: ${height}mm;';
    const whole = 'figure:not(.long), .row, .group, tr, .card, .formula, svg, h2, h3';
    return [...document.querySelectorAll(whole)]
      .filter((element) => new Set([...element.getClientRects()].map(({ left }) => Math.round(left / 10))).size > 1)
      .map((element) => [element.tagName, element.id, element.className, element.textContent.slice(0, 40)].join(' '));
  })()`);
}

describe('a report that is printed', () => {
  for (const [form, name, most] of [
    ['short', 'report-short', 6],
    ['whole', 'report', 30],
  ] as const)
    test(`is whole on its pages: ${form}`, { timeout: 180_000 }, async ({ skip }: TestContext) => {
      skip(path === undefined, without);
      const words = ['report', run, '--pdf', '--threads', '1', ...(form === 'short' ? ['--short'] : [])];
      const { code, stdout, stderr } = await onesheet(words);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`${name}.pdf`);
      const pdf = await readFile(join(run, `${name}.pdf`));
      expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-');
      expect(pagesOf(pdf)).toBeGreaterThan(2);
      expect(pagesOf(pdf)).toBeLessThanOrEqual(most);
      const page = await open(join(run, `${name}.html`));
      await page.emulateMedia({ media: 'print' });
      expect(await cutIn(page)).toEqual([]);
      // On pages that are too low for them some are cut: the columns do break as pages do.
      expect(await cutIn(page, 50)).not.toEqual([]);
      await page.close();
    });

  test('is refused in one sentence, before any work, where there is no browser', async () => {
    const out = join(folder, 'nowhere');
    await mkdir(out);
    const before = process.env.CHROMIUM;
    process.env.CHROMIUM = '/nowhere/chromium';
    try {
      const { code, stdout, stderr } = await onesheet(['report', run, '--pdf', '--out', out]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^onesheet: Cannot run \/nowhere\/chromium, .*CHROMIUM.*\n$/);
      await expect(access(join(out, 'report.html'))).rejects.toThrow();
    } finally {
      if (before === undefined) delete process.env.CHROMIUM;
      else process.env.CHROMIUM = before;
    }
  });

  test('is refused in one sentence where the browser is none', async () => {
    const before = process.env.CHROMIUM;
    process.env.CHROMIUM = process.execPath;
    try {
      const { code, stderr } = await onesheet(['report', run, '--pdf', '--short', '--no-maps']);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^onesheet: .* could not print the report: .*\n$/);
    } finally {
      if (before === undefined) delete process.env.CHROMIUM;
      else process.env.CHROMIUM = before;
    }
  });
});

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe('a report on a screen', () => {
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [390, 1280])
      test(`has nothing that axe-core objects to, ${colorScheme}, ${width} px, and does not overflow`, {
        timeout: 120_000,
      }, async ({ skip }: TestContext) => {
        skip(path === undefined, without);
        const html = join(run, 'report.html');
        const page = await open(html, { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
        await page.addScriptTag({ path: axe });
        const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
          'axe.run()',
        );
        expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(
          0,
        );
        await page.close();
      });
});
