import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../model/fixture.ts';
import { poster, raw, startServer } from './fixture.ts';

const token = 'a-token-of-enough-characters';
const other = 'another-token-of-characters';

describe('bearer tokens', () => {
  test('open every route, and nothing but health and the page is open without', async () => {
    const { app } = await startServer({ tokens: [other, token] });
    const guarded = [
      '/v1/models',
      '/v2',
      '/v2/models/tiny',
      '/metrics',
      '/docs/json',
      '/docs/static/index.css',
    ];
    for (const url of guarded) {
      const without = await app.inject(url);
      expect([url, without.statusCode, without.headers['www-authenticate']]).toEqual([url, 401, 'Bearer']);
      expect(without.json().code).toBe('TOKEN_INVALID');
      const wrong = await app.inject({ url, headers: { authorization: `Bearer ${token}x` } });
      expect([url, wrong.statusCode]).toEqual([url, 401]);
      for (const good of [token, other]) {
        const response = await app.inject({ url, headers: { authorization: `Bearer ${good}` } });
        expect([url, response.statusCode]).toEqual([url, 200]);
      }
    }
    for (const url of ['/v2/health/live', '/v2/health/ready'])
      expect((await app.inject(url)).statusCode).toBe(200);
    expect((await app.inject('/')).json().code).toBe('PAGE_MISSING');
  });

  test('are asked for before a body is read, also when the path is disguised', async () => {
    const { app } = await startServer({ tokens: [token] });
    for (const url of [
      '/v1/predict',
      '/%76%31/predict',
      '/v1/explain',
      '/models/tiny',
      '/v2/models/tiny/infer',
    ])
      expect([url, (await app.inject({ url, ...raw(await poster()) })).statusCode]).toEqual([url, 401]);
  });

  test('must be long enough to be worth something', async () => {
    await expect(startServer({ tokens: ['short'] })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});

describe('the rate limit', () => {
  test('holds for the routes that compute, by address', async () => {
    const { app } = await startServer({ rateLimit: 2, trustedProxies: 1 });
    const ask = (client: string) =>
      app.inject({
        url: '/models/other',
        method: 'POST',
        payload: 'x',
        headers: { 'x-forwarded-for': client },
      });
    expect([(await ask('192.0.2.1')).statusCode, (await ask('192.0.2.1')).statusCode]).toEqual([404, 404]);
    const third = await ask('192.0.2.1');
    expect([third.statusCode, third.json().code]).toEqual([429, 'RATE_EXCEEDED']);
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask('192.0.2.2')).statusCode).toBe(404);
    for (let i = 0; i < 5; i++) expect((await app.inject('/v2/health/live')).statusCode).toBe(200);
  });

  test('counts wrong tokens, on every route that asks for one, and then says no to right ones too', async () => {
    const { app } = await startServer({ rateLimit: 3, tokens: [token] });
    const ask = async (url: string, given: string) => {
      const response = await app.inject({ url, headers: { authorization: `Bearer ${given}` } });
      return response.statusCode;
    };
    for (let i = 0; i < 5; i++) expect(await ask('/v1/models', token)).toBe(200);
    const guesses: number[] = [];
    for (const url of ['/v1/models', '/metrics', '/docs/json', '/v2'])
      guesses.push(await ask(url, `${token}${url}`));
    expect(guesses).toEqual([401, 401, 401, 429]);
    const { headers, payload } = raw(await poster());
    const authorization = `Bearer ${token}`;
    const work = await app.inject({
      method: 'POST',
      url: '/v1/predict',
      headers: { ...headers, authorization },
      payload,
    });
    expect([work.statusCode, work.json().code]).toEqual([429, 'RATE_EXCEEDED']);
    expect(Number(work.headers['retry-after'])).toBeGreaterThan(0);
    expect((await app.inject('/v2/health/live')).statusCode).toBe(200);
  });

  test('believes no header about the address when there is no proxy', async () => {
    const { app } = await startServer({ rateLimit: 1 });
    const ask = (client: string) =>
      app.inject({
        url: '/models/other',
        method: 'POST',
        payload: 'x',
        headers: { 'x-forwarded-for': client },
      });
    expect((await ask('192.0.2.1')).statusCode).toBe(404);
    expect((await ask('192.0.2.2')).statusCode).toBe(429);
  });
});

describe('headers', () => {
  test('are strict on every answer, and let WebAssembly run with threads', async () => {
    const { app } = await startServer();
    for (const url of ['/v1/models', '/nowhere', '/']) {
      const { headers } = await app.inject(url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'referrer-policy': 'no-referrer',
      });
      const policy = String(headers['content-security-policy']).split(';');
      expect(policy).toEqual(
        expect.arrayContaining([
          "default-src 'self'",
          "script-src 'self' 'wasm-unsafe-eval'",
          "connect-src 'self'",
          "img-src 'self' blob: data:",
          "worker-src 'self' blob:",
        ]),
      );
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('allow other origins only by name', async () => {
    const { app } = await startServer({ origins: ['https://example.org'] });
    const from = (origin: string) => app.inject({ url: '/v1/models', headers: { origin } });
    expect((await from('https://example.org')).headers['access-control-allow-origin']).toBe(
      'https://example.org',
    );
    expect((await from('https://example.com')).headers).not.toHaveProperty('access-control-allow-origin');
    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/v1/predict',
      headers: { origin: 'https://example.org', 'access-control-request-method': 'POST' },
    });
    expect(preflight.statusCode).toBe(204);
  });
});

describe('the page', () => {
  test('is served with its types, and what has a hash in its name is kept', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'assets'));
    await mkdir(join(folder, 'ort'));
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>onesheet</title>');
    await writeFile(join(folder, 'assets/index-D3adB33f.js'), 'export {}');
    await writeFile(join(folder, 'ort/ort-wasm.wasm'), Buffer.of(0, 97, 115, 109));
    await writeFile(join(folder, '.secret'), 'no');
    const { app } = await startServer({ pageFolder: folder, tokens: [token] });
    const get = async (url: string) => {
      const { statusCode, headers } = await app.inject(url);
      return [statusCode, String(headers['content-type']).split(';')[0], headers['cache-control']];
    };
    expect(await get('/')).toEqual([200, 'text/html', 'no-cache']);
    expect(await get('/assets/index-D3adB33f.js')).toEqual([
      200,
      'application/javascript',
      'public, max-age=31536000, immutable',
    ]);
    expect(await get('/ort/ort-wasm.wasm')).toEqual([200, 'application/wasm', 'no-cache']);
    for (const url of ['/.secret', '/../package.json', '/%2e%2e/package.json', '/assets/'])
      expect([url, (await app.inject(url)).statusCode]).toEqual([url, 404]);
  });

  test('a file that the package holds in another place is served from there, unpacked for those who cannot', async () => {
    const dist = await temporaryFolder();
    const root = join(dist, 'web');
    const binary = Buffer.from('not much of a program, but many times the same. '.repeat(50));
    await mkdir(join(root, 'model'), { recursive: true });
    await mkdir(join(dist, 'wasm'));
    await writeFile(join(root, 'index.html'), '<!doctype html><title>onesheet</title>');
    await writeFile(join(root, 'model/here.onnx'), 'beside the page');
    await writeFile(join(dist, 'wasm/engine.wasm.br'), brotliCompressSync(binary));
    await writeFile(join(dist, 'elsewhere.onnx'), 'a model');
    const places = {
      'ort/engine.wasm': 'wasm/engine.wasm.br',
      'model/model.onnx': 'elsewhere.onnx',
      'model/here.onnx': 'elsewhere.onnx',
      'samples/drawn.svg': 'drawn.svg',
    };
    await writeFile(join(dist, 'drawn.svg'), '<svg/>');
    await writeFile(join(dist, 'wasm/page.json'), JSON.stringify(places));
    const { app } = await startServer({ pageFolder: root, tokens: [token] });
    const plain = await app.inject('/ort/engine.wasm');
    expect([plain.statusCode, plain.headers['content-type'], plain.headers['content-encoding']]).toEqual([
      200,
      'application/wasm',
      undefined,
    ]);
    expect(plain.rawPayload.equals(binary)).toBe(true);
    const packed = await app.inject({ url: '/ort/engine.wasm', headers: { 'accept-encoding': 'gzip, br' } });
    expect(packed.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(packed.rawPayload).equals(binary)).toBe(true);
    expect(packed.headers.etag).not.toBe(plain.headers.etag);
    const known = await app.inject({
      url: '/ort/engine.wasm',
      headers: { 'if-none-match': String(plain.headers.etag) },
    });
    expect([known.statusCode, known.rawPayload.length]).toEqual([304, 0]);
    expect((await app.inject('/model/model.onnx')).body).toBe('a model');
    expect((await app.inject('/model/here.onnx')).body).toBe('beside the page');
    const drawn = await app.inject('/samples/drawn.svg');
    expect([drawn.headers['content-type'], drawn.body]).toEqual(['image/svg+xml', '<svg/>']);
  });
});
