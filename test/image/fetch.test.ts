import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { OnesheetError } from '../../src/errors.ts';
import { isPublicAddress, networksOf } from '../../src/image/addresses.ts';
import { type ConnectionOptions, Connections } from '../../src/image/connections.ts';
import { fetchImage } from '../../src/image/fetch.ts';
import type { ImageLimits } from '../../src/image/index.ts';

describe('an address', () => {
  test.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.255',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:a00:1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    '100::1',
    'localhost',
    '',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test('may lie in a network that was allowed by name', () => {
    const isAllowed = networksOf(['10.1.0.0/16', 'fd00::/8']);
    expect(['10.1.2.3', '10.2.2.3', 'fd12::1', 'fc00::1', 'fe80::1%1', 'x'].map(isAllowed)).toEqual([
      true,
      false,
      true,
      false,
      false,
      false,
    ]);
    for (const wrong of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/x', 'example.org/8', '10.0.0.0/8/8', ''])
      expect(() => networksOf([wrong])).toThrow('Expected networks such as 10.1.0.0/16');
  });
});

/** A web server on this machine, counting the connections that it sees. */
async function serve(answer: RequestListener): Promise<{ port: number; seen: string[]; server: Server }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.headers.host} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen, server };
}

const here = { networks: ['127.0.0.1/32'] };
const resolveTo = (...answers: string[][]): ConnectionOptions['resolve'] => {
  let calls = 0;
  return async () =>
    answers[Math.min(calls++, answers.length - 1)]!.map((address) => {
      return { address, family: address.includes(':') ? 6 : 4 };
    });
};

async function refusal(url: string, options: ConnectionOptions = {}, limits: Partial<ImageLimits> = {}) {
  const error: OnesheetError = await fetchImage(url, new Connections(options), {
    limits: { timeoutSeconds: 3, ...limits },
  }).then(
    () => expect.fail(`${url} was fetched`),
    (reason) => reason,
  );
  return [error.code, error.message];
}

describe('a picture by URL', () => {
  test('is fetched from a network that was allowed, with its redirects', async () => {
    const { port, seen } = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(302, { location: '/new' }).end();
      else response.end('picture');
    });
    const url = `http://127.0.0.1:${port}/old`;
    const { bytes, name, kind } = await fetchImage(url, new Connections(here));
    expect([kind, name, Buffer.from(bytes).toString()]).toEqual(['bytes', url, 'picture']);
    expect(seen).toHaveLength(2);
  });

  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://10.0.0.1/',
    'http://192.168.0.1/',
    'http://100.100.100.200/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'https://127.0.0.1/',
    'http://①②⑦.⓪.⓪.①/',
  ])('%s is refused for its address', async (url) => {
    const [code, message] = await refusal(url);
    expect([code, message]).toEqual(['URL_REFUSED', `Will not fetch ${url}: its address is not public.`]);
  });

  test.each([
    ['file:///etc/passwd', 'only http and https are fetched'],
    ['ftp://example.org/a.jpg', 'only http and https are fetched'],
    ['gopher://127.0.0.1:6379/_x', 'only http and https are fetched'],
    ['data:image/png;base64,AAAA', 'only http and https are fetched'],
    ['/a.jpg', 'it is no URL'],
    ['http://', 'it is no URL'],
    ['http://me:secret@8.8.8.8/', 'it carries a user name or password'],
  ])('%s is refused', async (url, reason) => {
    const [code, message] = await refusal(url);
    expect([code, message]).toEqual(['URL_REFUSED', expect.stringContaining(reason)]);
    expect(message).not.toContain('secret');
  });

  test('is refused when one of the addresses of its host is closed', async () => {
    const { port, seen } = await serve((_, response) => response.end('secret'));
    const url = `http://posters.test:${port}/`;
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['127.0.0.1', '8.8.8.8'], ['::1']])
      expect((await refusal(url, { resolve: resolveTo(addresses) }))[0]).toBe('URL_REFUSED');
    expect(seen).toEqual([]);
  });

  test('gains nothing from a name that resolves to something else a moment later', async () => {
    const { port, seen } = await serve((_, response) => response.end('secret'));
    let calls = 0;
    // A check before the connection would see the first answer, and the connection the second.
    const resolve = async () => {
      calls += 1;
      return [{ address: calls === 1 ? '127.0.0.2' : '127.0.0.1', family: 4 }];
    };
    const options = { resolve, networks: ['127.0.0.2/32'] };
    expect((await refusal(`http://posters.test:${port}/`, options))[0]).toBe('URL_UNREACHABLE');
    expect((await refusal(`http://posters.test:${port}/`, options))[0]).toBe('URL_REFUSED');
    expect([calls, seen]).toEqual([2, []]);
  });

  test('is refused when it redirects to where it could not have begun', async () => {
    const inner = await serve((_, response) => response.end('secret'));
    // The outer server is reached by its name at an address that is allowed; 127.0.0.3 is not.
    const resolve = async (host: string) => [
      { address: host === 'outer.test' ? '127.0.0.1' : '127.0.0.3', family: 4 },
    ];
    for (const location of [
      `http://127.0.0.3:${inner.port}/`,
      `http://inner.test:${inner.port}/`,
      `//inner.test:${inner.port}/`,
      `http://[::1]:${inner.port}/`,
      'http://169.254.169.254/',
      'file:///etc/passwd',
    ]) {
      const outer = await serve((_, response) => response.writeHead(302, { location }).end());
      const [code] = await refusal(`http://outer.test:${outer.port}/`, { resolve, ...here });
      expect([location, code, outer.seen.length]).toEqual([location, 'URL_REFUSED', 1]);
    }
    expect(inner.seen).toEqual([]);
  });

  test('is given up after three redirects', async () => {
    const { port, seen } = await serve((_, response) =>
      response.writeHead(301, { location: '/again' }).end(),
    );
    const [code, message] = await refusal(`http://127.0.0.1:${port}/`, here);
    expect([code, message]).toEqual(['URL_UNREACHABLE', expect.stringContaining('more than 3 times')]);
    expect(seen).toHaveLength(4);
  });

  test('is bounded in bytes, announced or not', async () => {
    const { port } = await serve((request, response) => {
      if (request.url === '/announced') response.writeHead(200, { 'content-length': '5000' });
      const more = (): unknown =>
        response.writable && response.write(Buffer.alloc(700), () => setImmediate(more));
      more();
    });
    for (const path of ['announced', 'endless']) {
      const [code] = await refusal(`http://127.0.0.1:${port}/${path}`, here, { maximumBytes: 1000 });
      expect([path, code]).toEqual([path, 'IMAGE_TOO_BIG']);
    }
  });

  test('is bounded in time, from the first byte of the connection to the last of the body', async () => {
    const { port } = await serve((request, response) => {
      if (request.url === '/silent') return;
      response.write('x');
      const timer = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(timer));
    });
    for (const path of ['silent', 'dripping']) {
      const [code, message] = await refusal(`http://127.0.0.1:${port}/${path}`, here, { timeoutSeconds: 1 });
      expect([code, message]).toEqual(['URL_UNREACHABLE', expect.stringContaining('more than 1 s')]);
    }
  });

  test('is given up when the caller does, with its reason', async () => {
    const { port } = await serve(() => undefined);
    const leaving = new AbortController();
    const fetching = fetchImage(`http://127.0.0.1:${port}/`, new Connections(here), {
      signal: leaving.signal,
    });
    leaving.abort(new Error('gone'));
    await expect(fetching).rejects.toThrow('gone');
  });

  test('says what its host answers, and nothing of the network', async () => {
    const { port, server } = await serve((_, response) => response.writeHead(404).end());
    const url = `http://127.0.0.1:${port}/`;
    expect(await refusal(url, here)).toEqual([
      'URL_UNREACHABLE',
      `Cannot fetch ${url}: its host answers 404.`,
    ]);
    await new Promise((resolve) => server.close(resolve));
    expect((await refusal(url, here))[1]).toBe(`Cannot fetch ${url}: its host refuses connections.`);
  });

  test('says the same of names inside, of names that lead nowhere, and of what a redirect names', async () => {
    const resolve = async (host: string) => {
      if (host === 'outer.test') return [{ address: '127.0.0.1', family: 4 }];
      if (host === 'inside.test') return [{ address: '10.0.0.5', family: 4 }];
      throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    };
    const answers: string[] = [];
    for (const host of ['inside.test', 'nowhere.test', 'localhost']) {
      const start = performance.now();
      const [code, message] = await refusal(`http://${host}/`, { resolve });
      // At the same step of time, whichever was found out first.
      expect(performance.now() - start).toBeGreaterThan(990);
      answers.push(`${code} ${message!.replace(host, 'x')}`);
      const { port } = await serve((_, response) =>
        response.writeHead(302, { location: `http://${host}/` }).end(),
      );
      const [, redirected] = await refusal(`http://outer.test:${port}/`, { resolve, ...here });
      expect(redirected).toContain('no public address is known for its host');
    }
    expect(new Set(answers)).toEqual(
      new Set(['URL_REFUSED Will not fetch http://x/: no public address is known for its host.']),
    );
  });

  test('waits for two lookups at a time, so that names that answer slowly hold up no pictures', async () => {
    let [running, most] = [0, 0];
    const resolve = async () => {
      most = Math.max(most, ++running);
      await new Promise((done) => setTimeout(done, 20));
      running -= 1;
      return [];
    };
    await Promise.all(Array.from({ length: 6 }, () => refusal('http://slow.test/', { resolve })));
    expect(most).toBe(2);
  });
});
