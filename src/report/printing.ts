/** @module The report's page and a browser that is installed -> the same report as PDF, printed without a network. */
import { spawn } from 'node:child_process';
import { access, constants, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onesheetError } from '../errors.ts';
import { writeFileAtomically } from '../files.ts';

/** By these names browsers of Chromium's kind stand on the search path. */
const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
  'brave-browser',
] as const;

/** And here where they do not. */
function usualPaths(): string[] {
  if (process.platform === 'darwin')
    return ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  if (process.platform !== 'win32') return [];
  const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap(
    (name) => process.env[name] ?? [],
  );
  return roots.flatMap((root) => [
    join(root, 'Google', 'Chrome', 'Application', 'chrome.exe'),
    join(root, 'Chromium', 'Application', 'chrome.exe'),
    join(root, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
  ]);
}

/** Longest time that printing may take, in milliseconds. */
const patience = 120_000;

/**
 * The path of a browser that can print: what the environment variable `CHROMIUM` names, else the first that is found.
 *
 * @throws {OnesheetError} BROWSER_MISSING
 */
export async function findBrowser(): Promise<string> {
  const ending = process.platform === 'win32' ? '.exe' : '';
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const named = process.env.CHROMIUM;
  const candidates =
    named === undefined || named === ''
      ? [...folders.flatMap((folder) => names.map((name) => join(folder, name + ending))), ...usualPaths()]
      : [named];
  for (const path of candidates) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw onesheetError('BROWSER_MISSING', named || undefined);
}

/**
 * Switches of a browser that has nothing to do but print one file: a profile of its own, nothing in the background, every
 * name unknown and every connection sent to a port that nobody hears.
 */
function switchesOf(profile: string): string[] {
  return [
    '--headless',
    '--disable-gpu',
    '--disable-extensions',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-sync',
    '--no-first-run',
    '--no-default-browser-check',
    '--host-resolver-rules=MAP * ~NOTFOUND',
    '--proxy-server=127.0.0.1:9',
    '--proxy-bypass-list=<-loopback>',
    `--user-data-dir=${profile}`,
  ];
}

/** The last line of what a browser said that looks like a reason. */
function reasonIn(said: string): string {
  const lines = said.split('\n').filter((line) => /error|fatal|sandbox|cannot|failed/i.test(line));
  return lines.at(-1)?.trim().slice(0, 200) ?? 'it said nothing';
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

function runBrowser(path: string, switches: readonly string[]): Promise<Ended> {
  return new Promise((settle) => {
    const child = spawn(path, switches, { stdio: ['ignore', 'ignore', 'pipe'], timeout: patience });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said = (said + chunk).slice(-20_000);
    });
    child.on('error', (error) => settle({ code: null, said: error.message }));
    child.on('close', (code) => settle({ code, said }));
  });
}

/**
 * Prints a page of ours as PDF. The browser is sandboxed where it can be: Chromium refuses that to root and where the
 * system lacks user namespaces, as in many containers, and is then started without, since the page has no script, loads
 * nothing, and holds only pictures that were encoded here.
 *
 * @throws {OnesheetError} BROWSER_FAILED, FILE_UNWRITABLE
 */
export async function printPdf(browser: string, page: string, pdf: string): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'onesheet-print-'));
  const printed = join(profile, 'printed.pdf');
  const wanted = [
    ...switchesOf(profile),
    `--print-to-pdf=${printed}`,
    '--no-pdf-header-footer',
    pathToFileURL(resolve(page)).href,
  ];
  try {
    const isRoot = process.getuid?.() === 0;
    let ended = await runBrowser(browser, isRoot ? ['--no-sandbox', ...wanted] : wanted);
    let bytes = await readFile(printed).catch(() => undefined);
    if (bytes === undefined && !isRoot && /sandbox/i.test(ended.said)) {
      ended = await runBrowser(browser, ['--no-sandbox', ...wanted]);
      bytes = await readFile(printed).catch(() => undefined);
    }
    if (bytes === undefined || bytes.subarray(0, 5).toString('latin1') !== '%PDF-')
      throw onesheetError('BROWSER_FAILED', browser, reasonIn(ended.said));
    await writeFileAtomically(pdf, bytes);
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}
