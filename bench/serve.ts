/** @module A service and `predict` on the same posters -> its speed, its latencies, and how it stands twice its load. */
import { readFileSync } from 'node:fs';
import { isFailed, openClassifier, predictStream } from '../src/predict/index.ts';
import { Connection, postRequest } from './connection.ts';
import { modelFlag, numberFlag } from './flags.ts';
import type { BenchResult } from './result.ts';
import { probed, type RunningService, readablePosters, startService } from './service.ts';

/** Seconds within which the service promises an answer; its default. */
const deadline = 5;

/** What happened to the requests of one phase; times in milliseconds. */
interface Phase {
  readonly seconds: number;
  readonly answered: number[];
  readonly refused: number[];
  /** Anything else than 200 and a deliberate 503, by status. */
  readonly errors: Record<string, number>;
}

function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** One request, counted. */
async function ask(connection: Connection, request: Buffer, phase: Phase): Promise<void> {
  const start = performance.now();
  const status = await connection.ask(request);
  const time = performance.now() - start;
  if (status === 200) phase.answered.push(time);
  else if (status === 503) phase.refused.push(time);
  else phase.errors[status] = (phase.errors[status] ?? 0) + 1;
}

/** So many connections, each of which asks again as soon as it is answered. */
async function closedLoop(
  port: number,
  requests: readonly Buffer[],
  connections: number,
  seconds: number,
): Promise<Phase> {
  const phase: Phase = { seconds, answered: [], refused: [], errors: {} };
  const end = performance.now() + seconds * 1000;
  let next = 0;
  const work = async (): Promise<void> => {
    let connection = new Connection(port);
    while (performance.now() < end) {
      if (!connection.isUsable) connection = new Connection(port);
      await ask(connection, requests[next++ % requests.length]!, phase);
    }
    connection.close();
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: connections }, work));
  return { ...phase, seconds: (performance.now() - start) / 1000 };
}

/** Requests at a fixed rate, whatever becomes of them. */
async function openLoop(
  service: RunningService,
  requests: readonly Buffer[],
  rate: number,
  seconds: number,
): Promise<{ phase: Phase; memory: number[] }> {
  const phase: Phase = { seconds, answered: [], refused: [], errors: {} };
  const memory: number[] = [];
  const start = performance.now();
  const open = new Set<Promise<void>>();
  const idle: Connection[] = [];
  const send = async (request: Buffer): Promise<void> => {
    let connection = idle.pop();
    while (connection?.isUsable === false) connection = idle.pop();
    connection ??= new Connection(service.port);
    await ask(connection, request, phase);
    idle.push(connection);
  };
  let sent = 0;
  for (let now = 0; now < seconds; now = (performance.now() - start) / 1000) {
    for (; sent < now * rate; sent++) {
      const asked: Promise<void> = send(requests[sent % requests.length]!).finally(() => open.delete(asked));
      open.add(asked);
    }
    if (memory.length <= now) memory.push(service.memory());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(open);
  for (const connection of idle) connection.close();
  return { phase, memory };
}

/** Posters a second of `predict` on files, as the command reads them. */
async function predictRate(model: string, files: readonly string[], seconds: number): Promise<number> {
  const classifier = await openClassifier(model);
  const run = async (posters: readonly string[], until: number): Promise<number> => {
    const start = performance.now();
    let count = 0;
    function* named() {
      while ((performance.now() - start) / 1000 < until)
        for (const path of posters) yield { id: path, source: { kind: 'file', path } as const };
    }
    for await (const outcome of predictStream(classifier, named())) if (!isFailed(outcome)) count += 1;
    return count / ((performance.now() - start) / 1000);
  };
  await run(files.slice(0, 32), 1);
  const rate = await run(files, seconds);
  await classifier.release();
  return rate;
}

function summaryOf({ seconds, answered, refused, errors }: Phase) {
  return {
    seconds,
    postersPerSecond: answered.length / seconds,
    answered: answered.length,
    milliseconds: {
      p50: quantile(answered, 0.5),
      p99: quantile(answered, 0.99),
      maximum: quantile(answered, 1),
    },
    refused: refused.length,
    ...(refused.length > 0 && {
      refusedMilliseconds: { p50: quantile(refused, 0.5), p99: quantile(refused, 0.99) },
    }),
    errors,
    errorCount: Object.values(errors).reduce((sum, count) => sum + count, 0),
  };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * `predict` on files and 64 connections in turns; then twice the load that was reached, at a fixed rate.
 *
 * @param flags `--rounds` (2), `--seconds` of load a round (60), `--overload` seconds (300), `--connections` (64),
 * `--posters` (512), `--model`; what stands behind `--` goes to `onesheet serve`
 */
export async function benchServe(flags: readonly string[]): Promise<BenchResult> {
  const rounds = numberFlag(flags, 'rounds', 2);
  const seconds = numberFlag(flags, 'seconds', 60);
  const overload = numberFlag(flags, 'overload', 300);
  const connections = numberFlag(flags, 'connections', 64);
  const model = modelFlag(flags);
  const extra = flags.includes('--') ? flags.slice(flags.indexOf('--') + 1) : [];
  const files = readablePosters().slice(0, numberFlag(flags, 'posters', 512));
  const requests = files.map((file) => postRequest('/v1/predict', 'image/jpeg', readFileSync(file)));
  const options = ['--model', model, '--deadline', String(deadline), ...extra];

  const ratios: number[] = [];
  const loads = [];
  let rate = 0;
  const service = await startService(options);
  const listed = (await (await fetch(`http://127.0.0.1:${service.port}/v1/models`)).json()) as {
    models: { id: string }[];
  };
  for (let round = 0; round < rounds; round++) {
    const predict = await predictRate(model, files, seconds / 3);
    await closedLoop(service.port, requests, connections, seconds / 12);
    const [phase, probes] = await probed(service.port, () =>
      closedLoop(service.port, requests, connections, seconds),
    );
    const load = summaryOf(phase);
    rate = Math.max(rate, load.postersPerSecond);
    ratios.push(load.postersPerSecond / predict);
    loads.push({
      ...load,
      predictPostersPerSecond: predict,
      liveMilliseconds: { p50: quantile(probes, 0.5), p99: quantile(probes, 0.99) },
    });
    process.stdout.write(
      `round ${round + 1}: ${load.postersPerSecond.toFixed(1)} posters/s, predict ${predict.toFixed(1)}\n`,
    );
  }
  const [{ phase, memory }, probes] = await probed(service.port, () =>
    openLoop(service, requests, 2 * rate, overload),
  );
  const minute = Math.max(1, Math.floor(memory.length / 5));
  const [first, last] = [meanOf(memory.slice(0, minute)), meanOf(memory.slice(-minute))];
  const exitCode = await service.stop();
  const details = {
    model: listed.models[0]!.id,
    connections,
    deadlineSeconds: deadline,
    options: extra,
    loads,
    overload: {
      rate: 2 * rate,
      ...summaryOf(phase),
      liveMilliseconds: { p50: quantile(probes, 0.5), p99: quantile(probes, 0.99) },
      memoryMegabytes: { first, last, ratio: last / first, maximum: Math.max(...memory) },
    },
    exitCode,
    complaints: service.complaints,
  };
  return { part: 'serve', peer: '`predict` on a folder', ratios, details };
}
