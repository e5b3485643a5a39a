/** @module Posters and a queue -> shards for workers, and their outcomes in the order of the posters, whoever did them and however often. */
import { setTimeout as sleep } from 'node:timers/promises';
import { onesheetError } from '../errors.ts';
import { describeSource } from '../image/index.ts';
import type { FailedPrediction, PosterToPredict, Predicting, PredictionOutcome } from '../predict/index.ts';
import type { JobQueue } from './queue.ts';
import { pictureHash } from './samePlace.ts';
import { type Shard, type ShardFolder, type ShardJob, shardOf } from './shard.ts';

export interface CoordinateOptions {
  readonly queue: JobQueue<ShardJob>;
  readonly folder: ShardFolder;
  /** Id of the catalogue. */
  readonly catalogue: string;
  /** Posters in a shard. */
  readonly shardSize: number;
  /** Shards that are out at a time, asked for now and then. */
  readonly ahead: () => Promise<number>;
  /** Whether nothing that was done or set aside before counts. */
  readonly anew: boolean;
  readonly signal: AbortSignal;
}

/** Milliseconds between looks for the outcomes of the next shard, and between looks at what Redis knows of all. */
const [lookInterval, auditInterval] = [150, 2000];
/** Milliseconds after which the files of a shard whose outcomes were taken are no longer needed after a kill. */
const spentAfter = 5000;
/** Shards that are out at a time before it is known how many workers there are. */
const fewest = 64;

/** Shards before the end from which on they become smaller, and the fewest posters that are worth a shard of their own. */
const [tapering, smallest] = [4, 50];

/**
 * Posters of the next shard, of so many that are left or at least are known of. The last shards are smaller, so that workers
 * end at about the same time; since it follows from what is left alone, a coordinator that is started again cuts the same.
 */
export function sizeOfNext(left: number, shardSize: number): number {
  if (left >= tapering * shardSize) return shardSize;
  return Math.min(shardSize, Math.max(smallest, Math.ceil(left / (2 * tapering))));
}

interface Sent extends Pick<Shard, 'id' | 'count'> {
  readonly posters: readonly { readonly id: string; readonly source: string }[];
}

interface Cut extends Shard, Sent {
  /** Path of one of its pictures, if any of them is a file. */
  readonly picture: string | undefined;
}

/** What workers do becomes what one process would have done. */
export function predictByShards(options: CoordinateOptions): Predicting {
  return (posters) => new Coordination(options).outcomes(posters);
}

class Coordination {
  readonly #options: CoordinateOptions;
  /** Shards that are out, in their order. */
  readonly #line: Sent[] = [];
  /** Why shards of the line were set aside. */
  readonly #aside = new Map<string, string>();
  readonly #spent: { readonly id: string; readonly at: number }[] = [];
  #ahead = fewest;
  #isMarked = false;
  #hasEnded = false;
  #failure: unknown;

  constructor(options: CoordinateOptions) {
    this.#options = options;
  }

  async *outcomes(posters: AsyncIterable<PosterToPredict>): AsyncGenerator<readonly PredictionOutcome[]> {
    const { signal, folder, anew } = this.#options;
    if (anew) await folder.clear();
    const shards = this.#cut(posters);
    let reading: Promise<void> | undefined;
    const auditing = new AbortController();
    const audits = this.#audit(AbortSignal.any([auditing.signal, signal])).catch((error: unknown) => {
      if (!signal.aborted) this.#failure ??= error;
    });
    try {
      for (;;) {
        signal.throwIfAborted();
        if (this.#failure !== undefined) throw this.#failure;
        if (reading === undefined && !this.#hasEnded && this.#line.length < this.#ahead)
          reading = this.#sendNext(shards)
            .catch((error: unknown) => {
              this.#failure ??= error;
            })
            .finally(() => {
              reading = undefined;
            });
        const [head] = this.#line;
        if (head === undefined && this.#hasEnded) return;
        const outcomes = head === undefined ? undefined : await this.#settled(head);
        if (head !== undefined && outcomes !== undefined) {
          this.#line.shift();
          yield outcomes;
          this.#spent.push({ id: head.id, at: performance.now() });
        } else await Promise.race([reading, sleep(lookInterval)].filter((each) => each !== undefined));
      }
    } finally {
      auditing.abort();
      // Where the server is gone, nothing is waited for.
      await Promise.race([audits, sleep(100)]);
    }
  }

  async *#cut(posters: AsyncIterable<PosterToPredict>): AsyncGenerator<Cut> {
    const { catalogue, shardSize } = this.#options;
    const waiting: PosterToPredict[] = [];
    const cut = (): Cut => {
      const some = waiting.splice(0, sizeOfNext(waiting.length, shardSize));
      return {
        ...shardOf(catalogue, some),
        posters: some.map(({ id, source }) => ({ id, source: describeSource(source) })),
        picture: some.flatMap(({ source }) => (source.kind === 'file' ? [source.path] : []))[0],
      };
    };
    for await (const poster of posters) {
      waiting.push(poster);
      if (waiting.length >= tapering * shardSize) yield cut();
    }
    while (waiting.length > 0) yield cut();
  }

  async #sendNext(shards: AsyncGenerator<Cut>): Promise<void> {
    // Not beside the look at what is done already, below.
    await this.#tidy();
    const { value, done } = await shards.next();
    if (done) {
      this.#hasEnded = true;
      return;
    }
    const { queue, folder, anew, catalogue } = this.#options;
    const { text, picture: path, ...sent } = value;
    if (!this.#isMarked) {
      const hash = path === undefined ? undefined : await pictureHash(path);
      await folder.mark({ catalogue, picture: hash === undefined ? undefined : { path: path!, hash } });
      this.#isMarked = true;
    }
    if (!(await folder.isDone(sent.id))) {
      await folder.write({ ...sent, text });
      if (anew && (await queue.stateOf(sent.id)) === 'aside') await queue.remove(sent.id);
      await this.#hand(sent.id);
    }
    this.#line.push(sent);
  }

  async #hand(id: string): Promise<void> {
    await this.#options.queue.add(id, { catalogue: this.#options.catalogue });
  }

  async #settled({ id, count, posters }: Sent): Promise<readonly PredictionOutcome[] | undefined> {
    const { folder } = this.#options;
    const reason = this.#aside.get(id);
    if (reason !== undefined) {
      this.#aside.delete(id);
      const { code, message } = onesheetError('SHARD_FAILED', id, reason);
      return posters.map((poster): FailedPrediction => ({ ...poster, error: { code, message } }));
    }
    if (!(await folder.isDone(id))) return undefined;
    const outcomes = await folder.outcomes({ id, count });
    if (
      outcomes?.every(({ id: own, source }, at) => own === posters[at]!.id && source === posters[at]!.source)
    )
      return outcomes;
    throw onesheetError('FILE_UNREADABLE', folder.path, `the outcomes of shard ${id} were changed since`);
  }

  /** Whatever a server forgot, or gave up, is noticed here; a server that is gone is waited for. */
  async #audit(signal: AbortSignal): Promise<void> {
    const { queue, folder, ahead } = this.#options;
    while (!signal.aborted) {
      this.#ahead = Math.max(fewest, await ahead());
      for (const { id } of [...this.#line]) {
        if (signal.aborted) return;
        if (this.#aside.has(id)) continue;
        const state = await queue.stateOf(id);
        if (state === 'aside') this.#aside.set(id, await queue.reasonOf(id));
        else if (state === 'gone' && !(await folder.isDone(id))) await this.#hand(id);
      }
      await sleep(auditInterval, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A shard that holds the same posters as a later one has its id, too. */
  async #tidy(): Promise<void> {
    while (this.#spent.length > 2 && performance.now() - this.#spent[0]!.at > spentAfter) {
      const { id } = this.#spent.shift()!;
      if (!this.#line.some((each) => each.id === id)) await this.#options.folder.remove(id);
    }
  }
}
