import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { PoliteFetcher, type PoliteOptions } from '../../src/image/politeFetch.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function fetcher(options: PoliteOptions = {}): PoliteFetcher {
  return new PoliteFetcher({ networks: ['127.0.0.0/8'], backoff: 10, rate: 1000, ...options });
}

test('a host that is busy for a while is asked again, no sooner than it says', async () => {
  const times: number[] = [];
  const url = await serve((_, response) => {
    times.push(performance.now());
    if (times.length === 1) response.writeHead(503, { 'retry-after': '1' }).end();
    else if (times.length === 2) response.writeHead(500).end();
    else response.end('picture');
  });
  const { bytes } = await fetcher().fetch(url);
  expect(Buffer.from(bytes).toString()).toBe('picture');
  expect(times).toHaveLength(3);
  expect(times[1]! - times[0]!).toBeGreaterThan(990);
});

test('a host that wants an hour is left alone: its other posters fail at once, without a request', async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests += 1;
    response.writeHead(429, { 'retry-after': '3600' }).end();
  });
  const polite = fetcher();
  const started = performance.now();
  for (let at = 0; at < 3; at++)
    await expect(polite.fetch(`${url}${at}`)).rejects.toMatchObject({
      code: 'URL_UNREACHABLE',
      message: expect.stringMatching(/its host asks to be left alone for 3\d\d\d s\.$/),
    });
  expect(requests).toBe(1);
  expect(performance.now() - started).toBeLessThan(5000);
});

test('what will not pass is asked for once, what fails by its connection several times', async () => {
  const requests: Record<string, number> = {};
  const url = await serve((request, response) => {
    requests[request.url!] = (requests[request.url!] ?? 0) + 1;
    if (request.url === '/reset') request.socket.destroy();
    else if (request.url === '/inside') response.writeHead(302, { location: 'http://10.0.0.1/' }).end();
    else response.writeHead(404).end();
  });
  const polite = fetcher({ attempts: 3 });
  await expect(polite.fetch(`${url}gone`)).rejects.toThrow('its host answers 404');
  await expect(polite.fetch(`${url}inside`)).rejects.toMatchObject({ code: 'URL_REFUSED' });
  await expect(polite.fetch(`${url}reset`)).rejects.toThrow('the connection failed');
  expect(requests).toEqual({ '/gone': 1, '/inside': 1, '/reset': 3 });
});

test('one host gets so many requests at a time and a second, and others do not wait for it', async () => {
  let [now, most, requests] = [0, 0, 0];
  const slow = await serve((request, response) => {
    expect(request.headers['user-agent']).toMatch(/^onesheet\/\d/);
    most = Math.max(most, ++now);
    requests += 1;
    setTimeout(() => {
      now -= 1;
      response.end('x');
    }, 50);
  });
  const quick = await serve((_, response) => void response.end('y'));
  const polite = fetcher({ perHost: 2, rate: 20 });
  const started = performance.now();
  const all = Promise.all([...Array(10).keys()].map((at) => polite.fetch(`${slow}${at}`)));
  await polite.fetch(quick);
  expect(requests).toBeLessThan(10);
  await all;
  expect(most).toBe(2);
  expect(performance.now() - started).toBeGreaterThan(440);
});

test('fetching that is given up ends at once, with the reason', async () => {
  const url = await serve((_, response) => void response.writeHead(503, { 'retry-after': '30' }).end());
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('enough')), 200);
  await expect(fetcher().fetch(url, {}, stop.signal)).rejects.toThrow('enough');
});
