/** @module The URL of a Redis server -> a connection that outlasts the server's absences, and sentences on what is wrong with it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { onesheetError } from '../errors.ts';
import { reasonOf } from '../files.ts';

export interface RedisOptions {
  /** Is told in sentences when the server is lost or back, and what of its settings may lose work. */
  readonly onNotice?: (sentence: string) => void;
}

/** A server, and how messages call it: without the password. */
export interface RedisLink {
  readonly name: string;
  readonly client: Redis;
  readonly close: () => void;
}

/** Milliseconds for which a server that does not listen yet is waited for, and the longest pause between later attempts. */
const [firstPatience, longestPause] = [5000, 3000];

/** Milliseconds between looks for an answer, and how many of them without any say that the server is gone. */
const [silenceInterval, silentLooks] = [2000, 5];

/** A server that is just being started, or reads its file. */
const passing = /ECONNREFUSED|ECONNRESET|EPIPE|Connection is closed|LOADING/;

/** What else a cluster is made of; `npm install` brings neither by itself. */
const clusterPackages = 'bullmq ioredis';

/** @throws {OnesheetError} CLUSTER_MISSING */
export async function loaded<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw onesheetError('CLUSTER_MISSING', `npm install ${clusterPackages}`, reason!);
  }
}

/**
 * The first connection has to succeed within seconds; after that, whatever is asked for waits until the server is back.
 *
 * @param url such as `redis://:password@host:6379/0`, or `rediss://` for TLS
 * @throws {OnesheetError} OPTION_INVALID for another URL; QUEUE_UNREACHABLE for a server that does not answer or wants
 * another password; CLUSTER_MISSING
 */
export async function openRedis(url: string, options: RedisOptions = {}): Promise<RedisLink> {
  const { onNotice = () => undefined } = options;
  const name = nameOf(url);
  const { Redis } = await loaded(() => import('ioredis'));
  let wasReady = false;
  let isLost = false;
  let last: Error | undefined;
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 10_000,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (wasReady ? Math.min(250 * times, longestPause) : null),
  });
  client.on('error', (error) => {
    last = error;
  });
  let isClosed = false;
  let watch: NodeJS.Timeout | undefined;
  const close = (): void => {
    isClosed = true;
    clearInterval(watch);
    client.disconnect();
  };
  try {
    for (const started = performance.now(); !wasReady; ) {
      try {
        await client.connect();
        await client.ping();
        wasReady = true;
      } catch (error) {
        const waits = performance.now() - started < firstPatience;
        if (!waits || !passing.test(String(last ?? error))) throw error;
        await sleep(250);
      }
    }
    for (const sentence of weaknesses(name, await client.info())) onNotice(sentence);
  } catch (error) {
    close();
    throw onesheetError('QUEUE_UNREACHABLE', name, describe(last ?? (error as Error)));
  }
  const lost = (): void => {
    if (isLost || isClosed) return;
    isLost = true;
    onNotice(`Redis at ${name} is gone; waiting until it is back.`);
  };
  const found = (): void => {
    if (isLost) onNotice(`Redis at ${name} is back.`);
    isLost = false;
  };
  client.on('close', lost);
  client.on('ready', found);
  watch = watchSilence(client, lost, found);
  return { name, client, close };
}

/** What BullMQ makes on a connection. */
interface Beginning {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<unknown>;
}

/**
 * BullMQ's queues and workers do nothing for ever where the server is lost while they begin; then they are made anew.
 *
 * @throws what else keeps them from beginning
 */
export async function madeReady<Made extends Beginning>(make: () => Made): Promise<Made> {
  for (;;) {
    const made = make();
    try {
      await made.waitUntilReady();
      return made;
    } catch (error) {
      await made.close().catch(() => undefined);
      if (!passing.test(String(error))) throw error;
      await sleep(250);
    }
  }
}

/** A server that hangs, or whose machine is gone, leaves connections open: it shows only in answers that do not come. */
function watchSilence(client: Redis, lost: () => void, found: () => void): NodeJS.Timeout {
  // Looks rather than seconds, so that what holds up this process is not laid at the server's door.
  let looks = 0;
  const ask = (): void => {
    looks += 1;
    if (looks === silentLooks) lost();
    if (looks > 1) return;
    client.ping().then(
      () => {
        looks = 0;
        found();
      },
      () => {
        looks = 0;
      },
    );
  };
  return setInterval(ask, silenceInterval).unref();
}

function nameOf(url: string): string {
  const expected = 'a URL redis://[[user]:password@]host[:port][/database], or rediss:// for TLS';
  if (!URL.canParse(url)) throw onesheetError('OPTION_INVALID', 'redis', expected, 'something else');
  const { protocol, hostname, port, pathname } = new URL(url);
  if (!['redis:', 'rediss:'].includes(protocol) || hostname === '' || !/^(\/\d*)?$/.test(pathname))
    throw onesheetError('OPTION_INVALID', 'redis', expected, `one of ${protocol}//${hostname}${pathname}`);
  return `${hostname}:${port === '' ? 6379 : port}`;
}

function describe(error: Error): string {
  const { message } = error;
  if (/WRONGPASS|NOAUTH|invalid password/i.test(message))
    return 'it wants another user or password; expected redis://user:password@host';
  const cause = ((error as AggregateError).errors?.[0] ?? error) as NodeJS.ErrnoException;
  const code = cause.code ?? '';
  if (unsigned.test(code))
    return `its certificate is not trusted (${cause.message}); NODE_EXTRA_CA_CERTS names a file of further authorities`;
  if (/CERT/.test(code)) return `its certificate is not accepted (${cause.message})`;
  return (
    {
      ECONNREFUSED: 'nothing listens there',
      ENOTFOUND: 'there is no such host',
      ECONNRESET: 'it cut the connection; expected rediss:// where it speaks TLS',
      ETIMEDOUT: 'it did not answer in time; expected redis:// where it does not speak TLS',
    }[code] ?? reasonOf(cause)
  );
}

/** Codes of OpenSSL for a certificate of an authority that is not known. */
const unsigned = /SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE)/;

function weaknesses(name: string, info: string): string[] {
  const value = (field: string): string | undefined =>
    info.match(new RegExp(`^${field}:(.*?)\r?$`, 'm'))?.[1];
  const found: string[] = [];
  if (value('aof_enabled') === '0')
    found.push(
      `Redis at ${name} keeps no append-only file (appendonly yes): after a crash of it, shards under way are handed out again.`,
    );
  const policy = value('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction')
    found.push(
      `Redis at ${name} may evict jobs when its memory is full (maxmemory-policy ${policy}): expected noeviction.`,
    );
  return found;
}
