import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { PoliteFetcher, type PoliteOptions } from '../../src/image/politeFetch.ts';

async function serve(listener: RequestListener, use: (server: Server) => void = () => {}): Promise<string> {
  const server = createServer(listener);
  use(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
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

test('connections stay open: a host sees no more of them than requests at a time', async () => {
  let [connections, requests] = [0, 0];
  const url = await serve(
    (_, response) => {
      requests += 1;
      response.end('x');
    },
    (server) => server.on('connection', () => (connections += 1)),
  );
  const polite = fetcher({ perHost: 3 });
  await Promise.all([...Array(30).keys()].map((at) => polite.fetch(`${url}${at}`)));
  expect(requests).toBe(30);
  expect(connections).toBeLessThanOrEqual(3);
});

test('a kept connection is that to the address that was checked, whatever its name resolves to by then', async () => {
  const seen: string[] = [];
  const url = new URL(await serve((request, response) => response.end(String(seen.push(request.url!)))));
  let lookups = 0;
  const resolve = async () => [{ address: lookups++ === 0 ? '127.0.0.1' : '10.0.0.1', family: 4 }];
  const polite = fetcher({ resolve, perHost: 1, attempts: 1 });
  url.hostname = 'posters.test';
  await polite.fetch(`${url}a`);
  await polite.fetch(`${url}b`);
  expect([seen, lookups]).toEqual([['/a', '/b'], 1]);
});

test('many posters of a host that wants an hour make no more requests than were under way when it said so', async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests += 1;
    response.writeHead(429, { 'retry-after': '3600' }).end();
  });
  const polite = fetcher({ perHost: 2 });
  const outcomes = await Promise.allSettled([...Array(40).keys()].map((at) => polite.fetch(`${url}${at}`)));
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  expect(requests).toBeLessThanOrEqual(2);
});

test('where a host redirects to another, the other is asked at the pace that it bears, too', async () => {
  let [now, most] = [0, 0];
  const target = await serve((_, response) => {
    most = Math.max(most, ++now);
    setTimeout(() => {
      now -= 1;
      response.end('x');
    }, 30);
  });
  const doors = await Promise.all(
    [0, 1, 2].map(() => serve((_, response) => response.writeHead(302, { location: target }).end())),
  );
  const polite = fetcher({ perHost: 1 });
  await Promise.all(doors.flatMap((door) => [`${door}a`, `${door}b`]).map((url) => polite.fetch(url)));
  expect(most).toBe(1);
});

test('waiting for a turn takes none of the time that a picture may take', async () => {
  const url = await serve((_, response) => void setTimeout(() => response.end('x'), 300));
  const polite = fetcher({ perHost: 1 });
  const all = [...Array(6).keys()].map((at) => polite.fetch(`${url}${at}`, { timeoutSeconds: 1 }));
  expect((await Promise.all(all)).map(({ bytes }) => bytes.length)).toEqual(Array(6).fill(1));
});

test('what comes too slowly is asked for once', async () => {
  let requests = 0;
  const url = await serve(() => {
    requests += 1;
  });
  await expect(fetcher().fetch(url, { timeoutSeconds: 1 })).rejects.toThrow('it took more than 1 s');
  expect(requests).toBe(1);
});

test('a host that answers nothing many times in a row is left alone for a while', async () => {
  let requests = 0;
  const url = await serve((request) => {
    requests += 1;
    request.socket.destroy();
  });
  const polite = fetcher({ attempts: 1, perHost: 1 });
  const reasons: string[] = [];
  for (let at = 0; at < 25; at++)
    await polite.fetch(`${url}${at}`).catch(({ message }) => reasons.push(message));
  expect(requests).toBe(20);
  expect(reasons[19]).toContain('the connection failed');
  expect(reasons[20]).toContain(
    'its host has not answered 20 requests in a row and is left alone for a minute',
  );
});

test('a body that goes on after all that a picture may have ends with its connection', async () => {
  let closed = 0;
  const url = await serve((_, response) => {
    const more = (): unknown =>
      response.writable && response.write(Buffer.alloc(65_536), () => setImmediate(more));
    response.on('close', () => (closed += 1));
    more();
  });
  await expect(fetcher().fetch(url, { maximumBytes: 100_000 })).rejects.toMatchObject({
    code: 'IMAGE_TOO_BIG',
  });
  await expect.poll(() => closed).toBe(1);
});
