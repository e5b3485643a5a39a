import sharp from 'sharp';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { decodeModel } from '../../src/model/index.ts';
import type { App } from '../../src/server/app.ts';
import { buildServer, type OnesheetServer, type ServerOptions } from '../../src/server/index.ts';
import { tinyModel } from '../model/fixture.ts';

export const workerFile = new URL('../../dist/server/inference/worker.js', import.meta.url);
/**
 * A stand-in for the worker: answers each list of tasks after a while.
 *
 * @param dies which list of tasks, counted from 1, is its last; none when it is 0
 */
export function slowWorker(milliseconds: number, dies = 0): URL {
  const code = `
    import { parentPort } from 'node:worker_threads';
    let lists = 0;
    parentPort.on('message', ({ tasks, stop }) => {
      if (stop === 'now') throw new Error('told to stop');
      if (stop) return parentPort.close();
      lists += 1;
      if (lists === ${dies}) process.exit(1);
      setTimeout(() => {
        const answer = { probabilities: new Float32Array([0.1, 0.7, 0.2]), logits: new Float32Array([0, 1, 2]) };
        parentPort.postMessage({ answers: tasks.map(() => answer) });
      }, ${milliseconds}).unref();
    });
    parentPort.postMessage({ ready: true });`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

export const tiny = decodeModel(tinyModel(), 'tiny.onnx');

/**
 * A service that is warm, and gone after the test. Its workers answer at once and always the same, unless
 * `workerFile` is the true one.
 */
export async function startServer(options: Partial<ServerOptions> = {}): Promise<OnesheetServer> {
  const server = await buildServer({ model: tiny, workerFile: slowWorker(0), threads: 1, ...options });
  onTestFinished(() => server.app.close());
  await server.warm;
  return server;
}

/** One service with a tiny network for all tests of a file. */
export function serverForAll(): { readonly app: App } {
  let server: OnesheetServer | undefined;
  beforeAll(async () => {
    server = await buildServer({
      model: tiny,
      workerFile,
      threads: 1,
      deadline: 60,
      explanationDeadline: 60,
    });
    await server.warm;
  }, 60_000);
  afterAll(() => server?.app.close(), 60_000);
  return {
    get app() {
      return server!.app;
    },
  };
}

/** The same, listening on a free port of this machine. */
export async function listen(options: Partial<ServerOptions> = {}) {
  const server = await startServer(options);
  const address = await server.app.listen({ host: '127.0.0.1', port: 0 });
  return { ...server, address, port: Number(new URL(address).port) };
}

/** A picture of noise, as a file would hold it. */
export function poster(format: 'jpeg' | 'png' | 'webp' = 'jpeg', width = 40, height = 60): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 50 } as const;
  return sharp({ create: { width, height, channels: 3, background: '#000', noise } })
    .toFormat(format)
    .toBuffer();
}

interface Part {
  readonly name: string;
  readonly filename?: string;
  readonly content: Uint8Array | string;
}

/** A form as browsers send it. */
export function form(parts: readonly Part[]) {
  const boundary = 'onesheet-boundary';
  const chunks = parts.flatMap(({ name, filename, content }) => {
    const file = filename === undefined ? '' : `; filename="${filename}"\r\nContent-Type: image/jpeg`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
    return [Buffer.from(head), Buffer.from(content as string), Buffer.from('\r\n')];
  });
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

export const raw = (payload: Buffer, type = 'image/jpeg') => ({
  method: 'POST' as const,
  headers: { 'content-type': type },
  payload,
});
