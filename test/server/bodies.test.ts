import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { form, listen, poster, raw, startServer } from './fixture.ts';

/** Sends a head, then the piece again and again, until the other side closes; gives what came back. */
function flood(
  port: number,
  head: string,
  piece: Buffer,
  seconds = 20,
): Promise<{ sent: number; text: string }> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let [sent, text, isOver] = [0, '', false];
    const timer = setTimeout(() => socket.destroy(), seconds * 1000);
    const more = (): void => {
      while (!isOver && !socket.destroyed) {
        sent += piece.length;
        if (!socket.write(piece)) return void socket.once('drain', more);
      }
    };
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('end', () => {
      isOver = true;
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve({ sent, text });
    });
    socket.write(head);
    more();
  });
}

const chunked = (path: string, type: string) =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`;
const chunk = (content: string | Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`${content.length.toString(16)}\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);

describe('an endless body', () => {
  const limit = 4 * 2 ** 20;
  const settings = { maximumRequestBytes: limit, maximumPosterBytes: 2 ** 20, maximumJsonBytes: 2 ** 20 };
  const part = (name: string, file = true): string =>
    `--XX\r\nContent-Disposition: form-data; name="${name}"${file ? '; filename="a"' : ''}\r\n\r\n`;
  const zeros = chunk(Buffer.alloc(2 ** 18));

  test.each([
    ['in a part that is skipped', chunk(part('other'))],
    ['in a part that is too large', chunk(part('file'))],
    ['in a field', chunk(part('policy', false))],
    ['before the first part', chunk('preamble')],
    ['in the head of a part', chunk('--XX\r\nX-Long: ')],
    ['behind the last part', chunk(`${part('file')}x\r\n--XX--\r\n`)],
  ])('%s is read to the limit and answered with 413', async (_, start) => {
    const { port, app } = await listen(settings);
    const head = chunked('/v1/predict', 'multipart/form-data; boundary=XX') + start.toString('latin1');
    const { sent, text } = await flood(port, head, zeros);
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text.toLowerCase()).toContain('connection: close');
    expect(sent).toBeLessThan(limit + 16 * 2 ** 20);
    expect((await app.inject('/v2/health/ready')).statusCode).toBe(200);
  });

  test('of raw bytes or JSON is answered with 413 at its own limit', async () => {
    const { port } = await listen(settings);
    for (const type of ['image/png', 'application/json']) {
      const { text } = await flood(port, chunked('/v1/predict', type), chunk(Buffer.alloc(2 ** 18, ' ')));
      expect([type, text.slice(0, 12)]).toEqual([type, 'HTTP/1.1 413']);
    }
  });

  test('behind an answer that did not need it ends with the connection, at the same limit', async () => {
    const { port } = await listen({ ...settings, tokens: ['a-token-of-enough-characters'] });
    for (const [path, status] of [
      ['/nowhere', 404],
      ['/v1/predict', 401],
    ] as const) {
      const { sent, text } = await flood(port, chunked(path, 'image/png'), zeros);
      expect([path, text.slice(0, 12)]).toEqual([path, `HTTP/1.1 ${status}`]);
      expect(sent).toBeLessThan(limit + 16 * 2 ** 20);
    }
  });
});

describe('a body that is encoded', () => {
  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('in %s is read, whatever it holds', async (coding, encode) => {
    const { app } = await startServer();
    const bytes = await poster();
    const encoding = { 'content-encoding': coding };
    const image = await app.inject({
      method: 'POST',
      url: '/v1/predict',
      headers: { 'content-type': 'image/jpeg', ...encoding },
      payload: encode(bytes),
    });
    expect(image.statusCode).toBe(200);
    const json = await app.inject({
      method: 'POST',
      url: '/models/tiny',
      headers: { 'content-type': 'application/json', ...encoding },
      payload: encode(Buffer.from(JSON.stringify({ inputs: bytes.toString('base64') }))),
    });
    expect(json.statusCode).toBe(200);
    const { headers, payload } = form([{ name: 'file', filename: 'a.jpg', content: bytes }]);
    const parts = { method: 'POST', url: '/v1/predict', headers: { ...headers, ...encoding } } as const;
    expect((await app.inject({ ...parts, payload: encode(payload) })).statusCode).toBe(200);
    const cut = await app.inject({ ...parts, payload: encode(payload).subarray(0, -20) });
    expect([cut.statusCode, cut.json().detail]).toEqual([
      400,
      expect.stringContaining('Content-Encoding says'),
    ]);
    const not = await app.inject({ ...parts, payload });
    expect([not.statusCode, not.json().code]).toEqual([400, 'REQUEST_INVALID']);
  });

  test('in another way is a 415 that says which ways there are', async () => {
    const { app } = await startServer();
    for (const coding of ['zstd', 'gzip, gzip', 'constructor']) {
      const { method, headers, payload } = raw(await poster());
      const response = await app.inject({
        method,
        url: '/v1/predict',
        headers: { ...headers, 'content-encoding': coding },
        payload,
      });
      expect([response.statusCode, response.json().code]).toEqual([415, 'REQUEST_ENCODING']);
      expect(response.json().detail).toContain(`gzip, deflate, br, or as it is, but not ${coding}.`);
      expect(response.headers['accept-encoding']).toBe('gzip, deflate, br');
    }
  });

  test('is counted after decoding too', async () => {
    const { app } = await startServer({ maximumJsonBytes: 100_000 });
    const send = (payload: Buffer, type: string) =>
      app.inject({
        method: 'POST',
        url: '/v1/predict',
        headers: { 'content-type': type, 'content-encoding': 'gzip' },
        payload: gzipSync(payload),
      });
    const json = await send(Buffer.alloc(100_001, ' '), 'application/json');
    expect([json.statusCode, json.json().code]).toEqual([413, 'REQUEST_TOO_BIG']);
    // Twelve megabytes of nothing from twelve kilobytes: within the limit of a poster, and no poster.
    const bomb = await send(Buffer.alloc(12 * 2 ** 20), 'image/png');
    expect([bomb.statusCode, bomb.json().code]).toEqual([413, 'REQUEST_TOO_BIG']);
  });
});

describe('a form', () => {
  test('may call its posters file, files, image or images', async () => {
    const { app } = await startServer();
    const content = await poster();
    const names = ['file', 'files', 'image', 'images', 'files[]', 'images[]', 'image[0]'];
    const parts = names.map((name) => ({ name, filename: `${name}.jpg`, content }));
    const response = await app.inject({ method: 'POST', url: '/v1/predict', ...form(parts) });
    expect(response.statusCode).toBe(200);
    expect(response.json().predictions.map(({ id }: { id: string }) => id)).toEqual(names);
    const one = await app.inject({ method: 'POST', url: '/models/tiny', ...form(parts.slice(0, 1)) });
    expect(one.json()).toHaveLength(3);
  });

  test.each<[string, Parameters<typeof form>[0], string]>([
    [
      'a part of another name',
      [{ name: 'picture', filename: 'a', content: 'x' }],
      'part picture: expected the name file',
    ],
    ['a poster that is a field', [{ name: 'image', content: 'x' }], 'part image: expected a file'],
    [
      'a field that is too long',
      [{ name: 'policy', content: 'x'.repeat(2000) }],
      'policy: expected a short text',
    ],
    ['a name of the language', [{ name: 'constructor', content: 'x' }], 'expected other field names'],
    [
      'many fields',
      Array.from({ length: 20 }, (_, i) => ({ name: `f${i}`, content: 'x' })),
      'expected fewer fields',
    ],
    ['many parts', Array.from({ length: 120 }, () => ({ name: 'x', filename: 'a', content: 'x' })), 'part x'],
  ])('with %s says so', async (_, parts, words) => {
    const { app } = await startServer();
    const file = { name: 'file', filename: 'a.jpg', content: await poster() };
    const response = await app.inject({ method: 'POST', url: '/v1/predict', ...form([file, ...parts]) });
    expect([response.statusCode, response.json().code]).toEqual([400, 'REQUEST_INVALID']);
    expect(response.json().detail).toContain(words);
  });

  test('has a boundary of at most seventy characters', async () => {
    const { app } = await startServer();
    for (const boundary of ['x'.repeat(71), '']) {
      const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
      const response = await app.inject({ method: 'POST', url: '/v1/predict', headers, payload: 'x' });
      expect([response.statusCode, response.json().detail]).toEqual([
        400,
        expect.stringContaining('1 to 70'),
      ]);
    }
  });
});

describe('posters in JSON', () => {
  test('are one or many, in base64 or as data URLs, with options beside them', async () => {
    const { app } = await startServer();
    const text = (await poster()).toString('base64');
    const ask = async (payload: object) => {
      const response = await app.inject({ method: 'POST', url: '/v1/predict', payload });
      return [response.statusCode, response.json().predictions?.map(({ id }: { id: string }) => id)];
    };
    expect(await ask({ image: text, top: 1 })).toEqual([200, ['poster']]);
    expect(await ask({ file: `data:image/jpeg;base64,${text}` })).toEqual([200, ['poster']]);
    expect(await ask({ images: [text, text], policy: 'f1' })).toEqual([200, ['poster 1', 'poster 2']]);
    const explained = await app.inject({ method: 'POST', url: '/v1/explain', payload: { image: 5 } });
    expect(explained.json().detail).toContain('image: expected a picture in base64');
  });

  test.each<[object, number, string]>([
    [
      { instances: [{ image: { b64: 'x' } }] },
      400,
      'posters in one of file, files, image, images, urls, not instances',
    ],
    [{ image: 'AAAA', urls: ['http://x/'] }, 400, 'not image and urls'],
    [{ images: [] }, 400, 'images: expected at least one poster'],
    [{ images: ['AAAA', '!'] }, 400, 'images.1: expected a picture in base64'],
    [{ images: Array(65).fill('AAAA') }, 413, 'at most 64 posters in a request'],
    [{ image: 'http://example.org/a.jpg' }, 403, 'Fetching is switched off'],
    [{ image: 'AAAA', polcy: 'f1' }, 400, 'expected no field polcy'],
    [{ image: 'AAAA', policy: 'x'.repeat(201) }, 400, 'policy'],
    [[], 400, 'a JSON object with posters'],
  ])('%.60j is refused with the true reason', async (payload, status, words) => {
    const { app } = await startServer();
    const response = await app.inject({ method: 'POST', url: '/v1/predict', payload });
    expect([response.statusCode, response.json().detail]).toEqual([status, expect.stringContaining(words)]);
  });

  test('of Hugging Face have their own options, and no others', async () => {
    const { app } = await startServer();
    const inputs = (await poster()).toString('base64').replace(/.{76}/g, '$&\n');
    const ask = async (payload: object) => {
      const response = await app.inject({ method: 'POST', url: '/models/tiny', payload });
      return [response.statusCode, response.json().detail ?? response.json().length];
    };
    const options = { wait_for_model: true, use_cache: false };
    expect(await ask({ inputs, parameters: { top_k: 2, function_to_apply: null }, options })).toEqual([
      200, 2,
    ]);
    expect(await ask({ inputs, parameters: { topk: 2 } })).toEqual([
      400,
      'The request is not understood: parameters: expected no field topk.',
    ]);
    const [, detail] = await ask({ inputs, ['x'.repeat(200)]: 1 });
    expect(detail.length).toBeLessThan(120);
  });
});
