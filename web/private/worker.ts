/** @module Jobs from the page -> predictions and maps, computed beside it so that it stays responsive. */
import { OnesheetError } from '../../src/errors.ts';
import { mapOnPoster, occlusionGrids, occlusionSquares, resizeGrid } from '../../src/explain/browser.ts';
import { teach } from '../teaching/head.ts';
import type { Reply, Request } from './messages.ts';
import { preparePixels } from './pixels.ts';
import { type BrowserReader, openReader } from './reading.ts';
import { type BrowserSession, loadRuntime, openSession } from './session.ts';

/** Pictures that go through the network between two looks at what the page wants. */
const chunk = 4;
/** Squares that overlap by a quarter: half as many as by default, for a processor that may be a phone's. */
const occlusion = { patch: 0.25, stride: 0.75 };

let runtime: ReturnType<typeof loadRuntime> | undefined;
let ready: (session: BrowserSession) => void;
/** Stays open when the model cannot be opened: the page knows, and waits for nothing. */
const opened = new Promise<BrowserSession>((resolve) => {
  ready = resolve;
});
const cancelled = new Set<number>();
let reader: Promise<BrowserReader> | undefined;
/** Of posters that are being read. */
const readings = new Map<number, AbortController>();

function reply(message: Reply, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

/** Lets messages in: the page may have cancelled the job. */
async function stillWanted(job: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  if (cancelled.delete(job)) throw new DOMException('cancelled', 'AbortError');
}

async function predict({
  name,
  picture,
  resize,
  head,
}: Extract<Request, { kind: 'predict' }>): Promise<Float32Array> {
  const pixels = await preparePixels(picture, name, resize);
  return (await (await opened).classify(pixels, head)).probabilities;
}

async function features({ name, picture }: Extract<Request, { kind: 'features' }>): Promise<Float32Array> {
  const session = await opened;
  return session.features(await preparePixels(picture, name, session.model.resize));
}

/**
 * Occlusion: it needs predictions only, which is all that the browser's runtime can do.
 *
 * @returns [genres, height, width]
 */
async function explain(request: Extract<Request, { kind: 'explain' }>): Promise<Float32Array> {
  const { job, name, picture, height, width, head } = request;
  const session = await opened;
  const { resize } = session.model;
  const genres = head?.bias.length ?? session.model.genres.length;
  const pixels = await preparePixels(picture, name, resize);
  const { corners, side } = occlusionSquares(resize, occlusion);
  const total = corners.length + 1; // the picture as it is comes first
  let done = 0;
  const score = async (batch: Uint8Array): Promise<Float32Array> => {
    const count = batch.length / pixels.length;
    const logits = new Float32Array(count * genres);
    for (let at = 0; at < count; at += chunk) {
      await stillWanted(job);
      const part = batch.subarray(at * pixels.length, Math.min(count, at + chunk) * pixels.length);
      logits.set((await session.classify(part, head)).logits, at * genres);
      done += part.length / pixels.length;
      reply({ kind: 'progress', job, done, total });
    }
    return logits;
  };
  const every = Array.from({ length: genres }, (_, genre) => genre);
  const grids = await occlusionGrids(pixels, resize, every, score, occlusion);
  // Half a square is all that such squares can resolve: drawn smoothly, their edges pretend to nothing finer.
  const cells = (length: number): number => Math.round((2 * length) / side);
  const values = new Float32Array(genres * height * width);
  grids.forEach((grid, genre) => {
    const coarse = resizeGrid(grid, { height: cells(resize.height), width: cells(resize.width) });
    const map = { ...resizeGrid(coarse, resize), genre: '', method: 'occlusion' } as const;
    values.set(mapOnPoster(map, resize, { height, width }).values, genre * height * width);
  });
  return values;
}

async function open(request: Extract<Request, { kind: 'open' }>): Promise<void> {
  if (!runtime) throw new Error('no runtime was loaded');
  ready(await openSession(await runtime, request));
  reply({ kind: 'opened', job: request.job });
}

async function read({ job, name, picture }: Extract<Request, { kind: 'read' }>): Promise<void> {
  if (!reader) throw new Error('no reader was loaded');
  const controller = new AbortController();
  readings.set(job, controller);
  try {
    const reading = await (await reader)(picture, name, controller.signal);
    reply({ kind: 'read', job, reading });
  } finally {
    readings.delete(job);
  }
}

function valuesFor(
  request: Extract<Request, { kind: 'predict' | 'explain' | 'features' }>,
): Promise<Float32Array> {
  if (request.kind === 'predict') return predict(request);
  return request.kind === 'explain' ? explain(request) : features(request);
}

async function work(request: Request): Promise<void> {
  if (request.kind === 'load') {
    runtime = loadRuntime(request);
    await runtime;
  } else if (request.kind === 'cancel') {
    const reading = readings.get(request.job);
    if (reading) reading.abort(new DOMException('cancelled', 'AbortError'));
    else cancelled.add(request.job);
  } else if (request.kind === 'open') {
    await open(request);
  } else if (request.kind === 'openReader') {
    // The runtime is set up with the model.
    reader = opened.then(async () => openReader(await runtime!, request));
    await reader;
    reply({ kind: 'opened', job: request.job });
  } else if (request.kind === 'read') {
    await read(request);
  } else if (request.kind === 'teach') {
    const { job, lesson } = request;
    const taught = teach(lesson, (done, total) => reply({ kind: 'progress', job, done, total }));
    reply({ kind: 'taught', job, taught });
  } else {
    const values = await valuesFor(request);
    cancelled.delete(request.job);
    reply({ kind: 'values', job: request.job, values }, [values.buffer as ArrayBuffer]);
  }
}

self.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  work(data).catch((error: unknown) => {
    if (data.kind === 'load') return; // `open` tells
    const code =
      error instanceof OnesheetError ? error.code : error instanceof DOMException ? error.name : 'UNEXPECTED';
    const message = error instanceof Error ? error.message : String(error);
    reply({ kind: 'failed', job: data.job, code, message });
  });
});
