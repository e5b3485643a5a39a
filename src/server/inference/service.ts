/** @module A model and settings -> what the routes ask for: predictions and explanations of posters, in time. */
import { setMaxListeners } from 'node:events';
import { OnesheetError, onesheetError } from '../../errors.ts';
import type { AttributionMethod } from '../../explain/index.ts';
import { fetchImage, type ImageLimits, type ImageSource, preparePixels } from '../../image/index.ts';
import type { Model } from '../../model/index.ts';
import type { ServerMetrics } from '../metrics.ts';
import type { Settings } from '../options.ts';
import { Admission } from './admission.ts';
import type { ClassifyAnswer, ClassifyTask, ExplainAnswer, ExplainTask } from './messages.ts';
import { WorkerPool } from './pool.ts';

/** A poster as it came with a request. */
export interface ReceivedPoster {
  /** The part's file name, or the URL. */
  readonly name: string;
  /** Its bytes or URL, or what was wrong with it already. */
  readonly content: Uint8Array | { readonly url: string } | OnesheetError;
}

export interface ExplainWish {
  readonly genre: string | undefined;
  readonly method: AttributionMethod;
  readonly picture: 'png' | 'webp' | undefined;
}

type BytesSource = Extract<ImageSource, { kind: 'bytes' }>;

/** Waits for work that cannot be stopped no longer than the signal allows. */
function until<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

export interface InferenceOptions {
  readonly model: Model;
  readonly settings: Settings;
  readonly metrics: ServerMetrics;
  readonly workerFile: URL | undefined;
  readonly log: (message: string) => void;
}

export class InferenceService {
  readonly model: Model;
  readonly settings: Settings;
  readonly predictions: { readonly admission: Admission; readonly pool: WorkerPool<ClassifyTask> };
  readonly explanations: { readonly admission: Admission; readonly pool: WorkerPool<ExplainTask> };
  /** Settles when everything is warm, or fails with what prevents it. */
  readonly warm: Promise<void>;
  readonly #metrics: ServerMetrics;
  #isClosing = false;

  constructor({ model, settings, metrics, workerFile, log }: InferenceOptions) {
    this.model = model;
    this.settings = settings;
    this.#metrics = metrics;
    // Each worker says it; it is logged once.
    const notices = new Set<string>();
    const poolFor = <T extends ClassifyTask | ExplainTask>(
      kind: T['kind'],
      size: { workers: number; threads: number; maximumBatch: number; patience: number },
    ): WorkerPool<T> =>
      new WorkerPool<T>({
        setup: { bytes: model.bytes, source: model.metadata.name, threads: size.threads, kind },
        ...size,
        batchDelay: settings.batchDelay,
        observer: {
          batched: (tasks, seconds) => metrics.batched(kind, tasks, seconds),
          workerLost: (reason) => {
            metrics.workerLost(kind);
            log(`A worker (${kind}) was lost and is replaced: ${reason}`);
          },
          noticed: (notice) => {
            if (!notices.has(notice)) log(notice);
            notices.add(notice);
          },
        },
        ...(workerFile && { workerFile }),
      });
    const { workers, threads, maximumBatch, deadline, explanationDeadline } = settings;
    this.predictions = {
      admission: new Admission(settings.queueLimit, deadline),
      pool: poolFor('classify', { workers, threads, maximumBatch, patience: 2 * deadline }),
    };
    // Explanations have a thread of their own: a slow method must not stand in the way of predictions.
    this.explanations = {
      admission: new Admission(settings.explanationQueueLimit, explanationDeadline),
      pool: poolFor('explain', {
        workers: 1,
        threads: 1,
        maximumBatch: 1,
        patience: 1.1 * explanationDeadline,
      }),
    };
    metrics.watch('classify', this.predictions.admission);
    metrics.watch('explain', this.explanations.admission);
    this.warm = Promise.all([this.predictions.pool.start(), this.explanations.pool.start()]).then(
      () => undefined,
    );
    // Whoever does not wait for it learns it from the health check.
    this.warm.catch(() => undefined);
  }

  /** Whether it finishes what was let in and takes nothing more. */
  get closing(): boolean {
    return this.#isClosing;
  }

  get ready(): boolean {
    return !this.#isClosing && this.predictions.pool.ready && this.explanations.pool.ready;
  }

  get limits(): ImageLimits {
    const { maximumPixels, maximumPosterBytes, posterSeconds } = this.settings;
    return { maximumPixels, maximumBytes: maximumPosterBytes, timeoutSeconds: posterSeconds };
  }

  /** @throws {OnesheetError} SERVICE_STARTING or SERVICE_CLOSING */
  #expectOpen(): void {
    if (this.#isClosing) throw onesheetError('SERVICE_CLOSING');
    if (this.predictions.pool.threads === 0) throw onesheetError('SERVICE_STARTING');
  }

  /** Refuses before anything of the request is read. @throws {OnesheetError} SERVICE_BUSY, _STARTING, _CLOSING */
  expectRoom(lane: 'predictions' | 'explanations'): void {
    this.#expectOpen();
    this[lane].admission.check();
  }

  /** Runs work for a number of posters within the lane's deadline, and stops what is left of it when it fails. */
  async #within<Result>(
    lane: 'predictions' | 'explanations',
    count: number,
    gone: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    this.#expectOpen();
    const seconds = lane === 'predictions' ? this.settings.deadline : this.settings.explanationDeadline;
    const ticket = this[lane].admission.admit(count);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(onesheetError('DEADLINE_EXCEEDED', seconds)), seconds * 1000);
    const signal = AbortSignal.any([gone, stop.signal]);
    // Every poster of the request listens.
    setMaxListeners(0, signal);
    let isAnswered = false;
    try {
      const result = await work(signal);
      isAnswered = true;
      return result;
    } finally {
      clearTimeout(timer);
      ticket.release(isAnswered);
      stop.abort(onesheetError('REQUEST_ABORTED'));
    }
  }

  /** The bytes of a poster. @throws {OnesheetError} what is wrong with it */
  async #sourceOf({ name, content }: ReceivedPoster, signal: AbortSignal): Promise<BytesSource> {
    if (content instanceof OnesheetError) throw content;
    if (content instanceof Uint8Array) return { kind: 'bytes', bytes: content, name };
    if (!this.settings.fetching) throw onesheetError('URL_FETCH_DISABLED', name);
    return fetchImage(content.url, this.limits, { networks: this.settings.networks, signal });
  }

  /**
   * @param gone aborted when the client leaves
   * @returns for each poster its outputs, or what was wrong with the picture
   * @throws {OnesheetError} SERVICE_BUSY, DEADLINE_EXCEEDED, WORKER_LOST and others that concern the whole request
   */
  predict(
    posters: readonly ReceivedPoster[],
    gone: AbortSignal,
  ): Promise<(ClassifyAnswer | OnesheetError)[]> {
    const { resize } = this.model.metadata;
    return this.#within('predictions', posters.length, gone, (signal) =>
      Promise.all(
        posters.map(async (poster) => {
          const prepare = async (): Promise<Uint8Array> =>
            preparePixels(await this.#sourceOf(poster, signal), resize, this.limits);
          const pixels = await until(signal, prepare()).catch((error: unknown) => {
            if (signal.aborted || !(error instanceof OnesheetError)) throw error;
            return error;
          });
          this.#metrics.images.inc({ outcome: pixels instanceof OnesheetError ? 'refused' : 'decoded' });
          if (pixels instanceof OnesheetError) return pixels;
          return this.predictions.pool.submit({ kind: 'classify', pixels }, signal);
        }),
      ),
    );
  }

  /** The same for pixels that are prepared already, [posters][height, width, 3]. */
  classify(pixels: readonly Uint8Array[], gone: AbortSignal): Promise<ClassifyAnswer[]> {
    return this.#within('predictions', pixels.length, gone, (signal) =>
      Promise.all(
        pixels.map((each) => this.predictions.pool.submit({ kind: 'classify', pixels: each }, signal)),
      ),
    );
  }

  /** @throws {OnesheetError} what is wrong with the picture or the wish, and what {@link predict} throws */
  explain(poster: ReceivedPoster, wish: ExplainWish, gone: AbortSignal): Promise<ExplainAnswer> {
    return this.#within('explanations', 1, gone, async (signal) => {
      const { bytes, name } = await until(signal, this.#sourceOf(poster, signal));
      const task = { kind: 'explain', poster: { bytes, name }, ...wish, limits: this.limits } as const;
      return this.explanations.pool.submit(task, signal);
    });
  }

  /** Says no to whatever comes from now on; what was let in is finished. */
  stopAdmitting(): void {
    this.#isClosing = true;
  }

  async close(): Promise<void> {
    this.stopAdmitting();
    await Promise.all([this.predictions.pool.close(), this.explanations.pool.close()]);
  }
}
