import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { form, poster, raw, slowWorker, startServer } from './fixture.ts';

describe('what a request may cost', () => {
  test('is bounded by the bytes of its body, announced or not', async () => {
    const { app } = await startServer({ maximumRequestBytes: 20_000, maximumPosterBytes: 10_000 });
    const big = await app.inject({ url: '/v1/predict', ...raw(Buffer.alloc(20_001)) });
    expect([big.statusCode, big.json().code]).toEqual([413, 'REQUEST_TOO_BIG']);
    expect(big.headers.connection).toBe('close');
    const json = await startServer({ maximumJsonBytes: 1024 });
    const inputs = 'A'.repeat(2000);
    const long = await json.app.inject({ method: 'POST', url: '/models/tiny', payload: { inputs } });
    expect([long.statusCode, long.json().code]).toEqual([413, 'REQUEST_TOO_BIG']);
  });

  test('is bounded by the bytes, pixels and number of posters', async () => {
    const { app } = await startServer({
      maximumPosters: 2,
      maximumPosterBytes: 8000,
      maximumPixels: 10_000,
    });
    const large = Buffer.alloc(8001);
    const pixels = await app.inject({ url: '/v1/predict', ...raw(large) });
    expect([pixels.statusCode, pixels.json().code]).toEqual([413, 'REQUEST_TOO_BIG']);
    const small = await sharp(await poster('png', 101, 100))
      .jpeg({ quality: 10 })
      .toBuffer();
    const tooMany = await app.inject({ url: '/v1/predict', ...raw(small) });
    expect([tooMany.statusCode, tooMany.json().code]).toEqual([413, 'IMAGE_TOO_LARGE']);

    const part = { name: 'file', filename: 'a.jpg', content: await poster() };
    const many = await app.inject({ method: 'POST', url: '/v1/predict', ...form([part, part, part]) });
    expect([many.statusCode, many.json().code]).toEqual([413, 'REQUEST_TOO_BIG']);
    const one = { name: 'file', filename: 'big.png', content: large };
    const mixed = await app.inject({ method: 'POST', url: '/v1/predict', ...form([one, part]) });
    expect(mixed.json().predictions).toMatchObject([
      { id: 'big', error: { code: 'REQUEST_TOO_BIG', status: 413 } },
      { id: 'a', genres: [{}, {}, {}] },
    ]);
  });

  test('is bounded in frames: of an animation only the first is decoded', async () => {
    const { app } = await startServer();
    const frames = await sharp({
      create: {
        width: 20,
        height: 30 * 200,
        channels: 3,
        background: '#000',
        noise: { type: 'gaussian', mean: 128, sigma: 30 },
      },
    })
      .webp({ loop: 0, delay: Array(200).fill(20) })
      .toBuffer();
    expect((await app.inject({ url: '/v1/predict', ...raw(frames) })).statusCode).toBe(200);
  });

  test('is bounded by the memory that all bodies take together', async () => {
    const { app } = await startServer({ maximumBufferedBytes: 1024, maximumRequestBytes: 10_000 });
    const response = await app.inject({ url: '/v1/predict', ...raw(Buffer.alloc(2000)) });
    expect([response.statusCode, response.json().code]).toEqual([503, 'SERVICE_BUSY']);
    // What was taken is given back.
    for (let i = 0; i < 3; i++)
      expect((await app.inject({ url: '/v1/predict', ...raw(Buffer.alloc(900)) })).statusCode).toBe(415);
  });

  test('is bounded in time: late answers are given up', async () => {
    const { app } = await startServer({ workerFile: slowWorker(20_000), deadline: 0.3 });
    const start = performance.now();
    const response = await app.inject({ url: '/v1/predict', ...raw(await poster()) });
    expect([response.statusCode, response.json().code]).toEqual([504, 'DEADLINE_EXCEEDED']);
    expect(performance.now() - start).toBeGreaterThan(290);
  });
});

describe('an overloaded service', () => {
  test('refuses at once with Retry-After what is beyond its queue, and answers the rest', async () => {
    const { app } = await startServer({
      workerFile: slowWorker(300),
      queueLimit: 3,
      maximumBatch: 1,
      deadline: 60,
    });
    const bytes = await poster();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => app.inject({ url: '/v1/predict', ...raw(bytes) })),
    );
    const statuses = answers.map(({ statusCode }) => statusCode).sort();
    expect(statuses).toEqual([200, 200, 200, 503, 503, 503, 503, 503]);
    const refused = answers.find(({ statusCode }) => statusCode === 503)!;
    expect(refused.json().code).toBe('SERVICE_BUSY');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await app.inject({ url: '/v1/predict', ...raw(bytes) })).statusCode).toBe(200);
  });

  test('refuses a request of more posters than there are places', async () => {
    const { app } = await startServer({ queueLimit: 2 });
    const part = { name: 'file', filename: 'a.jpg', content: await poster() };
    const response = await app.inject({ method: 'POST', url: '/v1/predict', ...form([part, part, part]) });
    expect([response.statusCode, response.json().code]).toEqual([503, 'SERVICE_BUSY']);
  });

  test('counts what it does', async () => {
    const { app } = await startServer({ queueLimit: 1 });
    const bytes = await poster();
    await app.inject({ url: '/v1/predict', ...raw(bytes) });
    await app.inject({ url: '/v1/predict', ...raw(Buffer.from('no picture')) });
    const part = { name: 'file', filename: 'a.jpg', content: bytes };
    await app.inject({ method: 'POST', url: '/v1/predict', ...form([part, part]) });
    const { body, headers } = await app.inject('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    for (const line of [
      'onesheet_images_total{outcome="decoded"} 1',
      'onesheet_images_total{outcome="refused"} 1',
      'onesheet_rejected_requests_total{code="SERVICE_BUSY"} 1',
      'onesheet_rejected_requests_total{code="IMAGE_FORMAT"} 1',
      'onesheet_batch_size_count{kind="classify"} 1',
      'onesheet_queue_size{kind="classify"} 0',
      'onesheet_http_request_duration_seconds_count{method="POST",route="/v1/predict",status="200"} 1',
    ])
      expect(body).toContain(line);
  });
});

describe('a service that is not warm', () => {
  test('says so, and is alive', async () => {
    const server = await startServer();
    expect((await server.app.inject('/v2/health/ready')).statusCode).toBe(200);
    server.service.stopAdmitting();
    const closing = await server.app.inject('/v2/health/ready');
    expect([closing.statusCode, closing.json().code]).toEqual([503, 'SERVICE_CLOSING']);
    expect((await server.app.inject({ url: '/v1/predict', ...raw(await poster()) })).statusCode).toBe(503);
    expect((await server.app.inject('/v2/health/live')).statusCode).toBe(200);
  });
});
