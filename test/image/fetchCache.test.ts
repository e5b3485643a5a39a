import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FetchCache } from '../../src/image/fetchCache.ts';
import { PoliteFetcher } from '../../src/image/politeFetch.ts';
import { temporaryFolder } from '../model/fixture.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function fetcherWith(folder: string, megabytes = 1): Promise<PoliteFetcher> {
  const cache = await FetchCache.open(folder, megabytes * 1e6);
  return new PoliteFetcher({ networks: ['127.0.0.0/8'], rate: 1000, attempts: 1, cache });
}

const textOf = async (fetcher: PoliteFetcher, url: string): Promise<string> =>
  Buffer.from((await fetcher.fetch(url)).bytes).toString();

test.each([
  ['etag', 'if-none-match', '"a"', '"b"'],
  ['etag', 'if-none-match', 'W/"a"', 'W/"b"'],
  ['last-modified', 'if-modified-since', 'Tue, 01 Jan 2030 00:00:00 GMT', 'Tue, 02 Jan 2030 00:00:00 GMT'],
])(
  'a picture that has not changed by its %s is not sent again, and one that has is',
  async (given, asked, first, second) => {
    let [state, text, sent] = [first, 'old', 0];
    const url = await serve((request, response) => {
      if (request.headers[asked] === state) return void response.writeHead(304).end();
      sent += 1;
      response.writeHead(200, { [given]: state }).end(text);
    });
    const folder = await temporaryFolder();
    expect(await textOf(await fetcherWith(folder), url)).toBe('old');
    // Another process, later.
    const fetcher = await fetcherWith(folder);
    expect([await textOf(fetcher, url), sent]).toEqual(['old', 1]);
    [state, text] = [second, 'new'];
    expect([await textOf(fetcher, url), await textOf(fetcher, url), sent]).toEqual(['new', 'new', 2]);
  },
);

test('a host that is closed now is asked, and what it gave before is not given', async () => {
  let isOpen = true;
  const url = await serve((_, response) =>
    isOpen ? response.writeHead(200, { etag: '"a"' }).end('x') : response.writeHead(403).end(),
  );
  const folder = await temporaryFolder();
  await textOf(await fetcherWith(folder), url);
  isOpen = false;
  await expect(textOf(await fetcherWith(folder), url)).rejects.toThrow('its host answers 403');
  const strict = new PoliteFetcher({ cache: await FetchCache.open(folder, 1e6) });
  await expect(strict.fetch(url)).rejects.toMatchObject({ code: 'URL_REFUSED' });
});

test('nothing is kept of what its host wants kept nowhere, or says nothing to ask with', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/secret')
      response.setHeader('cache-control', 'private, no-store').setHeader('etag', '"a"');
    if (request.url === '/odd') response.setHeader('etag', 'no quotes');
    response.end('x');
  });
  const folder = await temporaryFolder();
  const fetcher = await fetcherWith(folder);
  for (const path of ['secret', 'odd', 'plain']) await fetcher.fetch(url + path);
  expect(await readdir(folder)).toEqual([]);
});

test('a file that is damaged counts as none', async () => {
  let sent = 0;
  const url = await serve((request, response) => {
    if (request.headers['if-none-match'] !== undefined) return void response.writeHead(304).end();
    sent += 1;
    response.writeHead(200, { etag: '"a"' }).end('picture');
  });
  const folder = await temporaryFolder();
  const fetcher = await fetcherWith(folder);
  await fetcher.fetch(url);
  const [name] = await readdir(folder);
  const whole = await readFile(join(folder, name!));
  for (const damaged of [
    whole.subarray(0, -1),
    whole.subarray(0, 20),
    Buffer.from('{}\npicture'),
    Buffer.from(''),
  ]) {
    await writeFile(join(folder, name!), damaged);
    expect(await textOf(fetcher, url)).toBe('picture');
  }
  expect(sent).toBe(5);
});

test('its size is bounded; what was used longest ago goes first, and files of others stay', async () => {
  const url = await serve((request, response) => {
    if (request.headers['if-none-match'] !== undefined) return void response.writeHead(304).end();
    response.writeHead(200, { etag: '"a"' }).end(Buffer.alloc(100_000));
  });
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'mine.txt'), Buffer.alloc(2_000_000));
  const fetcher = await fetcherWith(folder);
  const cache = await FetchCache.open(folder, 1e6);
  const pause = () => new Promise((resolve) => setTimeout(resolve, 15));
  for (let at = 0; at < 9; at++) {
    await fetcher.fetch(`${url}${at}`);
    await pause();
  }
  // Used again, so that it is no longer the oldest.
  await fetcher.fetch(`${url}0`);
  await pause();
  for (let at = 9; at < 13; at++) {
    await fetcher.fetch(`${url}${at}`);
    await pause();
  }
  const there = async (at: number) => (await cache.find(`${url}${at}`)) !== undefined;
  expect(await Promise.all([0, 1, 2, 11, 12].map(there))).toEqual([true, false, false, true, true]);
  const sizes = await Promise.all(
    (await readdir(folder)).filter((name) => name !== 'mine.txt').map((name) => stat(join(folder, name))),
  );
  expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(1e6);
  expect((await stat(join(folder, 'mine.txt'))).size).toBe(2_000_000);
  // A smaller cap holds from the beginning.
  await FetchCache.open(folder, 300_000);
  expect((await readdir(folder)).length).toBeLessThanOrEqual(3);
});

test('a folder that cannot be written is a sentence at the beginning', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  await expect(FetchCache.open(join(file, 'posters'), 1e6)).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
  });
});
