/** @module Chromium, driven through its pipe -> a page that can be timed: nothing watches the page's network. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { launchArguments } from '../tools/chromium.ts';

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

type Parameters = Readonly<Record<string, unknown>>;

/** Whether a process was started by another or by one that it started. */
async function isBelow(pid: number, ancestor: number): Promise<boolean> {
  if (pid === ancestor) return true;
  if (pid <= 1) return false;
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return isBelow(Number(/^PPid:\s+(\d+)/m.exec(status)![1]), ancestor);
}

/**
 * A browser without a cache and its one page. The tests' driver reports each piece of each file that the page fetches,
 * which takes the machine longer than the fetching; this one sends the DevTools protocol's messages by itself.
 */
export class TimedBrowser {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #count = 0;
  #session: string | undefined;

  private constructor(process: ChildProcess, profile: string) {
    this.#process = process;
    this.#profile = profile;
    let rest = '';
    (process.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\0');
      rest = parts.pop()!;
      for (const part of parts) {
        const message = JSON.parse(part) as Message;
        if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
      }
    });
  }

  static async launch(executable: string): Promise<TimedBrowser> {
    const profile = await mkdtemp(join(tmpdir(), 'onesheet-chromium-'));
    const flags = [
      '--headless',
      '--remote-debugging-pipe',
      '--window-size=1280,720',
      `--user-data-dir=${profile}`,
      ...launchArguments,
    ];
    const process = spawn(executable, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    const browser = new TimedBrowser(process, profile);
    const target = { url: 'about:blank' };
    const { targetId } = (await browser.#send('Target.createTarget', target)) as { targetId: string };
    const attached = await browser.#send('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = (attached as { sessionId: string }).sessionId;
    return browser;
  }

  #send(method: string, params: Parameters = {}): Promise<unknown> {
    const id = ++this.#count;
    const message = { id, method, params, ...(this.#session && { sessionId: this.#session }) };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        this.#waiting.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result);
      });
      (this.#process.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    });
  }

  /** Begins to load a page. */
  async open(url: string): Promise<void> {
    await this.#send('Page.navigate', { url });
  }

  async #evaluate(expression: string): Promise<unknown> {
    const answer = await this.#send('Runtime.evaluate', { expression, awaitPromise: true });
    const { result, exceptionDetails } = answer as {
      result: { value?: unknown; objectId?: string };
      exceptionDetails?: { text: string };
    };
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.text}`);
    return result.objectId ?? result.value;
  }

  /**
   * Waits for an element.
   *
   * @param expression JavaScript that gives the element or, until it is there, nothing
   * @returns the protocol's name of it
   */
  async find(expression: string): Promise<string> {
    const found = await this.#evaluate(`new Promise((resolve) => {
      const look = () => {
        const element = ${expression};
        if (element) resolve(element);
        else setTimeout(look, 10);
      };
      look();
    })`);
    return String(found);
  }

  async setFiles(input: string, files: readonly string[]): Promise<void> {
    await this.#send('DOM.setFileInputFiles', { files, objectId: input });
  }

  async click(element: string): Promise<void> {
    const functionDeclaration = 'function () { this.click(); }';
    await this.#send('Runtime.callFunctionOn', { functionDeclaration, objectId: element });
  }

  /** Resident memory of the page's own process, its workers among it; in megabytes. */
  async megabytes(): Promise<number> {
    const renderers = (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => {
        try {
          const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
          const own = command.includes('--type=renderer') && (await isBelow(Number(pid), this.#process.pid!));
          const status = own ? await readFile(`/proc/${pid}/status`, 'utf8') : '';
          return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1000;
        } catch {
          return 0; // it has ended
        }
      });
    return Math.max(0, ...(await Promise.all(renderers)));
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill();
    await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
