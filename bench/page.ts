/** @module The built page on a static host and in Chromium -> time from a cold load to the first result, and its size. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { findChromium, launchArguments } from '../scripts/chromium.mjs';
import { drawSyntheticPosters } from '../src/dataset/index.ts';
import { type BenchResult, median } from './main.ts';

/** What the page promises, in milliseconds and in bytes of its own files, gzipped. */
const budget = { firstResult: 3000, bundle: 100_000 } as const;

const folder = new URL('../../dist/web/', import.meta.url);

/** The headers under which the service serves the page: with them WebAssembly has threads. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Gzipped bytes of what the page itself is: its HTML, scripts, styles and icon; neither model nor runtime. */
async function bundleBytes(): Promise<number> {
  const assets = (await readdir(new URL('assets/', folder))).map((name) => `assets/${name}`);
  const files = ['index.html', 'icon.svg', ...assets];
  const sizes = files.map(async (name) => gzipSync(await readFile(new URL(name, folder))).length);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function drawnPoster(): Promise<Buffer> {
  for await (const { bytes } of drawSyntheticPosters({ count: 1, width: 640, height: 960 }))
    return Buffer.from(bytes);
  throw new Error('nothing was drawn');
}

interface Run {
  /** From the navigation to the genres of a poster that was handed over as soon as the page took it. */
  readonly firstResult: number;
  /** From handing over a second poster to its genres. */
  readonly secondResult: number;
  /** From choosing a genre to its map. */
  readonly map: number;
}

/** One run in a browser that was just started, with an empty cache; times in milliseconds. */
async function measureRun(executablePath: string, address: string, poster: Buffer): Promise<Run> {
  const browser = await chromium.launch({ executablePath, args: [...launchArguments], timeout: 300_000 });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(300_000); // a slow run is a result too
    const named = (name: string) => ({ name, mimeType: 'image/png', buffer: poster });
    const start = performance.now();
    await page.goto(address, { waitUntil: 'commit' });
    await page.locator('input[type=file]').setInputFiles(named('first.png'));
    await page.locator('.given[data-state=done]').waitFor();
    const firstResult = performance.now() - start;
    const again = performance.now();
    await page.locator('input[type=file]').setInputFiles(named('second.png'));
    await page
      .getByRole('button', { name: /^Frame\s+2\s*, second\.png:\s+(?!waiting|being read)/ })
      .waitFor();
    const secondResult = performance.now() - again;
    const chosen = performance.now();
    await page.locator('.genre').first().click();
    await page.locator('.stage canvas').waitFor();
    return { firstResult, secondResult, map: performance.now() - chosen };
  } finally {
    await browser.close();
  }
}

/**
 * Cold loads in private mode, with WebAssembly: a browser without a cache, on loopback, under the service's headers.
 * Run `npm run build` before.
 *
 * @param flags how many runs (by default 9)
 */
export async function benchPage(flags: readonly string[]): Promise<BenchResult> {
  const runs = Number(flags[0] ?? 9);
  const path = findChromium();
  if (path === undefined)
    throw new Error('No Chromium was found: scripts/install-test-tools.mjs installs it.');
  const host = await preview({
    configFile: false,
    appType: 'mpa',
    logLevel: 'silent',
    root: fileURLToPath(new URL('../../web/', import.meta.url)),
    build: { outDir: fileURLToPath(folder) },
    preview: { host: '127.0.0.1', port: 0, headers },
  });
  const poster = await drawnPoster();
  const found: Run[] = [];
  for (let run = 0; run < runs; run++) {
    found.push(await measureRun(path, host.resolvedUrls!.local[0]!, poster));
    process.stdout.write(`run ${run + 1}: ${found[run]!.firstResult.toFixed(0)} ms to the first result\n`);
  }
  await host.close();
  const facts = JSON.parse(await readFile(new URL('model/model.json', folder), 'utf8')) as {
    id: string;
    bytes: { wasm: number };
  };
  const summary = (key: keyof Run) => {
    const values = found.map((run) => run[key]);
    return { median: median(values), minimum: Math.min(...values), maximum: Math.max(...values), values };
  };
  return {
    part: 'page',
    peer: 'a budget of 3 s from a cold load to the first result',
    ratios: found.map(({ firstResult }) => budget.firstResult / firstResult),
    details: {
      model: facts.id,
      modelBytes: facts.bytes.wasm,
      milliseconds: {
        firstResult: summary('firstResult'),
        secondResult: summary('secondResult'),
        map: summary('map'),
      },
      bundle: { gzippedBytes: await bundleBytes(), budget: budget.bundle },
    },
  };
}
