/** @module Many URLs of strangers -> their pictures, fetched at the pace that each host bears. */
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { OnesheetError, onesheetError } from '../errors.ts';
import { type ConnectionOptions, Connections } from './connections.ts';
import { fetchImage, type HostAnswer } from './fetch.ts';
import type { FetchCache } from './fetchCache.ts';
import type { ImageLimits } from './limits.ts';
import { Slots } from './slots.ts';
import { describeSource, type ImageSource } from './source.ts';

export interface PoliteOptions extends ConnectionOptions {
  /** Requests that one host gets in a second, at most. @default 20 */
  readonly rate?: number;
  /** How often a URL is asked for, at most, where its host is busy or the connection fails. @default 4 */
  readonly attempts?: number;
  /** Seconds that a host may ask to be left alone; one that asks for more is asked for nothing until then. @default 60 */
  readonly patience?: number;
  /** Milliseconds to the second attempt, twice as long to each further one, and by chance up to half more. @default 500 */
  readonly backoff?: number;
  /** Where pictures are kept, which are then fetched again only where they have changed. @default nowhere */
  readonly cache?: FetchCache;
}

/** What a host is known to bear. */
interface Host {
  readonly slots: Slots;
  /** When the next request may be made, by `performance.now()`. */
  next: number;
  /** Until when it wants no requests. */
  closedUntil: number;
  /** Requests in a row that it has not answered. */
  silent: number;
  /** Until when it is taken for dead. */
  deadUntil: number;
}

/** Answers after which another attempt may succeed (RFC 9110, 6585). */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Those that speak of the host, and not of the one picture. */
const busy = new Set([429, 503]);
/** Hosts that are remembered; the one that was asked longest ago is begun anew. */
const remembered = 10_000;
/** Requests in a row without an answer after which a host is taken for dead, and milliseconds for which it is. */
const deadAfter = 20;
const deadFor = 60_000;

export class PoliteFetcher {
  readonly #options: Required<Omit<PoliteOptions, 'networks' | 'resolve' | 'cache'>> & PoliteOptions;
  readonly #connections: Connections;
  readonly #hosts = new Map<string, Host>();

  /** @throws {OnesheetError} OPTION_INVALID for a network that is none */
  constructor(options: PoliteOptions = {}) {
    const { perHost = 4, rate = 20, attempts = 4, patience = 60, backoff = 500 } = options;
    this.#options = { ...options, perHost, rate, attempts, patience, backoff };
    this.#connections = new Connections({ ...options, perHost });
  }

  /**
   * {@link fetchImage} again where that may help, and no sooner than the host asks for (`Retry-After`).
   *
   * @throws {OnesheetError} as `fetchImage`; the signal's reason
   */
  async fetch(
    url: string,
    limits?: Partial<ImageLimits>,
    signal?: AbortSignal,
  ): Promise<Extract<ImageSource, { kind: 'bytes' }>> {
    const { attempts, backoff, cache } = this.#options;
    const name = describeSource({ kind: 'url', url });
    const turn = <Result>(target: URL, request: () => Promise<Result>): Promise<Result> =>
      this.#turn(target.host, name, request, signal);
    for (let attempt = 1; ; attempt++) {
      try {
        return await fetchImage(url, this.#connections, { limits, signal, cache, turn });
      } catch (error) {
        const answer = answerIn(error);
        if (signal?.aborted || attempt >= attempts || answer === undefined || answer.isLate) throw error;
        if (answer.status !== undefined && !passing.has(answer.status)) throw error;
      }
      const own = backoff * 2 ** (attempt - 1);
      await wait(own + randomInt(Math.max(1, own / 2)), undefined, { signal });
    }
  }

  /** Ends what is under way. */
  async destroy(): Promise<void> {
    await this.#connections.destroy();
  }

  #hostOf(name: string): Host {
    const host = this.#hosts.get(name) ?? {
      slots: new Slots(this.#options.perHost),
      next: 0,
      closedUntil: 0,
      silent: 0,
      deadUntil: 0,
    };
    this.#hosts.delete(name);
    const [oldest] = this.#hosts.keys();
    if (this.#hosts.size >= remembered) this.#hosts.delete(oldest!);
    this.#hosts.set(name, host);
    return host;
  }

  /** @throws {OnesheetError} URL_UNREACHABLE where the host is not to be asked for so long that nobody waits */
  async #turn<Result>(
    named: string,
    url: string,
    request: () => Promise<Result>,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    const host = this.#hostOf(named);
    return host.slots.run(async () => {
      await this.#wait(host, url, signal);
      try {
        const result = await request();
        host.silent = 0;
        return result;
      } catch (error) {
        this.#note(host, error);
        throw error;
      }
    }, signal);
  }

  #note(host: Host, error: unknown): void {
    const answer = answerIn(error);
    if (answer === undefined) return;
    const { status, retryAfter } = answer;
    const now = performance.now();
    host.silent = status === undefined ? host.silent + 1 : 0;
    if (host.silent >= deadAfter) host.deadUntil = now + deadFor;
    if (status === undefined || !passing.has(status)) return;
    const asked =
      retryAfter === undefined && busy.has(status) ? this.#options.backoff : 1000 * (retryAfter ?? 0);
    host.closedUntil = Math.max(host.closedUntil, now + asked);
  }

  async #wait(host: Host, url: string, signal: AbortSignal | undefined): Promise<void> {
    const { patience, rate } = this.#options;
    // It may be closed while somebody waits for it.
    for (let isTurn = false; !isTurn; ) {
      const now = performance.now();
      const closed = (host.closedUntil - now) / 1000;
      if (closed > patience)
        throw onesheetError(
          'URL_UNREACHABLE',
          url,
          `its host asks to be left alone for ${Math.ceil(closed)} s`,
        );
      const start = Math.max(now, host.next, host.closedUntil);
      host.next = start + 1000 / rate;
      if (start > now) await wait(start - now, undefined, { signal });
      isTurn = host.closedUntil <= start;
    }
    // Those of a host that is taken for dead keep the pace, so that an outage of a minute does not cost all that is left.
    if (host.deadUntil > performance.now())
      throw onesheetError(
        'URL_UNREACHABLE',
        url,
        `its host has not answered ${host.silent} requests in a row and is left alone for a minute`,
      );
  }
}

function answerIn(error: unknown): HostAnswer | undefined {
  return error instanceof OnesheetError ? (error.cause as HostAnswer | undefined) : undefined;
}
