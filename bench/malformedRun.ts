/** @module Ten thousand malformed requests to a running service -> how each kind was answered, and whether it lived. */

import { readFileSync } from 'node:fs';
import { Agent, request as send } from 'node:http';
import { drawSvg, encodeImage, preparePixels, resizeRule } from '../src/image/index.ts';
import { Random } from '../src/random.ts';
import { modelFlag, numberFlag } from './flags.ts';
import { leak, type MalformedRequest, malformedRequests, type WholePosters } from './malformed.ts';
import type { BenchResult } from './result.ts';
import { probed, readablePosters, startService } from './service.ts';

/** Requests in flight at a time: as many as a handful of clients have. */
const lanes = 8;

/** A real poster where there is one, small, so that wounds hit something; else a drawing. */
async function wholePosters(): Promise<WholePosters> {
  const size = { height: 180, width: 120 };
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="3"/></svg>';
  const bytes = await Promise.resolve()
    .then(() => readFileSync(readablePosters()[0]!))
    .catch(() => drawSvg(svg, { ...size, format: 'png' }));
  const data = await preparePixels({ kind: 'bytes', bytes, name: 'poster' }, resizeRule(size));
  const image = { ...size, data };
  const [jpeg, png, webp] = await Promise.all(
    (['jpeg', 'png', 'webp'] as const).map((format) => encodeImage(image, { format, quality: 80 })),
  );
  return { jpeg: jpeg!, png: png!, webp: webp! };
}

interface Answered {
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  readonly body: string;
}

function ask(port: number, agent: Agent, { path, headers, payload }: MalformedRequest): Promise<Answered> {
  return new Promise((resolve) => {
    const request = send({ port, path, method: 'POST', headers: { ...headers }, agent }, (response) => {
      let body = '';
      response.setEncoding('latin1');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', () => resolve({ status: 0, body }));
    });
    request.on('error', () => resolve({ status: 0, body: '' }));
    request.end(payload);
  });
}

/**
 * Sends mutated JPEG, PNG, WebP, forms and JSON, bodies of up to 8 MiB and encoded ones, of a fixed seed, to a service with the shipped model.
 *
 * @param flags `--count` (10,000), `--model`
 */
export async function benchMalformed(flags: readonly string[]): Promise<BenchResult> {
  const count = numberFlag(flags, 'count', 10_000);
  const service = await startService(['--deadline', '60', '--model', modelFlag(flags)]);
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  const listed = await fetch(`http://127.0.0.1:${service.port}/v1/models`);
  const { models } = (await listed.json()) as { models: { id: string; name: string }[] };
  const requests = malformedRequests(await wholePosters(), models[0]!.name, count, Random.fromSeed(11));

  const statuses: Record<string, Record<string, number>> = {};
  const found = { serverErrors: 0, leaks: 0, unanswered: 0 };
  const memoryBefore = service.memory();
  const slowest: Record<string, number> = {};
  const lane = async (): Promise<void> => {
    for (const request of requests) {
      const start = performance.now();
      const { status, body } = await ask(service.port, agent, request);
      slowest[request.kind] = Math.max(slowest[request.kind] ?? 0, performance.now() - start);
      statuses[request.kind] ??= {};
      const row = statuses[request.kind]!;
      row[status] = (row[status] ?? 0) + 1;
      // 503 and 504 are said on purpose, under load.
      if (status >= 500 && status !== 503 && status !== 504) found.serverErrors += 1;
      if (status === 0) found.unanswered += 1;
      if (status !== 200 && leak.test(body)) found.leaks += 1;
    }
  };
  const [, live] = await probed(service.port, () => Promise.all(Array.from({ length: lanes }, lane)));
  agent.destroy();
  const ready = (await fetch(`http://127.0.0.1:${service.port}/v2/health/ready`)).status === 200;
  const memoryAfter = service.memory();
  const exitCode = await service.stop();
  const details = {
    model: models[0]!.id,
    seed: 11,
    count,
    ...found,
    slowestMilliseconds: slowest,
    // The event loop was held up for no longer.
    slowestLiveMilliseconds: Math.max(...live),
    memoryMegabytes: { before: memoryBefore, after: memoryAfter },
    ready,
    exitCode,
    complaints: service.complaints,
    statuses,
  };
  return { part: 'malformed', details };
}
