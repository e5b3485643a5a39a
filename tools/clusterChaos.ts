/** @module A catalogue, a Redis server, workers and a seed -> all of them killed at random moments, and what became of the output. */
import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../src/random.ts';
import { RedisServer } from './redisServer.ts';

export interface ChaosOptions {
  /** Path of the built command. */
  readonly command: string;
  /** Where everything is run. */
  readonly folder: string;
  /** Of `cluster run`, without the server. */
  readonly words: readonly string[];
  readonly random: Random;
  /** Kills at most; then everything may run to its end. */
  readonly kills: number;
  /** Milliseconds between two kills, at most. */
  readonly pause: number;
  readonly workers?: number;
  /** Seconds after which a worker counts as dead. */
  readonly stalledAfter: number;
}

export interface ChaosResult {
  /** Of the coordinator, once it ended by itself. */
  readonly code: number | null;
  readonly killed: { readonly worker: number; readonly coordinator: number; readonly redis: number };
  readonly seconds: number;
}

/** A process that is started again whenever it was killed, or gave up, as where no server was there. */
class Supervised {
  readonly #start: () => ChildProcess;
  #running: ChildProcess | undefined;
  #isStopped = false;
  /** The code with which it ended by itself. */
  readonly done: Promise<number | null>;

  /** @param retries how often it may give up */
  constructor(start: () => ChildProcess, retries: number) {
    this.#start = start;
    this.done = this.#run(retries);
  }

  async #run(retries: number): Promise<number | null> {
    for (let left = retries; !this.#isStopped; ) {
      const running = this.#start();
      this.#running = running;
      const code = await new Promise<number | null>((resolve) => running.once('exit', resolve));
      if (code !== null && (code !== 1 || left-- === 0)) return code;
      if (code !== null) await sleep(200);
    }
    return null;
  }

  kill(): void {
    this.#running?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.kill();
    await this.done;
  }
}

/** Kills workers, the coordinator and the server, and starts each again, until the coordinator has ended by itself. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { command, folder, words, random, kills, pause, workers = 2, stalledAfter } = options;
  const started = performance.now();
  const redis = await RedisServer.start(join(folder, 'redis'), ['--appendonly', 'yes']);
  const env = { ...process.env, ONESHEET_REDIS: redis.url };
  const log = await open(join(folder, 'chaos.log'), 'a');
  const run = (line: readonly string[]): ChildProcess =>
    spawn(process.execPath, [command, 'cluster', ...line], {
      cwd: folder,
      env,
      stdio: ['ignore', log.fd, log.fd],
    });
  const worker = () => new Supervised(() => run(['worker', '--stalled-after', String(stalledAfter)]), 100);
  const crew = Array.from({ length: workers }, worker);
  const coordinator = new Supervised(() => run(['run', ...words]), 10);
  const killed = { worker: 0, coordinator: 0, redis: 0 };
  let hasEnded = false;
  const done = coordinator.done.then((code) => {
    hasEnded = true;
    return code;
  });
  let code: number | null = null;
  try {
    for (let kill = 0; kill < kills; kill++) {
      await Promise.race([done, sleep(random.integer(pause))]);
      if (hasEnded) break;
      const what = random.pick(['worker', 'worker', 'coordinator', 'redis'] as const);
      killed[what] += 1;
      if (what === 'worker') random.pick(crew).kill();
      else if (what === 'coordinator') coordinator.kill();
      else {
        await redis.kill();
        await sleep(random.integer(500));
        await redis.start();
      }
    }
    code = await done;
  } finally {
    await Promise.all([...crew, coordinator].map((each) => each.stop()));
    await redis.kill();
    await log.close();
  }
  return { code, killed, seconds: (performance.now() - started) / 1000 };
}
