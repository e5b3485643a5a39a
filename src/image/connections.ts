/** @module A URL and headers -> a response, over connections to addresses that were checked, which stay open for a while. */
import { promises as dns, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Agent, Dispatcher } from 'undici';
import { isPublicAddress, networksOf } from './addresses.ts';
import { Slots } from './slots.ts';

export interface ConnectionOptions {
  /**
   * Networks that are fetched from although they are not public, such as `10.1.0.0/16`.
   * @default none
   */
  readonly networks?: readonly string[];
  /** Resolves a host's name to its addresses. @default the system's resolver */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
  /** Connections to one host at a time. @default 4 */
  readonly perHost?: number;
}

/** An address or a name that is not connected to; the message is the reason for people. */
export class AddressRefused extends Error {}

/**
 * What is said of a name that leads nowhere, and of one that leads to an address that is not public: which names there
 * are inside is nobody's business. Both are said at the same steps of time after the name was asked for.
 */
const hidden = 'no public address is known for its host';
const hiddenStep = 1000;
/** Lookups at a time: each holds one of the threads that files and pictures wait for. */
const maximumLookups = 2;
const lookups = new Slots(maximumLookups);

/** Milliseconds for which an idle connection stays open, at most. */
const idle = 10_000;

type LookupCallback = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

/** Requests that wait for a connection to one host. */
interface Wanted {
  count: number;
  readonly given: AbortController;
}

/**
 * Connections for http and https. The addresses of a name are checked where the connection looks them up, so what was
 * checked is what is connected to: a name that resolves to something else a moment later gains nothing. One closed
 * address among a name's addresses refuses the name.
 */
export class Connections {
  readonly #resolve: (host: string) => Promise<readonly LookupAddress[]>;
  readonly #permits: (address: string) => boolean;
  readonly #perHost: number;
  readonly #wanted = new Map<string, Wanted>();
  #agent: Promise<Agent> | undefined;

  /** @throws {OnesheetError} OPTION_INVALID for a network that is none */
  constructor({ networks = [], resolve, perHost = 4 }: ConnectionOptions = {}) {
    const isAllowed = networksOf(networks);
    this.#resolve = resolve ?? ((host) => dns.lookup(host, { all: true }));
    this.#permits = (address) => isPublicAddress(address) || isAllowed(address);
    this.#perHost = perHost;
  }

  /**
   * One request, whose redirects are not followed.
   *
   * @throws {AddressRefused} for an address that is not permitted; the signal's reason
   */
  async get(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // An address in the URL is connected to without a lookup, and tells only what is known already.
    if (isIP(host) !== 0 && !this.#permits(host)) throw new AddressRefused('its address is not public');
    this.#agent ??= this.#makeAgent();
    const agent = await this.#agent;
    const { origin, pathname, search } = url;
    const release = this.#want(host);
    try {
      return await agent.request({ origin, path: pathname + search, method: 'GET', headers, signal });
    } finally {
      release();
    }
  }

  /** Ends what is under way. */
  async destroy(): Promise<void> {
    await (await this.#agent)?.destroy();
  }

  async #makeAgent(): Promise<Agent> {
    // Most commands fetch nothing, and begin sooner without it.
    const { Agent: Made } = await import('undici');
    const lookup = (name: string, options: LookupOptions, callback: LookupCallback): void => {
      this.#addressesOf(name).then((found) => {
        if (options.all) callback(null, [...found]);
        else callback(null, found[0]!.address, found[0]!.family);
      }, callback);
    };
    return new Made({
      connections: this.#perHost,
      keepAliveMaxTimeout: idle,
      connect: { lookup: lookup as never },
    });
  }

  /** Notes that somebody waits for a host; a lookup that nobody waits for any longer is given up. */
  #want(host: string): () => void {
    const wanted = this.#wanted.get(host) ?? { count: 0, given: new AbortController() };
    this.#wanted.set(host, wanted);
    wanted.count += 1;
    return () => {
      wanted.count -= 1;
      if (wanted.count > 0) return;
      this.#wanted.delete(host);
      wanted.given.abort(new Error('nobody waits for the connection any longer'));
    };
  }

  /** At least one address, all of them permitted. @throws {AddressRefused} the same for every other name */
  async #addressesOf(host: string): Promise<readonly LookupAddress[]> {
    const signal = this.#wanted.get(host)?.given.signal;
    const start = performance.now();
    const found = await lookups.run(() => this.#resolve(host), signal).catch(() => []);
    signal?.throwIfAborted();
    if (found.length > 0 && found.every(({ address }) => this.#permits(address))) return found;
    const passed = performance.now() - start;
    await wait(hiddenStep - (passed % hiddenStep), undefined, { signal });
    throw new AddressRefused(hidden);
  }
}
