/** @module A program that answers lines of work -> a side of a comparison: its times, its operators, its peak of memory. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { environmentOf } from './allocators.ts';
import { programs, root } from './machine.ts';

/** Where tools/install-bench-peers.sh puts the peers. */
export const peersFolder = `${root}.bench-peers/`;
const python = `${peersFolder}${process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python'}`;

/** The peers' Python. */
function peerPython(): string {
  if (!existsSync(python)) throw new Error('The peers are not installed: run tools/install-bench-peers.sh.');
  return python;
}

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** Its first line of input. */
  readonly job: Readonly<Record<string, unknown>>;
  readonly allocator: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A script of `bench/` in the peers' Python. */
export const peerProgram = (script: string, ...args: string[]): Pick<Program, 'file' | 'args'> => ({
  file: peerPython(),
  args: [`${root}bench/${script}`, ...args],
});

/** A script of `bench/` in this Node. */
export const ourProgram = (script: string): Pick<Program, 'file' | 'args'> => ({
  file: process.execPath,
  args: [`${programs}bench/${script}`],
});

const running = new Set<ChildProcessWithoutNullStreams>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** A warm process that is held while it is not its turn, so that no thread of it waits on a core. */
export class Side {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #name: string;
  /** What it said of itself when it was ready. */
  facts: Readonly<Record<string, unknown>> = {};

  private constructor(name: string, child: ChildProcessWithoutNullStreams) {
    this.#name = name;
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Starts a program and waits until it is ready. */
  static async start(name: string, { file, args, job, allocator, environment }: Program): Promise<Side> {
    const env = { ...process.env, ...environment, ...environmentOf(allocator) };
    const child = spawn(file, args, { env });
    running.add(child);
    child.once('close', () => running.delete(child));
    child.stderr.pipe(process.stderr);
    // A process that ends is reported where its answer is awaited.
    child.stdin.on('error', () => undefined);
    const side = new Side(name, child);
    child.stdin.write(`${JSON.stringify(job)}\n`);
    side.facts = await side.#answer();
    side.#hold(true);
    return side;
  }

  async #answer(): Promise<Record<string, unknown>> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#name} ended before it answered.`);
    return JSON.parse(value) as Record<string, unknown>;
  }

  #hold(isHeld: boolean): void {
    if (process.platform !== 'win32') this.#child.kill(isHeld ? 'SIGSTOP' : 'SIGCONT');
  }

  async #ask(line: string): Promise<Record<string, unknown>> {
    this.#hold(false);
    this.#child.stdin.write(`${line}\n`);
    const answer = await this.#answer();
    this.#hold(true);
    return answer;
  }

  /** Seconds that so many units of work take. */
  async seconds(units: number): Promise<number> {
    return (await this.#ask(`run ${units}`)).seconds as number;
  }

  /** Milliseconds a unit of work, in all and by operator. */
  async profile(units: number): Promise<{ milliseconds: number; operators: Record<string, number> }> {
    return (await this.#ask(`profile ${units}`)) as {
      milliseconds: number;
      operators: Record<string, number>;
    };
  }

  /** From now on the peak is of what is done from now on. Linux only. */
  forgetPeak(): void {
    if (process.platform === 'linux') writeFileSync(`/proc/${this.#child.pid}/clear_refs`, '5');
  }

  /** The most resident memory since {@link forgetPeak}, in megabytes; undefined but on Linux. */
  peakMegabytes(): number | undefined {
    if (process.platform !== 'linux') return undefined;
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(status.match(/VmHWM:\s+(\d+) kB/)?.[1]) / 1024;
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}
