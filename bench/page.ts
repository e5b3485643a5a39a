/** @module The built page on a static host and in Chromium -> time from a cold load to the first result, its size, and how smooth hundreds of posters are. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { preview } from 'vite';
import { drawSyntheticPosters } from '../src/dataset/index.ts';
import { findChromium } from '../tools/chromium.ts';
import { TimedBrowser } from './browser.ts';
import { intake, measureCrowd } from './pageCrowd.ts';
import { type BenchResult, median } from './result.ts';

/** What the page promises, in milliseconds and in bytes of its own files, gzipped. */
const budget = { firstResult: 2000, bundle: 120_000, longestTask: 200 } as const;

const folder = new URL('../../dist/web/', import.meta.url);

/** A browser that was started just now still sets itself up; milliseconds. */
const settling = 2000;

/** The headers under which the service serves the page: with them WebAssembly has threads. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Gzipped bytes of what the page itself is: its HTML, scripts, styles and icon; neither model nor runtime. */
async function bundleBytes(): Promise<number> {
  const assets = (await readdir(new URL('assets/', folder))).map((name) => `assets/${name}`);
  const files = ['index.html', 'icon.svg', 'offline.js', 'app.webmanifest', ...assets];
  const sizes = files.map(async (name) => gzipSync(await readFile(new URL(name, folder))).length);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Two files in a folder. */
async function drawnPosters(into: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { bytes } of drawSyntheticPosters({ count: 2, width: 640, height: 960 })) {
    paths.push(join(into, `${paths.length + 1}.png`));
    await writeFile(paths.at(-1)!, bytes);
  }
  return paths;
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
async function measureRun(executable: string, address: string, posters: readonly string[]): Promise<Run> {
  const browser = await TimedBrowser.launch(executable);
  try {
    await setTimeout(settling);
    const start = performance.now();
    await browser.open(address);
    const input = await browser.find(intake);
    await browser.setFiles(input, posters.slice(0, 1));
    await browser.find(`document.querySelector('.given[data-state=done]')`);
    const firstResult = performance.now() - start;
    const again = performance.now();
    await browser.setFiles(input, posters.slice(1));
    await browser.find(`document.querySelectorAll('.frames > [data-state=done]')[1]`);
    const secondResult = performance.now() - again;
    const chosen = performance.now();
    await browser.click(await browser.find(`document.querySelector('.genre')`));
    await browser.find(`document.querySelector('.map canvas')`);
    return { firstResult, secondResult, map: performance.now() - chosen };
  } finally {
    await browser.close();
  }
}

/**
 * Cold loads in private mode, with WebAssembly: a browser without a cache, on loopback, under the service's headers.
 * Run `npm run build` before.
 *
 * @param flags how many runs (by default 9), and how many posters at once after them (by default 500, which take minutes)
 */
export async function benchPage(flags: readonly string[]): Promise<BenchResult> {
  const runs = Number(flags[0] ?? 9);
  const many = Number(flags[1] ?? 500);
  const path = findChromium();
  if (path === undefined)
    throw new Error('No Chromium was found: npm run tool -- install-test-tools installs it.');
  const host = await preview({
    configFile: false,
    appType: 'mpa',
    logLevel: 'silent',
    root: fileURLToPath(new URL('../../web/', import.meta.url)),
    build: { outDir: fileURLToPath(folder) },
    preview: { host: '127.0.0.1', port: 0, headers },
  });
  const scratch = await mkdtemp(join(tmpdir(), 'onesheet-page-'));
  const posters = await drawnPosters(scratch);
  const found: Run[] = [];
  for (let run = 0; run < runs; run++) {
    found.push(await measureRun(path, host.resolvedUrls!.local[0]!, posters));
    process.stdout.write(`run ${run + 1}: ${found[run]!.firstResult.toFixed(0)} ms to the first result\n`);
  }
  const crowd = await measureCrowd(path, host.resolvedUrls!.local[0]!, posters, many);
  const longestTask = Math.max(0, ...Object.values(crowd.longTasks).flat());
  process.stdout.write(
    `${many} posters: ${crowd.seconds.toFixed(0)} s, the longest task ${longestTask.toFixed(0)} ms\n`,
  );
  await host.close();
  await rm(scratch, { recursive: true });
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
    peer: 'a budget of 2 s from a cold load to the first result',
    ratios: found.map(({ firstResult }) => budget.firstResult / firstResult),
    details: {
      model: facts.id,
      modelBytes: facts.bytes.wasm,
      milliseconds: {
        firstResult: summary('firstResult'),
        secondResult: summary('secondResult'),
        map: summary('map'),
      },
      many: { ...crowd, longestTask, budget: budget.longestTask },
      bundle: { gzippedBytes: await bundleBytes(), budget: budget.bundle },
    },
  };
}
