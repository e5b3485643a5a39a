/** @module Work that a program does -> the answers to lines of standard input, as bench/peer.py gives them. */
import { createInterface } from 'node:readline';
import { env } from 'onnxruntime-common';
import { version } from '../src/version.ts';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** The first line of standard input. */
export async function readJob<Job>(): Promise<Job> {
  const { value } = await lines.next();
  return JSON.parse(value as string) as Job;
}

export interface Work {
  /** Does so many units of work. */
  readonly run: (units: number) => Promise<void>;
  /** Does so many units and says where the time went. */
  readonly profile?: (units: number) => Promise<Readonly<Record<string, unknown>>>;
  /** What the program says of itself when it is ready. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Answers `run N` by the seconds that N units took, and `profile N`, until standard input ends. */
export async function serveWork({ run, profile, facts }: Work): Promise<void> {
  const answer = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  answer({ version, node: process.version, onnxruntime: env.versions.node, ...facts });
  for (;;) {
    const { value, done } = await lines.next();
    if (done) break;
    const [command, units] = (value as string).split(' ') as [string, string];
    if (command === 'profile') answer((await profile?.(Number(units))) ?? {});
    else {
      const start = performance.now();
      await run(Number(units));
      answer({ seconds: (performance.now() - start) / 1000 });
    }
  }
  process.exit(0);
}
