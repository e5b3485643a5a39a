/** @module A reference to a repository of the hub -> its network and preprocessing facts, as files in the cache. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { OnesheetError, onesheetError } from '../errors.ts';
import { readWholeFile, writeFileAtomically } from '../files.ts';
import { differenceFrom, download, type FileFacts } from './download.ts';
import { type HubReference, parseReference } from './reference.ts';
import { type HubAccess, networkReason, request, withPatience } from './request.ts';

export interface HubOptions {
  /** The hub's address. @default HF_ENDPOINT, else https://huggingface.co */
  readonly endpoint?: string;
  /** Access token. @default HF_TOKEN */
  readonly token?: string;
  /** Folder of fetched files. @default onesheet in HF_HOME, else in XDG_CACHE_HOME, else in ~/.cache */
  readonly hubCache?: string;
  /** Milliseconds without a byte after which a request is given up. @default 60000 */
  readonly patience?: number;
  readonly onPreparation?: (what: string, done: number, total: number) => void;
}

export interface FetchedNetwork {
  /** Path of the network. */
  readonly network: string;
  /** Path of the repository's preprocessor_config.json, where it has one. */
  readonly preprocessor: string | undefined;
  /** `hf:owner/name/file@commit` */
  readonly source: string;
}

/** Largest files that are fetched: networks as protobuf limits them, and text. */
const mostBytes = { network: 2 ** 31 - 1, text: 2 ** 20 };
const cachedFactsSchema = z.union([
  z.literal('absent'),
  z.strictObject({
    commit: z.string().regex(/^[0-9a-f]{40}$/),
    etag: z.string().regex(/^[A-Za-z0-9._-]+$/),
    size: z.int().nonnegative(),
  }),
]);
const preprocessorFile = 'preprocessor_config.json';

function accessOf({ endpoint, token, patience = 60_000 }: HubOptions): HubAccess {
  const address = endpoint ?? (process.env.HF_ENDPOINT || 'https://huggingface.co');
  if (!/^https?:\/\/[^/]/.test(address))
    throw onesheetError(
      'OPTION_INVALID',
      'HF_ENDPOINT',
      'an address that begins with http:// or https://',
      address,
    );
  return {
    endpoint: address.replace(/\/+$/, ''),
    token: token ?? (process.env.HF_TOKEN || undefined),
    patience,
  };
}

function cacheOf({ hubCache }: HubOptions): string {
  const { HF_HOME: home, XDG_CACHE_HOME: caches } = process.env;
  return hubCache ?? join(home || caches || join(homedir(), '.cache'), 'onesheet');
}

/** Errors of the network in a sentence; the hub's own refusals are sentences already. */
async function asking<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OnesheetError) throw error;
    throw onesheetError('HUB_REFUSED', what, `it cannot be reached (${networkReason(error)})`);
  }
}

/** The networks of a repository: the only one, or the one at the usual place. */
async function findNetwork({ owner, name, revision }: HubReference, access: HubAccess): Promise<string> {
  const what = `the files of ${owner}/${name}`;
  const url = `${access.endpoint}/api/models/${owner}/${name}/revision/${encodeURIComponent(revision)}`;
  const text = await asking(what, () =>
    withPatience(access.patience, async (signal) =>
      (await request(url, access, { method: 'GET', what, signal })).text(),
    ),
  );
  let names: string[];
  try {
    const { siblings } = JSON.parse(text) as { siblings: { rfilename: string }[] };
    names = siblings.map(({ rfilename }) => String(rfilename)).filter((file) => file.endsWith('.onnx'));
  } catch {
    throw onesheetError('HUB_REFUSED', what, 'its answer is no list of files');
  }
  const usual = ['model.onnx', 'onnx/model.onnx'].find((file) => names.includes(file));
  const chosen = usual ?? (names.length === 1 ? names[0] : undefined);
  if (chosen === undefined)
    throw onesheetError(
      'HUB_REFUSED',
      what,
      names.length === 0 ? 'it holds no .onnx file' : `name one of ${names.join(', ')}`,
    );
  return chosen;
}

function resolveUrl(
  { owner, name }: HubReference,
  revision: string,
  file: string,
  access: HubAccess,
): string {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return `${access.endpoint}/${owner}/${name}/resolve/${encodeURIComponent(revision)}/${path}`;
}

/** Asks what a file is at a revision; `undefined` where an optional one is missing. */
async function factsOf(
  reference: HubReference,
  file: string,
  isOptional: boolean,
  access: HubAccess,
): Promise<FileFacts | undefined> {
  const { owner, name, revision } = reference;
  const what = `${owner}/${name}/${file}`;
  const response = await asking(what, () =>
    withPatience(access.patience, (signal) =>
      request(resolveUrl(reference, revision, file, access), access, {
        method: 'HEAD',
        what,
        signal,
        staysOnHub: true,
        mayBeMissing: isOptional,
      }),
    ),
  );
  if (response.status === 404) return undefined;
  const { headers } = response;
  const commit = headers.get('x-repo-commit') ?? '';
  const etag = (headers.get('x-linked-etag') ?? headers.get('etag') ?? '')
    .replace(/^W\//, '')
    .replaceAll('"', '');
  const size = Number(headers.get('x-linked-size') ?? headers.get('content-length') ?? Number.NaN);
  if (!/^[0-9a-f]{40}$/.test(commit) || !/^[A-Za-z0-9._-]+$/.test(etag) || !Number.isSafeInteger(size))
    throw onesheetError('HUB_REFUSED', what, 'its answer lacks the commit, the hash or the size of the file');
  const limit = isOptional ? mostBytes.text : mostBytes.network;
  if (size > limit)
    throw onesheetError('HUB_REFUSED', what, `it has ${size} bytes, and at most ${limit} are fetched`);
  return { commit, etag, size };
}

interface CachedFile {
  readonly path: string;
  readonly commit: string;
}

/** A file in the cache, fetched if need be; `undefined` where an optional one is missing. */
async function fetchFile(
  reference: HubReference,
  file: string,
  isOptional: boolean,
  access: HubAccess,
  options: HubOptions,
): Promise<CachedFile | undefined> {
  const { owner, name, revision } = reference;
  const pathAt = (commit: string): string => join(cacheOf(options), `${owner}--${name}`, commit, file);
  const isPinned = /^[0-9a-f]{40}$/.test(revision);
  const known = isPinned ? await factsInCache(pathAt(revision)) : undefined;
  if (known === 'absent') return undefined;
  const facts = known ?? (await factsOf(reference, file, isOptional, access));
  if (facts === undefined) {
    if (isPinned) await writeFileAtomically(factsFile(pathAt(revision)), JSON.stringify('absent'));
    return undefined;
  }
  const path = pathAt(facts.commit);
  if ((await differenceFrom(path, facts)) !== undefined) {
    const what = `${owner}/${name}/${file}`;
    const onBytes = (done: number, total: number): void =>
      options.onPreparation?.(`fetching ${what}`, done, total);
    const url = resolveUrl(reference, facts.commit, file, access);
    await download({ url, what, facts, path, onBytes }, access);
    await writeFileAtomically(factsFile(path), JSON.stringify(facts));
  }
  return { path, commit: facts.commit };
}

function factsFile(path: string): string {
  return `${path}.facts.json`;
}

/** What the hub said of a file that was fetched before: a commit's files never change. */
async function factsInCache(path: string): Promise<FileFacts | 'absent' | undefined> {
  try {
    const text = await readWholeFile(factsFile(path), 'facts');
    return cachedFactsSchema.parse(JSON.parse(text.toString()));
  } catch {
    return undefined;
  }
}

/**
 * Fetches a network, and the repository's preprocessor_config.json where there is one, at one and the same commit.
 * What is in the cache and agrees with the hub's hash is not fetched again; a commit that is in the cache needs no hub.
 *
 * @param text `hf:owner/name[/file][@revision]`
 * @throws {OnesheetError} HUB_REFERENCE, HUB_REFUSED, HUB_INTERRUPTED, HUB_DAMAGED, FILE_UNWRITABLE
 */
export async function fetchFromHub(text: string, options: HubOptions = {}): Promise<FetchedNetwork> {
  const reference = parseReference(text);
  const access = accessOf(options);
  const file = reference.file ?? (await findNetwork(reference, access));
  const { path, commit } = (await fetchFile(reference, file, false, access, options))!;
  const pinned = { ...reference, revision: commit };
  const preprocessor = (await fetchFile(pinned, preprocessorFile, true, access, options))?.path;
  return {
    network: path,
    preprocessor,
    source: `hf:${reference.owner}/${reference.name}/${file}@${commit}`,
  };
}
