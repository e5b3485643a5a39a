/** @module `--fetch` and what goes with it -> what fetches posters that are named by URLs, or nothing. */
import { defaultFetchCacheFolder, FetchCache, PoliteFetcher } from '../image/index.ts';
import { integerOf, listOf } from './arguments.ts';

/** For every command that fetches posters. */
export const fetchArguments = {
  fetch: {
    type: 'boolean',
    default: false,
    description: 'Fetch posters that are named by URLs, from public addresses only',
  },
  networks: {
    type: 'string',
    valueHint: 'list',
    description: 'Networks to fetch from although they are not public, such as 10.1.0.0/16',
  },
  'fetch-rate': {
    type: 'string',
    valueHint: 'number',
    description: 'Requests that one host gets in a second, at most; by default 20',
  },
} as const;

/** For commands that may see the same posters again. */
export const fetchCacheArgument = {
  type: 'string',
  valueHint: 'MB',
  description:
    'Keep fetched posters on disk, at most so many megabytes, and fetch again only those that have changed',
} as const;

interface FetchWish {
  readonly fetch: boolean;
  readonly networks?: string;
  readonly 'fetch-rate'?: string;
  readonly 'fetch-cache'?: string;
}

/** @throws {OnesheetError} OPTION_INVALID */
export function fetchRateOf(args: FetchWish): number | undefined {
  return integerOf(args['fetch-rate'], 'fetch-rate', 1, 100_000);
}

/** @returns undefined without `--fetch` @throws {OnesheetError} OPTION_INVALID; FILE_UNWRITABLE for the cache */
export async function fetcherOf(args: FetchWish): Promise<PoliteFetcher | undefined> {
  const [rate, megabytes] = [
    fetchRateOf(args),
    integerOf(args['fetch-cache'], 'fetch-cache', 1, Number.MAX_SAFE_INTEGER / 1e6),
  ];
  if (!args.fetch) return undefined;
  const cache =
    megabytes === undefined ? undefined : await FetchCache.open(defaultFetchCacheFolder(), megabytes * 1e6);
  return new PoliteFetcher({ networks: listOf(args.networks), rate, cache });
}
