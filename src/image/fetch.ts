/** @module A stranger's URL -> the picture's encoded bytes, fetched from public addresses only. */
import type { Dispatcher } from 'undici';
import { OnesheetError, onesheetError } from '../errors.ts';
import { version } from '../version.ts';
import { AddressRefused, type Connections } from './connections.ts';
import type { FetchCache } from './fetchCache.ts';
import { completeLimits, type ImageLimits } from './limits.ts';
import { Slots } from './slots.ts';
import { describeSource, type ImageSource } from './source.ts';

/** How often a server may point elsewhere before it is given up. */
const maximumRedirects = 3;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Bytes of a body that any number of requests may hold; what is longer is read a few at a time. */
const ordinaryBytes = 4 * 2 ** 20;
const longBodies = new Slots(4);

export interface FetchOptions {
  readonly limits?: Partial<ImageLimits>;
  /** Gives up when it is aborted, with its reason. */
  readonly signal?: AbortSignal;
  /** Where pictures are kept with what tells whether they have changed. @default nowhere */
  readonly cache?: FetchCache;
  /**
   * Does each request, those of redirects too, when its host may be asked; waiting for that takes none of the time
   * that the limits allow.
   * @default at once
   */
  readonly turn?: <Result>(target: URL, request: () => Promise<Result>) => Promise<Result>;
}

/** What came of a request that failed for a reason that may pass; the `cause` of its error. */
export interface HostAnswer {
  /** Of HTTP; none where the connection failed. */
  readonly status?: number;
  /** Seconds for which the host asks to be left alone. */
  readonly retryAfter?: number;
  /** Whether there was no answer in time: not asked for again, since that takes as long once more. */
  readonly isLate?: boolean;
}

/**
 * Fetches a picture over http or https; every redirect passes the same checks as the URL itself.
 *
 * `limits.maximumBytes` bounds the body, `limits.timeoutSeconds` all of its requests together.
 *
 * @returns a source of bytes whose content is yet to be looked at
 * @throws {OnesheetError} URL_REFUSED, URL_UNREACHABLE, IMAGE_TOO_BIG
 */
export async function fetchImage(
  url: string,
  connections: Connections,
  { limits: given = {}, signal, cache, turn = (_, request) => request() }: FetchOptions = {},
): Promise<Extract<ImageSource, { kind: 'bytes' }>> {
  const name = describeSource({ kind: 'url', url });
  const limits = completeLimits(given);
  let left = limits.timeoutSeconds * 1000;
  const inTime = async (target: URL): Promise<Uint8Array | string> => {
    const start = performance.now();
    const late = AbortSignal.timeout(Math.max(0, Math.ceil(left)));
    try {
      const either = signal ? AbortSignal.any([signal, late]) : late;
      return await ask(target, { name, limits, connections, cache, signal: either });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (late.aborted)
        throw unreachable(name, `it took more than ${limits.timeoutSeconds} s`, { isLate: true });
      if (error instanceof OnesheetError) throw error;
      if (error instanceof AddressRefused) throw onesheetError('URL_REFUSED', name, error.message);
      throw unreachable(name, reasonOf(error as NodeJS.ErrnoException), {});
    } finally {
      left -= performance.now() - start;
    }
  };
  let target = parse(url, name);
  for (let hop = 0; hop <= maximumRedirects; hop++) {
    const found = await turn(target, () => inTime(target));
    if (typeof found !== 'string') return { kind: 'bytes', bytes: found, name };
    target = parse(found, name, target);
  }
  throw onesheetError('URL_UNREACHABLE', name, `it redirects more than ${maximumRedirects} times`);
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

function parse(text: string, name: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  if (!url) throw onesheetError('URL_REFUSED', name, 'it is no URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw onesheetError('URL_REFUSED', name, 'only http and https are fetched');
  if (url.username !== '' || url.password !== '')
    throw onesheetError('URL_REFUSED', name, 'it carries a user name or password');
  return url;
}

interface Asking {
  /** The URL as messages call it: that of the call, whatever it redirects to. */
  readonly name: string;
  readonly limits: ImageLimits;
  readonly connections: Connections;
  readonly cache: FetchCache | undefined;
  readonly signal: AbortSignal;
}

/** One request. @returns the picture's bytes, or where it is instead */
async function ask(
  target: URL,
  { name, limits, connections, cache, signal }: Asking,
): Promise<Uint8Array | string> {
  const kept = await cache?.find(target.href);
  const { statusCode, headers, body } = await connections.get(
    target,
    {
      accept: 'image/*',
      'accept-encoding': 'identity',
      'user-agent': `onesheet/${version}`,
      ...kept?.conditions,
    },
    signal,
  );
  const header = (field: string): string | undefined => [headers[field]].flat()[0];
  if (statusCode === 200) {
    const bytes = await readAll(body, Number(header('content-length') ?? 0), name, limits, signal);
    await cache?.keep(target.href, bytes, header);
    return bytes;
  }
  // What else the answer holds is nobody's wish; the connection ends where it is more than a little.
  await body.dump({ limit: 16_384 }).catch(() => undefined);
  if (statusCode === 304 && kept !== undefined && kept.bytes.length <= limits.maximumBytes) return kept.bytes;
  const location = header('location');
  if (redirects.has(statusCode) && location !== undefined) return location;
  const retryAfter = secondsOf(header('retry-after'));
  throw unreachable(name, `its host answers ${statusCode}`, { status: statusCode, retryAfter });
}

async function readAll(
  body: Dispatcher.ResponseData['body'],
  announced: number,
  name: string,
  { maximumBytes }: ImageLimits,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  const pieces = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  /** Whether the body ended before it had so many bytes. */
  const readUpTo = async (most: number): Promise<boolean> => {
    while (size <= most) {
      const { done, value } = await pieces.next();
      if (done) return true;
      size += value.length;
      chunks.push(value);
    }
    return false;
  };
  const read = async (): Promise<boolean> =>
    (await readUpTo(Math.min(ordinaryBytes, maximumBytes))) ||
    (size <= maximumBytes && (await longBodies.run(() => readUpTo(maximumBytes), signal)));
  const isWhole = announced <= maximumBytes && (await read());
  if (isWhole) return new Uint8Array(Buffer.concat(chunks));
  body.on('error', () => undefined).destroy();
  throw onesheetError('IMAGE_TOO_BIG', name, Math.max(announced, size), maximumBytes);
}
