/** @module The options that name a Redis server -> its URL, in the same words in every command that works by many machines. */
import type { ClusterRunsOptions } from '../cluster/index.ts';
import { trainByWorkers } from '../cluster/index.ts';
import { onesheetError } from '../errors.ts';
import { printable } from '../printable.ts';
import type { TrainElsewhere } from '../train/index.ts';
import { listenForStop } from './stopping.ts';

const url = 'redis://[[user]:password@]host[:port][/database], or rediss:// for TLS';

/** The variable that holds the URL where no list of processes should show its password. */
const variable = 'ONESHEET_REDIS';

export const redisArgument = {
  redis: {
    type: 'string',
    valueHint: 'url',
    description: `${url}; by default the environment variable ${variable}`,
  },
} as const;

/** For commands that train by themselves where no server is named. */
export const trainElsewhereArgument = {
  redis: {
    type: 'string',
    valueHint: 'url|env',
    description: `Train by all workers (\`cluster worker --train\`) of this server, by default with 1 thread each: ${url}; env takes the variable ${variable}`,
  },
} as const;

/** @throws {OnesheetError} OPTION_INVALID */
export function redisOf(args: { readonly redis?: string }): string {
  const named = args.redis === 'env' ? undefined : args.redis;
  const found = named ?? process.env[variable];
  if (found !== undefined && found !== '') return found;
  throw onesheetError(
    'OPTION_INVALID',
    'redis',
    `the URL of a Redis server, or the variable ${variable}`,
    'nothing',
  );
}

/** What happens on a cluster, for people. */
export function say(sentence: string): void {
  process.stderr.write(`onesheet: ${printable(sentence)}\n`);
}

/**
 * What trains runs by the workers of a server, with a line for each on standard error; nothing where none is named.
 *
 * @throws {OnesheetError} OPTION_INVALID
 */
export function elsewhereOf(
  args: { readonly redis?: string },
  options: Omit<ClusterRunsOptions, 'redis' | 'signal' | 'onNotice' | 'onRun'>,
): TrainElsewhere | undefined {
  if (args.redis === undefined) return undefined;
  const redis = redisOf(args);
  return async (runs) => {
    const stopping = listenForStop();
    let ended = 0;
    try {
      return await trainByWorkers(runs, {
        ...options,
        redis,
        signal: stopping.signal,
        onNotice: say,
        onRun: (folder, what) => {
          if (what !== 'is under way') ended += 1;
          process.stderr.write(`${printable(folder)} ${what} (${ended} of ${runs.length})\n`);
        },
      });
    } finally {
      stopping.end();
    }
  };
}
