import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, onTestFinished, type TestContext, test } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import { findChromium, launchArguments } from '../../tools/chromium.ts';
import type { Host } from './host.ts';

const path: string | undefined = findChromium();
let launched: Promise<Browser> | undefined;

/** One browser for all tests of a file; each test has its own profile in it. */
function browser(): Promise<Browser> {
  launched ??= chromium.launch({ executablePath: path!, args: [...launchArguments], timeout: 120_000 });
  return launched;
}

afterAll(async () => {
  await (await launched)?.close();
}, 60_000);

/** How long a test may take, and why it cannot run for another reason. */
interface BrowserTestOptions {
  readonly seconds?: number;
  readonly missing?: string | undefined;
}

/** A test that is skipped, with the reason, where there is no Chromium. */
export function browserTest(
  title: string,
  run: () => Promise<void>,
  { seconds = 180, missing }: BrowserTestOptions = {},
): void {
  test(
    title,
    async ({ skip }: TestContext) => {
      skip(
        path === undefined,
        'no Chromium was found: npm run tool -- install-test-tools installs it on Debian',
      );
      skip(missing !== undefined, missing);
      await run();
    },
    seconds * 1000,
  );
}

export interface OpenedPage {
  readonly page: Page;
  /** Errors of scripts and of the content security policy, as the console has them. */
  readonly errors: string[];
}

export async function openPage(host: Host, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const context = await (await browser()).newContext({
    reducedMotion: 'reduce',
    serviceWorkers: 'block', // what it keeps would answer where a test has the network fail
    ...options,
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (message) => {
    // Asking a static host for a service is answered with 404, which the browser reports.
    if (message.type() === 'error' && !message.location().url.endsWith('/v1/models'))
      errors.push(message.text());
  });
  await page.goto(host.address);
  return { page, errors };
}

export interface File {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** A drawn poster as a file. */
export async function drawnPoster(name = 'drawn.png', seed = 1): Promise<File> {
  for await (const { bytes } of drawSyntheticPosters({ count: 1, seed, width: 320, height: 480 }))
    return { name, mimeType: 'image/png', buffer: Buffer.from(bytes) };
  throw new Error('nothing was drawn');
}

export async function pick(page: Page, ...files: readonly File[]): Promise<void> {
  await page.locator('.intake input[type=file]').setInputFiles([...files]);
}

/** Hands files to the page as a person who drops or pastes them. */
export async function transfer(page: Page, kind: 'drop' | 'paste', ...files: readonly File[]): Promise<void> {
  const sent = files.map(({ name, mimeType, buffer }) => ({
    name,
    mimeType,
    base64: buffer.toString('base64'),
  }));
  await page.evaluate(
    ({ kind, sent }) => {
      const data = new DataTransfer();
      for (const { name, mimeType, base64 } of sent) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name, { type: mimeType }));
      }
      const event =
        kind === 'drop'
          ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
          : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    },
    { kind, sent },
  );
}

/** The genres that are given to the poster in view, as the heading says them. */
export async function givenGenres(page: Page): Promise<string[]> {
  const heading = page.locator('.given[data-state=done]');
  await heading.waitFor();
  return (await heading.textContent())!.split(', ');
}

/** What axe-core finds. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const found = await page.evaluate(() =>
    (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
      }
    ).axe.run(),
  );
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
