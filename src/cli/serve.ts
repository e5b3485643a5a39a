/** @module `onesheet serve`: a model -> an HTTP service that runs until it is told to stop. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineCommand } from 'citty';
import { onesheetError } from '../errors.ts';
import { readWholeFile, reasonOf } from '../files.ts';
import { findDevice, type SessionOptions } from '../graph/index.ts';
import { Classifier, loadModel, type Model, textModelPath } from '../model/index.ts';
import { modelPathOf, openTexts } from '../predict/index.ts';
import { requireNetworks } from '../read/index.ts';
import { buildServer, type OnesheetServer } from '../server/index.ts';
import { integerOf, listOf } from './arguments.ts';
import { deviceArguments, deviceOf } from './device.ts';
import { fetchArguments, fetchRateOf } from './fetching.ts';
import { lineForPeople } from './serveLog.ts';

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));
const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;

/** One token a line; empty lines and those that begin with # are skipped. */
async function readTokens(path: string): Promise<string[]> {
  const text = String(await readWholeFile(path, 'a file with one bearer token a line'));
  const tokens = text.split(/\r?\n/).map((line) => line.trim());
  const kept = tokens.filter((line) => line !== '' && !line.startsWith('#'));
  const shortest = Math.min(...kept.map(({ length }) => length));
  if (kept.length > 0 && shortest >= 16) return kept;
  const found = kept.length === 0 ? 'none' : `one of ${shortest}`;
  throw onesheetError('OPTION_INVALID', path, 'tokens of at least 16 characters, one a line', found);
}

/** One black poster, before any worker starts. */
async function classifyNothing(model: Model, options: SessionOptions): Promise<void> {
  const { height, width } = model.metadata.resize;
  const classifier = await Classifier.create(model, options);
  await classifier.classify(new Uint8Array(height * width * 3));
  await classifier.release();
}

/** @throws {OnesheetError} ADDRESS_UNUSABLE */
async function listen({ app }: OnesheetServer, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === 'EADDRINUSE' ? 'something listens there already; choose another --port' : undefined;
    await app.close();
    throw onesheetError('ADDRESS_UNUSABLE', `${host}:${port}`, reason ?? reasonOf(error));
  }
}

/** Waits for a signal to stop; a second one ends at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.once(name, (signal) => {
        process.once(name, () => process.exit(130));
        resolve(signal);
      });
    }
  });
}

/** On a terminal, the log is text. A log that cannot be written ends the process, as with every command. */
function logStream(): { readonly stream: { write(line: string): void } } {
  const format = process.stdout.isTTY ? lineForPeople : (line: string) => line;
  return { stream: { write: (line) => void process.stdout.write(format(line)) } };
}

function announce(log: OnesheetServer['app']['log'], model: string, address: string): void {
  if (process.stdout.isTTY)
    process.stdout.write(`Open ${address}\nRoutes: ${address}/docs. Model: ${model}. Ctrl-C stops it.\n`);
  else log.info({ model, address }, `ready: ${address}/ for people, ${address}/docs for programs`);
}

/** How long the process may take to end once everything is closed, in milliseconds. */
const lastBreath = 1000;

/**
 * The process ends by itself when nothing is left to do. What still hangs then, a lookup of a name or a step of the
 * engine, cannot be stopped from inside, and an ordinary exit would wait for it.
 */
function endForGood(): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), lastBreath).unref();
}

export const serveCommand = defineCommand({
  meta: { name: 'serve', description: 'Answer posters with genres over HTTP, and serve the page.' },
  args: {
    model: {
      type: 'string',
      valueHint: 'file|run',
      description: "A model file (.onnx) or a run's folder; by default the one that ships with onesheet",
    },
    host: {
      type: 'string',
      valueHint: 'address',
      default: '127.0.0.1',
      description: 'Address to listen on; 0.0.0.0 for all',
    },
    port: { type: 'string', valueHint: 'number', default: '8080', description: 'Port; 0 for any free one' },
    workers: {
      type: 'string',
      valueHint: 'number',
      description:
        'Threads with a copy of the network; by default one a thread of the engine and one for single posters',
    },
    threads: {
      type: 'string',
      valueHint: 'number',
      description: 'Threads of the engine, with --workers in each of them; by default one a core',
    },
    ...deviceArguments,
    batch: {
      type: 'string',
      valueHint: 'number',
      description: 'Posters that go through a network at a time; by default 8 for one worker, 2 for several',
    },
    queue: {
      type: 'string',
      valueHint: 'number',
      description: 'Posters that may wait; beyond that the answer is 503 (Default: 128)',
    },
    deadline: {
      type: 'string',
      valueHint: 'seconds',
      description: 'Within which a prediction is answered or given up (Default: 5)',
    },
    drain: {
      type: 'string',
      valueHint: 'seconds',
      description: 'To finish what was begun when it is told to stop (Default: 6)',
    },
    'rate-limit': {
      type: 'string',
      valueHint: 'number',
      description: 'Requests a minute from one address, wrong tokens included; by default any number',
    },
    proxies: {
      type: 'string',
      valueHint: 'number',
      description: 'Proxies in front whose X-Forwarded-For is believed (Default: 0)',
    },
    tokens: {
      type: 'string',
      valueHint: 'file',
      description: 'Bearer tokens, one a line, of which a client needs one; by default none is needed',
    },
    origins: {
      type: 'string',
      valueHint: 'list',
      description: 'Web origins whose pages may call the service, with commas between',
    },
    ...fetchArguments,
    read: {
      type: 'boolean',
      default: false,
      description: 'Read what stands on posters where a request asks for it (read=true)',
    },
    log: {
      type: 'enum',
      options: [...levels],
      default: 'info',
      description: 'How much to log; lines of JSON where standard output is no terminal',
    },
  },
  async run({ args }) {
    const level = levels.find((each) => each === args.log);
    if (!level) throw onesheetError('OPTION_INVALID', 'log', `one of ${levels.join(', ')}`, args.log);
    const { device, onPlacement } = deviceOf(args);
    const port = integerOf(args.port, 'port', 0, 65_535) ?? 8080;
    const settings = {
      workers: integerOf(args.workers, 'workers', 1, 64),
      threads: integerOf(args.threads, 'threads', 1, 256),
      device: await findDevice(device),
      maximumBatch: integerOf(args.batch, 'batch', 1, 256),
      queueLimit: integerOf(args.queue, 'queue', 1, 100_000),
      deadline: integerOf(args.deadline, 'deadline', 1, 600),
      drain: integerOf(args.drain, 'drain', 0, 3600),
      rateLimit: integerOf(args['rate-limit'], 'rate-limit', 0, 1_000_000),
      trustedProxies: integerOf(args.proxies, 'proxies', 0, 10),
      tokens: args.tokens === undefined ? [] : await readTokens(args.tokens),
      origins: listOf(args.origins),
      fetching: args.fetch,
      reading: args.read,
      networks: listOf(args.networks),
      fetchRate: fetchRateOf(args),
      pageFolder: join(packageFolder, 'dist', 'web'),
    };
    if (args.read) requireNetworks();
    const path = await modelPathOf(args.model);
    const model = await loadModel(path);
    if (onPlacement !== undefined) await classifyNothing(model, { device: settings.device, onPlacement });
    const hasTexts = existsSync(textModelPath(path));
    const texts = hasTexts ? await openTexts(model, path, {}) : undefined;
    const stopped = stopSignal();
    const server = await buildServer({ model, texts, ...settings, logger: { level, ...logStream() } });
    const address = await listen(server, args.host, port);
    const { log } = server.app;
    try {
      const signal = await Promise.race([stopped, server.warm]);
      if (signal === undefined) announce(log, model.id, address);
      log.info({ signal: signal ?? (await stopped) }, 'stopping: what was begun is finished');
    } finally {
      await server.app.close();
      endForGood();
    }
    log.info('stopped');
    return 0;
  },
});
