/** @module A stranger's URL -> the picture's encoded bytes, fetched from public addresses only. */
import { promises as dns, type LookupAddress, type LookupOptions } from 'node:dns';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { OnesheetError, onesheetError } from '../errors.ts';
import { version } from '../version.ts';
import { isPublicAddress, networksOf } from './addresses.ts';
import { completeLimits, type ImageLimits } from './limits.ts';
import { Slots } from './slots.ts';
import { describeSource, type ImageSource } from './source.ts';

/**
 * What is said of a name that leads nowhere, and of one that leads to an address that is not public: which names there
 * are inside is nobody's business. Both are said at the same steps of time after the name was asked for.
 */
const hidden = 'no public address is known for its host';
const hiddenStep = 1000;
/** Lookups at a time: each holds one of the threads that files and pictures wait for. */
const maximumLookups = 2;
/** How often a server may point elsewhere before it is given up. */
const maximumRedirects = 3;
const redirects = new Set([301, 302, 303, 307, 308]);

export interface FetchOptions {
  /**
   * Networks that are fetched from although they are not public, such as `10.1.0.0/16`.
   * @default none
   */
  readonly networks?: readonly string[];
  /** Resolves a host's name to its addresses. @default the system's resolver */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
  /** Gives up when it is aborted, with its reason. */
  readonly signal?: AbortSignal;
}

/** What came of a request that failed for a reason that may pass; the `cause` of its error. */
export interface HostAnswer {
  /** Of HTTP; none where the connection failed. */
  readonly status?: number;
  /** Seconds for which the host asks to be left alone. */
  readonly retryAfter?: number;
}

/**
 * Fetches a picture over http or https. The addresses of a name are checked where the connection looks them up, so
 * what was checked is what is connected to: a name that resolves to something else a moment later gains nothing, and
 * every redirect passes the same check. One closed address among a name's addresses refuses the name.
 *
 * @param limits its `maximumBytes` bounds the body; its `timeoutSeconds` bounds all of it, redirects included
 * @returns a source of bytes whose content is yet to be looked at
 * @throws {OnesheetError} URL_REFUSED, URL_UNREACHABLE, IMAGE_TOO_BIG; OPTION_INVALID for a network that is none
 */
export async function fetchImage(
  url: string,
  limits: Partial<ImageLimits> = {},
  options: FetchOptions = {},
): Promise<Extract<ImageSource, { kind: 'bytes' }>> {
  const name = describeSource({ kind: 'url', url });
  const allowed = completeLimits(limits);
  const isAllowed = networksOf(options.networks ?? []);
  const door: Door = {
    name,
    resolve: options.resolve ?? ((host) => dns.lookup(host, { all: true })),
    permits: (address) => isPublicAddress(address) || isAllowed(address),
  };
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), allowed.timeoutSeconds * 1000);
  const signal = options.signal ? AbortSignal.any([options.signal, late.signal]) : late.signal;
  try {
    const bytes = await follow(url, door, allowed, signal);
    return { kind: 'bytes', bytes, name };
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    if (late.signal.aborted)
      throw onesheetError('URL_UNREACHABLE', name, `it took more than ${allowed.timeoutSeconds} s`);
    throw error instanceof OnesheetError
      ? error
      : unreachable(name, reasonOf(error as NodeJS.ErrnoException), {});
  } finally {
    clearTimeout(timer);
  }
}

interface Door {
  /** The URL as messages call it: that of the request, whatever it redirects to. */
  readonly name: string;
  readonly resolve: (host: string) => Promise<readonly LookupAddress[]>;
  readonly permits: (address: string) => boolean;
}

function unreachable(name: string, reason: string, answer: HostAnswer): OnesheetError {
  const error = onesheetError('URL_UNREACHABLE', name, reason);
  error.cause = answer;
  return error;
}

/** `Retry-After` (RFC 9110, 10.2.3): seconds, or a date. */
function secondsOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** A failure in words that do not describe the network it happened in. */
function reasonOf({ code }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return 'its host refuses connections';
  if (code?.startsWith('ERR_TLS') || code?.includes('CERT')) return 'its certificate is not valid';
  return 'the connection failed';
}

async function follow(
  url: string,
  door: Door,
  limits: ImageLimits,
  signal: AbortSignal,
): Promise<Uint8Array> {
  let target = parse(url, door.name);
  for (let hop = 0; hop <= maximumRedirects; hop++) {
    const response = await request(target, door, signal);
    const { statusCode = 0, headers } = response;
    if (redirects.has(statusCode) && headers.location !== undefined) {
      response.destroy();
      target = parse(headers.location, door.name, target);
      continue;
    }
    if (statusCode !== 200) {
      response.destroy();
      const retryAfter = secondsOf(headers['retry-after']);
      throw unreachable(door.name, `its host answers ${statusCode}`, { status: statusCode, retryAfter });
    }
    return readAll(response, door.name, limits.maximumBytes);
  }
  throw onesheetError('URL_UNREACHABLE', door.name, `it redirects more than ${maximumRedirects} times`);
}

function parse(text: string, name: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  if (!url) throw onesheetError('URL_REFUSED', name, 'it is no URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw onesheetError('URL_REFUSED', name, 'only http and https are fetched');
  if (url.username !== '' || url.password !== '')
    throw onesheetError('URL_REFUSED', name, 'it carries a user name or password');
  return url;
}

type LookupCallback = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

/** One connection of its own for one request, to an address that was checked. */
function request(url: URL, door: Door, signal: AbortSignal): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // An address in the URL is connected to without a lookup, and tells only what is known already.
  if (isIP(host) !== 0 && !door.permits(host))
    return Promise.reject(onesheetError('URL_REFUSED', door.name, 'its address is not public'));
  const lookup = (name: string, options: LookupOptions, callback: LookupCallback): void => {
    addressesOf(name, door, signal).then((found) => {
      if (options.all) callback(null, [...found]);
      else callback(null, found[0]!.address, found[0]!.family);
    }, callback);
  };
  return new Promise((resolve, reject) => {
    const { request: send } = url.protocol === 'https:' ? https : http;
    const headers = { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': `onesheet/${version}` };
    send(url, { agent: false, lookup: lookup as never, signal, headers }, resolve)
      .on('error', reject)
      .end();
  });
}

const lookups = new Slots(maximumLookups);

/** At least one address, all of them permitted. @throws {OnesheetError} URL_REFUSED, the same for every other name */
async function addressesOf(
  host: string,
  { name, resolve, permits }: Door,
  signal: AbortSignal,
): Promise<readonly LookupAddress[]> {
  const start = performance.now();
  const found = await lookups.run(() => resolve(host), signal).catch(() => []);
  signal.throwIfAborted();
  if (found.length > 0 && found.every(({ address }) => permits(address))) return found;
  const passed = performance.now() - start;
  await wait(hiddenStep - (passed % hiddenStep), undefined, { signal });
  throw onesheetError('URL_REFUSED', name, hidden);
}

async function readAll(response: IncomingMessage, name: string, most: number): Promise<Uint8Array> {
  const announced = Number(response.headers['content-length'] ?? 0);
  const chunks: Buffer[] = [];
  let size = 0;
  if (announced > most) response.destroy();
  else {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > most) break;
      chunks.push(chunk);
    }
  }
  const found = Math.max(announced, size);
  if (found > most) throw onesheetError('IMAGE_TOO_BIG', name, found, most);
  return new Uint8Array(Buffer.concat(chunks));
}
