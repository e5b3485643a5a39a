/** @module Many URLs of strangers -> their pictures, fetched at the pace that each host bears. */
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { OnesheetError, onesheetError } from '../errors.ts';
import { type FetchOptions, fetchImage, type HostAnswer } from './fetch.ts';
import type { ImageLimits } from './limits.ts';
import { Slots } from './slots.ts';
import { describeSource, type ImageSource } from './source.ts';

export interface PoliteOptions extends Pick<FetchOptions, 'networks' | 'resolve'> {
  /** Requests to one host at a time. @default 4 */
  readonly perHost?: number;
  /** Requests that one host gets in a second, at most. @default 20 */
  readonly rate?: number;
  /** How often a URL is asked for, at most, where its host is busy or the connection fails. @default 4 */
  readonly attempts?: number;
  /** Seconds that a host may ask to be left alone; one that asks for more is asked for nothing until then. @default 60 */
  readonly patience?: number;
  /** Milliseconds to the second attempt, twice as long to each further one, and by chance up to half more. @default 500 */
  readonly backoff?: number;
}

/** What a host is known to bear. */
interface Host {
  readonly slots: Slots;
  /** When the next request may be made, by `performance.now()`. */
  next: number;
  /** Until when it wants no requests. */
  closedUntil: number;
}

/** Answers after which another attempt may succeed (RFC 9110, 6585). */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Hosts that are remembered; more than that are begun anew. */
const remembered = 10_000;

export class PoliteFetcher {
  readonly #options: Required<Omit<PoliteOptions, 'networks' | 'resolve'>> & PoliteOptions;
  readonly #hosts = new Map<string, Host>();

  constructor(options: PoliteOptions = {}) {
    const { perHost = 4, rate = 20, attempts = 4, patience = 60, backoff = 500 } = options;
    this.#options = { ...options, perHost, rate, attempts, patience, backoff };
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
    const { attempts, networks, resolve, backoff } = this.#options;
    const host = this.#hostOf(url);
    for (let attempt = 1; ; attempt++) {
      const outcome = await host.slots.run(async () => {
        await this.#turn(host, url, signal);
        return fetchImage(url, limits, { networks, resolve, signal }).catch((error: unknown) => error);
      }, signal);
      if (!(outcome instanceof Error)) return outcome as Extract<ImageSource, { kind: 'bytes' }>;
      const answer = outcome instanceof OnesheetError ? (outcome.cause as HostAnswer | undefined) : undefined;
      if (signal?.aborted || answer === undefined) throw outcome;
      if (answer.status !== undefined && !passing.has(answer.status)) throw outcome;
      const own = backoff * 2 ** (attempt - 1);
      const asked = 1000 * (answer.retryAfter ?? 0);
      if (asked > 0) host.closedUntil = Math.max(host.closedUntil, performance.now() + asked);
      if (attempt >= attempts) throw outcome;
      await wait(own + randomInt(Math.max(1, own / 2)), undefined, { signal });
    }
  }

  #hostOf(url: string): Host {
    const name = URL.canParse(url) ? new URL(url).host : '';
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    if (this.#hosts.size >= remembered) this.#hosts.clear();
    const host = { slots: new Slots(this.#options.perHost), next: 0, closedUntil: 0 };
    this.#hosts.set(name, host);
    return host;
  }

  /** Waits until the host may be asked. @throws {OnesheetError} URL_UNREACHABLE where that is too long */
  async #turn(host: Host, url: string, signal: AbortSignal | undefined): Promise<void> {
    const { patience, rate } = this.#options;
    const closed = (host.closedUntil - performance.now()) / 1000;
    if (closed > patience)
      throw onesheetError(
        'URL_UNREACHABLE',
        describeSource({ kind: 'url', url }),
        `its host asks to be left alone for ${Math.ceil(closed)} s`,
      );
    const start = Math.max(performance.now(), host.next, host.closedUntil);
    host.next = start + 1000 / rate;
    const delay = start - performance.now();
    if (delay > 0) await wait(delay, undefined, { signal });
  }
}
