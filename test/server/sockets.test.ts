import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { form, listen, poster, slowWorker, workerFile } from './fixture.ts';

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

function post(
  port: number,
  path: string,
  payload: Uint8Array,
  headers: object,
  agent?: Agent,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port, path, method: 'POST', headers: { ...headers }, agent },
      (response) => {
        let body = '';
        response.on('data', (chunk) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      },
    );
    request.on('error', reject).end(payload);
  });
}

/** Sends text as it is, waits, and gives what came back until the other side closes or `wait` is over. */
function converse(
  port: number,
  pieces: readonly (string | Uint8Array)[],
  pause: number,
  wait = 5000,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    const timer = setTimeout(() => socket.destroy(), wait);
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
    const next = (i: number): void => {
      if (i === pieces.length || socket.destroyed) return;
      socket.write(pieces[i]!);
      setTimeout(() => next(i + 1), pause);
    };
    socket.on('connect', () => next(0));
  });
}

describe('a service on a socket', () => {
  test('answers one request after the other on a connection, also after a refusal', async () => {
    const { port } = await listen();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const sockets = new Set<unknown>();
    const bytes = await poster();
    const good = form([{ name: 'file', filename: 'a.jpg', content: bytes }]);
    const wrong = form([{ name: 'other', filename: 'a.jpg', content: Buffer.alloc(200_000) }]);
    agent.on('free', (socket) => sockets.add(socket));
    for (const [{ payload, headers }, status] of [
      [good, 200],
      [wrong, 400],
      [good, 200],
      [{ payload: Buffer.alloc(300_000), headers: { 'content-type': 'image/png' } }, 415],
      [good, 200],
    ] as const) {
      expect((await post(port, '/v1/predict', payload, headers, agent)).status).toBe(status);
    }
    expect((await post(port, '/nowhere', Buffer.alloc(300_000), good.headers, agent)).status).toBe(404);
    expect((await post(port, '/v1/predict', good.payload, good.headers, agent)).status).toBe(200);
    expect(sockets.size).toBe(1);
  });

  test('keeps two posters of one connection apart from those of sixty-four others', async () => {
    const { port } = await listen({ maximumBatch: 8, workerFile, deadline: 60 });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const pictures = await Promise.all(Array.from({ length: 4 }, () => poster('png')));
    const ask = async (i: number): Promise<string> => {
      const { body } = await post(
        port,
        '/models/tiny',
        pictures[i % 4]!,
        { 'content-type': 'image/png' },
        agent,
      );
      return body;
    };
    const alone: { score: number }[][] = [];
    for (let i = 0; i < 4; i++) alone.push(JSON.parse(await ask(i)));
    const together = await Promise.all(Array.from({ length: 64 }, (_, i) => ask(i)));
    together.forEach((body, i) => {
      const scores: { score: number }[] = JSON.parse(body);
      scores.forEach(({ score }, at) => expect(score).toBeCloseTo(alone[i % 4]![at]!.score, 4));
    });
  });

  test('cuts off a client that sends too slowly', async () => {
    const { port } = await listen({ requestSeconds: 1 });
    const head =
      'POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\n';
    const start = performance.now();
    const received = await converse(port, [head, ...Array(40).fill('x')], 500, 20_000);
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(received).toMatch(/^HTTP\/1\.1 408 /);
    expect(received).toContain('"code":"REQUEST_LATE"');
  });

  test('leaves a client that does not read what it asked for', async () => {
    const { port } = await listen({ requestSeconds: 1, deadline: 0.1, explanationDeadline: 0.1 });
    const socket = connect(port, '127.0.0.1');
    socket.pause();
    let isOver = false;
    socket.on('error', () => undefined);
    // Paused, it learns of its end when it writes.
    socket.write('GET /docs/json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2000));
    socket.on('close', () => {
      isOver = true;
    });
    const nudge = setInterval(() => socket.write('x'), 500);
    onTestFinished(() => clearInterval(nudge));
    await expect.poll(() => isOver, { timeout: 30_000 }).toBe(true);
  });

  test('forgets the work of a client that left', async () => {
    const { port, service, app } = await listen({ workerFile: slowWorker(500), maximumBatch: 1 });
    const bytes = await poster();
    const head = `POST /models/tiny HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: ${bytes.length}\r\n\r\n`;
    await Promise.all(Array.from({ length: 6 }, () => converse(port, [head, bytes], 0, 150)));
    await expect.poll(() => service.predictions.admission.pending).toBe(0);
    expect((await app.inject('/v2/health/ready')).statusCode).toBe(200);
  });

  test('answers what is no HTTP, and what is no end, with a problem and without a word of itself', async () => {
    const { port } = await listen();
    const nonsense = await converse(port, ['\x16\x03\x01 hello\r\n\r\n'], 0);
    expect(nonsense).toMatch(/^HTTP\/1\.1 400 /);
    expect(nonsense).toContain('application/problem+json');
    const badUrl = await converse(port, ['GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'], 0);
    expect(badUrl).toMatch(/^HTTP\/1\.1 400 /);
    const cut =
      'POST /v1/predict HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\n';
    const body = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc';
    const form = await converse(port, [`${cut}Content-Length: ${body.length}\r\n\r\n${body}`], 0);
    expect(form).toMatch(/^HTTP\/1\.1 400 /);
    for (const text of [nonsense, badUrl, form]) expect(text).not.toMatch(/node_modules|\.ts|\.js|\n {4}at /);
  });

  test('logs a line a request with its id, and neither pictures nor names', async () => {
    const lines: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const { port } = await listen({ logger: { level: 'debug', stream }, tokens: ['secret-secret-secret'] });
    const { payload, headers } = form([
      { name: 'file', filename: 'private-name.jpg', content: await poster() },
    ]);
    const secret = { ...headers, authorization: 'Bearer secret-secret-secret', 'x-request-id': 'my-id.1' };
    const answer = await post(port, '/v1/predict?policy=f1', payload, secret);
    expect([answer.status, answer.headers['x-request-id']]).toEqual([200, 'my-id.1']);
    await expect.poll(() => lines.some((line) => line.includes('"my-id.1"'))).toBe(true);
    const line = JSON.parse(lines.find((each) => each.includes('answered'))!);
    expect(line).toMatchObject({ reqId: 'my-id.1', method: 'POST', route: '/v1/predict', status: 200 });
    expect(lines.join('')).not.toMatch(/private-name|secret|policy=f1/);
    const odd = await post(port, '/v1/predict', payload, { ...secret, 'x-request-id': 'a b{}' });
    expect(odd.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});
