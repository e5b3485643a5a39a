/** @module The installed command -> a running `onesheet serve` to measure, and posters in memory to send to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { programs, root } from './machine.ts';

export interface RunningService {
  readonly child: ChildProcess;
  readonly port: number;
  /** What it logged as errors, or printed beside its log. */
  readonly complaints: readonly string[];
  /** Resident memory in megabytes, as Linux counts it. */
  memory(): number;
  /** @returns the exit code after SIGTERM */
  stop(): Promise<number | null>;
}

/** Starts the service in a process of its own and waits until it is warm. */
export async function startService(options: readonly string[]): Promise<RunningService> {
  const args = [`${programs}src/cli/main.js`, 'serve', '--port', '0', '--log', 'info', ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const complaints: string[] = [];
  child.stderr.on('data', (text) => complaints.push(String(text)));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const port = await new Promise<number>((resolve, reject) => {
    let rest = '';
    child.stdout.on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        if (line.includes('"level":50') || line.includes('"level":60')) complaints.push(line);
        if (line.includes('"ready:')) resolve(Number(new URL(JSON.parse(line).address).port));
      }
    });
    ended.then((code) => reject(new Error(`The service ended with ${code}: ${complaints.join('')}`)));
  });
  return {
    child,
    port,
    complaints,
    memory() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(status.match(/VmRSS:\s+(\d+) kB/)?.[1]) / 1024;
    },
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Does work while a thread asks for /v2/health/live. @returns its result, and the times in milliseconds */
export async function probed<Result>(port: number, work: () => Promise<Result>): Promise<[Result, number[]]> {
  const probe = new Worker(new URL('./probe.js', import.meta.url), { workerData: { port } });
  const times = new Promise<number[]>((resolve, reject) =>
    probe.once('message', resolve).once('error', reject),
  );
  const result = await work();
  probe.postMessage('over');
  return [result, await times];
}

/** Real posters, of the folder beside the repository or the one of ONESHEET_POSTERS, in the order of their names. */
export function readablePosters(): string[] {
  const folder = join(process.env.ONESHEET_POSTERS ?? join(root, '../shared/posters'), 'images');
  const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
  return names.sort().map((name) => join(folder, name));
}
