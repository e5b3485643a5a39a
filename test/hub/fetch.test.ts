import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { type FetchedNetwork, fetchFromHub, type HubOptions } from '../../src/hub/index.ts';
import { temporaryFolder } from '../model/fixture.ts';
import { commit, type Faults, type TestHub, testHub } from './server.ts';

const network = Uint8Array.from({ length: 40_000 }, (_, i) => (i * i) % 251);
const preprocessor = Buffer.from('{"image_mean": [0.5, 0.5, 0.5]}');
const files = {
  'onnx/model.onnx': network,
  'onnx/small.onnx': network.subarray(1),
  'preprocessor_config.json': preprocessor,
};

interface Bench {
  readonly hub: TestHub;
  readonly cache: string;
  readonly fetch: (reference: string, options?: HubOptions) => Promise<FetchedNetwork>;
}

async function bench(
  faults: Faults = {},
  served: Readonly<Record<string, Uint8Array>> = files,
): Promise<Bench> {
  const hub = await testHub(served, faults);
  const cache = await temporaryFolder();
  const fetch = (reference: string, options: HubOptions = {}): Promise<FetchedNetwork> =>
    fetchFromHub(reference, { endpoint: hub.endpoint, hubCache: cache, token: '', ...options });
  return { hub, cache, fetch };
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

test('fetches the network at its usual place and how pixels are prepared, pinned to a commit', async () => {
  const { fetch } = await bench();
  const found = await fetch('hf:owner/name');
  expect(found.source).toBe(`hf:owner/name/onnx/model.onnx@${commit}`);
  expect((await readFile(found.network)).equals(network)).toBe(true);
  expect((await readFile(found.preprocessor!)).equals(preprocessor)).toBe(true);
});

test('what is in the cache is not fetched again, and its commit needs no hub', async () => {
  const { hub, fetch } = await bench();
  const { source } = await fetch('hf:owner/name');
  hub.seen.length = 0;
  await fetch('hf:owner/name');
  expect(hub.seen.filter(({ method, path }) => method === 'GET' && !path.startsWith('/api/'))).toEqual([]);
  await hub.close();
  expect((await fetch(source)).source).toBe(source);
});

test('a repository without preprocessing facts is remembered as one', async () => {
  const { hub, fetch } = await bench({}, { 'model.onnx': network });
  const { source, preprocessor: facts } = await fetch('hf:owner/name');
  expect(facts).toBeUndefined();
  await hub.close();
  expect((await fetch(source)).preprocessor).toBeUndefined();
});

test('a file in the cache that was changed is fetched anew', async () => {
  const { fetch } = await bench();
  const { network: path } = await fetch('hf:owner/name');
  await writeFile(path, network.with(100, 7));
  await fetch('hf:owner/name');
  expect((await readFile(path)).equals(network)).toBe(true);
});

test('a connection that breaks is taken up where it broke', async () => {
  const { hub, fetch } = await bench({ breaks: [10_000, 5000] });
  const { network: path } = await fetch('hf:owner/name/onnx/model.onnx');
  expect((await readFile(path)).equals(network)).toBe(true);
  const ranges = hub.seen.filter(({ host }) => host === 'bytes').map(({ range }) => range);
  expect(ranges).toEqual([undefined, 'bytes=10000-', 'bytes=15000-']);
});

test('what came before an interruption is continued the next time', async () => {
  const { hub, fetch } = await bench({ breaks: [10_000, 5000, 1000] });
  expect(await messageOf(fetch('hf:owner/name'))).toMatch(
    /^Fetching owner\/name\/onnx\/model\.onnx was interrupted \(.+\): the same command continues where it stopped\.$/,
  );
  hub.seen.length = 0;
  const { network: path } = await fetch('hf:owner/name');
  expect((await readFile(path)).equals(network)).toBe(true);
  expect(hub.seen.find(({ host }) => host === 'bytes')?.range).toBe('bytes=16000-');
});

test('a host that ignores Range sends the whole file again', async () => {
  const { fetch } = await bench({ breaks: [10_000], ignoresRange: true });
  const { network: path } = await fetch('hf:owner/name');
  expect((await readFile(path)).equals(network)).toBe(true);
});

test.each([
  [
    'another content',
    network.with(5, 0),
    /not the file: its SHA-256 is [0-9a-f]{64} instead of [0-9a-f]{64}\.$/,
  ],
  ['too much', Uint8Array.from([...network, 1]), /not the file: it has more than 40000 bytes\.$/],
])('%s is refused and thrown away', async (_, damaged, message) => {
  const { hub, cache, fetch } = await bench({ damaged });
  expect(await messageOf(fetch('hf:owner/name'))).toMatch(message);
  const left = await readdir(cache, { recursive: true });
  expect(
    left.filter((name) => /onnx$|partial$/.test(dirname(name)) || /\.onnx$|partial$/.test(name)),
  ).toEqual([]);
  hub.faults.damaged = undefined;
  await fetch('hf:owner/name');
});

test('the token goes to the hub and to no other host', async () => {
  const { hub, fetch } = await bench({ token: 'secret' });
  await fetch('hf:owner/name', { token: 'secret' });
  const tokens = (host: string) =>
    new Set(hub.seen.filter((each) => each.host === host).map(({ authorization }) => authorization));
  expect(tokens('hub')).toEqual(new Set(['Bearer secret']));
  expect(tokens('bytes')).toEqual(new Set([undefined]));
});

test.each<[string, Faults, string | undefined, string]>([
  ['no token', { token: 'secret' }, '', 'there is no such repository, or it is private'],
  ['a wrong token', { token: 'secret' }, 'wrong', 'HF_TOKEN is not accepted, or there is no such repository'],
  ['401', { refuses: [401] }, '', 'there is no such repository, or it is private: set HF_TOKEN'],
  [
    'a gate',
    { refuses: [403, 'GatedRepo'] },
    'x',
    'it is gated: accept its terms on its page, then set HF_TOKEN',
  ],
  ['no such revision', { refuses: [404, 'RevisionNotFound'] }, '', 'the repository has no such revision'],
  ['404', { refuses: [404] }, '', 'there is no such repository, revision or file'],
  ['503', { refuses: [503] }, '', 'it answered 503'],
])('%s is said in one sentence', async (_, faults, token, reason) => {
  const { fetch } = await bench(faults);
  const message = await messageOf(fetch('hf:owner/name/onnx/model.onnx', { token }));
  expect(message).toBe(`The hub does not give owner/name/onnx/model.onnx: ${reason}.`);
});

test('a missing file, a choice to make and no network are said in one sentence', async () => {
  const { fetch } = await bench({}, { 'a.onnx': network, 'b.onnx': network, 'c.bin': network });
  expect(await messageOf(fetch('hf:owner/name/d.onnx'))).toBe(
    'The hub does not give owner/name/d.onnx: the repository has no such file at this revision.',
  );
  expect(await messageOf(fetch('hf:owner/name'))).toBe(
    'The hub does not give the files of owner/name: name one of a.onnx, b.onnx.',
  );
  const empty = await bench({}, { 'c.bin': network });
  expect(await messageOf(empty.fetch('hf:owner/name'))).toMatch(/it holds no \.onnx file/);
});

test('a hub that is not there, and one that leads astray, are said in one sentence', async () => {
  const { hub, fetch } = await bench({ redirectsTo: 'file:///etc/passwd' });
  expect(await messageOf(fetch('hf:owner/name'))).toMatch(/it redirects to file:/);
  hub.faults.redirectsTo = undefined;
  await hub.close();
  expect(await messageOf(fetch('hf:owner/name/a.onnx'))).toMatch(
    /^The hub does not give owner\/name\/a\.onnx: it cannot be reached \([A-Z_]+\)\.$/,
  );
});

test.each([
  'hf:name',
  'hf:owner/name/../x',
  'hf:owner/name/.x',
  'hf:/owner/name',
  'hf:owner/name@',
  'hf:o/n/a b',
])('%s is no reference', async (reference) => {
  await expect(fetchFromHub(reference)).rejects.toMatchObject({ code: 'HUB_REFERENCE', exitCode: 2 });
});
