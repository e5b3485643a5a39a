/** @module The built command -> a service in a process of its own, and what can be seen of it from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request as send } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

const command = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Answer {
  /** 0 where the connection ended without one. */
  readonly status: number;
  readonly body: Buffer;
  /** From the first byte that was sent to the last that came. */
  readonly milliseconds: number;
}

/**
 * How often /v2/health/live was answered, the longest that it took and the 99th percentile, in milliseconds, and the
 * longest that a server beside it took that does nothing else: what the machine did, not the attack.
 */
export interface Watched {
  readonly count: number;
  readonly slowest: number;
  readonly mostly: number;
  readonly idle: number;
}

/** Answers everything with nothing. */
const idleServer = `
  const server = require('node:http').createServer((_, response) => response.end());
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #idle: ChildProcess;
  #port = 0;
  #idlePort = 0;

  /** @param options of `onesheet serve` */
  constructor(options: readonly string[] = []) {
    const args = [command, 'serve', '--port', '0', ...options];
    // As the container is started: what large bodies took is given back to the system.
    const env = { ...process.env, MALLOC_MMAP_THRESHOLD_: '262144' };
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
    this.ended = new Promise((resolve) => this.child.on('close', resolve));
    this.#idle = spawn(process.execPath, ['-e', idleServer], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.ended.then(() => this.#idle.kill());
  }

  get port(): number {
    return this.#port;
  }

  /** Waits until a line of its log says that it is ready; the log is read to its end, or the service would stop. */
  async ready(): Promise<this> {
    this.#port = await new Promise((resolve, reject) => {
      let text = '';
      this.child.stdout!.on('data', (chunk) => {
        if (this.#port > 0) return;
        text += chunk;
        const address = text.match(/"address":"http:\/\/[^"]*:(\d+)"/);
        if (address) resolve(Number(address[1]));
      });
      this.ended.then((code) => reject(new Error(`The service ended with ${code}: ${text}`)));
    });
    const [line] = await once(this.#idle.stdout!, 'data');
    this.#idlePort = Number(line);
    return this;
  }

  post(
    path: string,
    payload: Uint8Array | string,
    headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
  ): Promise<Answer> {
    const start = performance.now();
    const options = { port: this.#port, path, method: 'POST', headers: { ...headers }, agent: this.#agent };
    return new Promise((resolve) => {
      const done = (status: number, body = Buffer.alloc(0)): void =>
        resolve({ status, body, milliseconds: performance.now() - start });
      send(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => done(response.statusCode!, Buffer.concat(chunks)));
        response.on('error', () => done(0));
      })
        .on('error', () => done(0))
        .end(payload);
    });
  }

  async get(path: string): Promise<number> {
    return (await fetch(`http://127.0.0.1:${this.#port}${path}`)).status;
  }

  /** Resident memory of the process in megabytes, as Linux counts it. */
  memory(): number {
    return (numberIn(`/proc/${this.child.pid}/status`, /VmRSS:\s+(\d+) kB/) ?? 0) / 1024;
  }

  /** Processes that it started and that still are. */
  get decoders(): number {
    return childrenOf(this.child.pid!).length;
  }

  /** @returns the exit code, and how long the end took in seconds */
  async stop(): Promise<{ readonly code: number | null; readonly seconds: number }> {
    const start = performance.now();
    this.child.kill('SIGTERM');
    const code = await this.ended;
    this.#agent.destroy();
    return { code, seconds: (performance.now() - start) / 1000 };
  }

  /** Asks again and again until it is answered. @returns after how many seconds */
  async untilAnswered(poster: Uint8Array, most: number): Promise<number> {
    const start = performance.now();
    const seconds = (): number => (performance.now() - start) / 1000;
    while (seconds() < most) {
      const { status } = await this.post('/v1/predict', poster, { 'content-type': 'image/jpeg' });
      if (status === 200) break;
      await wait(100);
    }
    return seconds();
  }

  /** Works on as usual until memory is no more than that, or the time is over. @returns what it is then */
  async settled(megabytes: number, seconds: number, usually: () => Promise<unknown>): Promise<number> {
    const end = performance.now() + seconds * 1000;
    while (this.memory() > megabytes && performance.now() < end) {
      // Garbage is collected when something new is made.
      await usually();
      await wait(500);
    }
    return this.memory();
  }

  /** Begins to ask for /v2/health/live, from a thread of its own, so that the load does not delay the asking. */
  async watch(): Promise<() => Promise<Watched>> {
    const code = `
      const { get, Agent } = require('node:http');
      const { parentPort } = require('node:worker_threads');
      const agent = new Agent({ keepAlive: true });
      let isOver = false;
      parentPort.on('message', () => (isOver = true));
      const ask = (port, path) => new Promise((done, fail) => {
        const start = performance.now();
        get({ port, path, agent }, (response) => {
          response.resume().on('end', () => done(performance.now() - start));
        }).on('error', fail);
      });
      const watch = async (port, path) => {
        // The first connection and the first compilation are not the service's.
        for (let i = 0; i < 5; i++) await ask(port, path);
        return async () => {
          const times = [];
          while (!isOver) {
            times.push(await ask(port, path));
            await new Promise((done) => setTimeout(done, 10));
          }
          return times.sort((a, b) => a - b);
        };
      };
      (async () => {
        const service = await watch(${this.#port}, '/v2/health/live');
        const idle = await watch(${this.#idlePort}, '/');
        parentPort.postMessage('begun');
        const [times, others] = await Promise.all([service(), idle()]);
        agent.destroy();
        const mostly = times[Math.floor(times.length * 0.99)] ?? 0;
        const [slowest, slowestIdle] = [times.at(-1) ?? 0, others.at(-1) ?? 0];
        parentPort.postMessage({ count: times.length, slowest, mostly, idle: slowestIdle });
        parentPort.close();
      })();`;
    const worker = new Worker(code, { eval: true });
    await new Promise((resolve) => worker.once('message', resolve));
    return () => {
      const result = new Promise<Watched>((resolve, reject) => {
        worker.once('message', resolve).once('error', reject);
      });
      worker.postMessage('over');
      return result;
    };
  }
}

function numberIn(file: string, pattern: RegExp): number | undefined {
  try {
    const found = readFileSync(file, 'utf8').match(pattern)?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}

function childrenOf(parent: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((pid) => numberIn(`/proc/${pid}/status`, /PPid:\s+(\d+)/) === parent);
}
