/** @module A worker and what it is at -> signs of life on the server, for those who ask who works. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { removeWorker, saveWorker, type WorkerStanding } from './catalogue.ts';

/** Seconds between signs of life. */
const beatSeconds = 10;

type Doing = Partial<Omit<WorkerStanding, 'host' | 'pid' | 'version' | 'seen'>>;

export class Presence {
  readonly #redis: Redis;
  readonly #self = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  readonly #timer: NodeJS.Timeout;
  #doing: Doing = {};

  constructor(redis: Redis) {
    this.#redis = redis;
    this.#timer = setInterval(() => this.#beat(), beatSeconds * 1000);
    this.#beat();
  }

  /** Says what it is at from now on. */
  say(doing: Doing): void {
    this.#doing = doing;
    this.#beat();
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    // A server that is gone is not waited for.
    await Promise.race([removeWorker(this.#redis, this.#self).catch(() => undefined), sleep(500)]);
  }

  #beat(): void {
    const standing = { host: hostname(), pid: process.pid, shards: 0, posters: 0, ...this.#doing };
    saveWorker(this.#redis, this.#self, standing).catch(() => undefined);
  }
}
