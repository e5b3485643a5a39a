import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { listen, poster, raw, slowWorker, startServer } from './fixture.ts';

describe('a service in which no poster comes to its end', () => {
  test('says that it is not ready, and is ready again when nothing waits', async () => {
    const { app } = await startServer({ workerFile: slowWorker(60_000), deadline: 0.6 });
    const bytes = await poster();
    const ask = () => app.inject({ url: '/v1/predict', ...raw(bytes) });
    const first = ask();
    await wait(300);
    expect((await app.inject('/v2/health/ready')).statusCode).toBe(200);
    const second = ask();
    expect((await first).statusCode).toBe(504);
    await wait(50);
    for (const url of ['/v2/health/ready', '/v2/models/tiny/ready']) {
      const response = await app.inject(url);
      expect([response.statusCode, response.json().code]).toEqual([503, 'SERVICE_BUSY']);
    }
    expect((await app.inject('/v2/health/live')).statusCode).toBe(200);
    await second;
    expect((await app.inject('/v2/health/ready')).statusCode).toBe(200);
  });

  test('takes fewer at a time, since what was late counts', async () => {
    const { app } = await startServer({ workerFile: slowWorker(60_000), deadline: 0.4 });
    const bytes = await poster();
    const ask = async () => (await app.inject({ url: '/v1/predict', ...raw(bytes) })).statusCode;
    expect(await Promise.all([ask(), ask(), ask(), ask()])).toEqual([504, 504, 504, 504]);
    const statuses = (await Promise.all([ask(), ask(), ask(), ask()])).sort();
    expect([statuses[0], statuses[1], statuses[3]]).toEqual([503, 503, 504]);
  });

  test('holds the bytes of a poster no longer than its request', async () => {
    const bytes = await poster();
    const { app } = await startServer({
      workerFile: slowWorker(60_000),
      deadline: 0.5,
      maximumBufferedBytes: Math.max(1024, Math.round(bytes.length * 1.5)),
    });
    for (let i = 0; i < 2; i++)
      expect((await app.inject({ url: '/v1/predict', ...raw(bytes) })).statusCode).toBe(504);
  });
});

describe('a service that is told to stop', () => {
  test('answers what is not done when the drain is over, and ends', async () => {
    const { app, service } = await startServer({
      workerFile: slowWorker(60_000),
      deadline: 60,
      explanationDeadline: 60,
      drain: 0.3,
    });
    const bytes = await poster();
    const begun = ['/v1/predict', '/v1/explain', '/models/tiny'].map((url) =>
      app.inject({ url, ...raw(bytes) }),
    );
    await expect.poll(() => service.predictions.admission.pending).toBe(2);
    await expect.poll(() => service.explanations.admission.pending).toBe(1);
    const start = performance.now();
    const closed = app.close();
    for (const answer of await Promise.all(begun))
      expect([answer.statusCode, answer.json().code]).toEqual([503, 'SERVICE_CLOSING']);
    await closed;
    expect(performance.now() - start).toBeLessThan(8000);
  });

  test('leaves clients that neither send nor read', async () => {
    const { app, port } = await listen({ drain: 0.2 });
    const sockets = Array.from({ length: 3 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    for (const socket of sockets)
      socket.write(
        'POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/x\r\nContent-Length: 99\r\n\r\nx',
      );
    await wait(100);
    const start = performance.now();
    await app.close();
    expect(performance.now() - start).toBeLessThan(8000);
    await expect.poll(() => sockets.every(({ destroyed }) => destroyed)).toBe(true);
  });
});
