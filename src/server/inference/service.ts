/** @module A model and settings -> what the routes ask for: predictions and explanations of posters, in time. */
import { setMaxListeners } from 'node:events';
import { OnesheetError, onesheetError } from '../../errors.ts';
import { type AttributionMethod, fittedSize } from '../../explain/index.ts';
import type { Device } from '../../graph/index.ts';
import {
  type ImageLimits,
  type ImageSource,
  measureImage,
  PoliteFetcher,
  preparePixels,
  resizeRule,
} from '../../image/index.ts';
import type { Model } from '../../model/index.ts';
import { decodeToRead } from '../../read/index.ts';
import type { ServerMetrics } from '../metrics.ts';
import type { Settings } from '../options.ts';
import { Admission } from './admission.ts';
import { type Layout, layoutOf } from './layout.ts';
import type { ClassifyAnswer, ClassifyTask, ExplainAnswer, ExplainTask, ReadTask, Task } from './messages.ts';
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

/** What is wrong with a picture. @throws what is wrong with anything else */
function refusalOf(error: unknown, signal: AbortSignal): OnesheetError {
  if (signal.aborted || !(error instanceof OnesheetError)) throw error;
  return error;
}

type BytesSource = Extract<ImageSource, { kind: 'bytes' }>;

/** Places along the longer side of a map that is answered as numbers. */
const mapSide = 64;

export interface InferenceOptions {
  readonly model: Model;
  readonly settings: Settings;
  readonly device: Device;
  readonly metrics: ServerMetrics;
  readonly workerFile: URL | undefined;
  readonly log: (message: string) => void;
}

export class InferenceService {
  readonly model: Model;
  readonly settings: Settings;
  readonly predictions: { readonly admission: Admission; readonly pool: WorkerPool<ClassifyTask> };
  readonly explanations: { readonly admission: Admission; readonly pool: WorkerPool<ExplainTask> };
  /** Of posters that are to be read, if that is switched on. */
  readonly readings: { readonly admission: Admission; readonly pool: WorkerPool<ReadTask> } | undefined;
  /** Settles when everything is warm, or fails with what prevents it. */
  readonly warm: Promise<void>;
  readonly #metrics: ServerMetrics;
  readonly #fetcher: PoliteFetcher;
  #isClosing = false;
  /** One for each request in work; all are aborted when the drain is over. */
  readonly #inWork = new Set<AbortController>();
  #drain: NodeJS.Timeout | undefined;
  /** Since when posters have been in work without one that came to its end; in milliseconds, 0 when none is. */
  #waitingSince = 0;

  constructor({ model, settings, device, metrics, workerFile, log }: InferenceOptions) {
    this.model = model;
    this.settings = settings;
    this.#metrics = metrics;
    // A client waits: what takes longer than that is its own to ask for again.
    const { networks, fetchRate: rate } = settings;
    this.#fetcher = new PoliteFetcher({ networks, rate, attempts: 2, patience: 1 });
    // Each worker says it; it is logged once.
    const notices = new Set<string>();
    const poolFor = <T extends Task>(kind: T['kind'], size: Layout & { patience: number }): WorkerPool<T> =>
      new WorkerPool<T>({
        setup: { bytes: model.bytes, source: model.metadata.name, threads: size.threads, device, kind },
        ...size,
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
    const { deadline, explanationDeadline } = settings;
    this.predictions = {
      admission: new Admission(settings.queueLimit, deadline),
      pool: poolFor('classify', { ...layoutOf(settings, device), patience: 2 * deadline }),
    };
    const alone = {
      workers: 1,
      threads: 1,
      maximumBatch: 1,
      batchDelay: 0,
      patience: 1.1 * explanationDeadline,
    };
    // Explanations have a thread of their own: a slow method must not stand in the way of predictions.
    this.explanations = {
      admission: new Admission(settings.explanationQueueLimit, explanationDeadline),
      pool: poolFor('explain', alone),
    };
    // So has reading, whose time is that of an explanation.
    this.readings = settings.reading
      ? {
          admission: new Admission(settings.queueLimit, explanationDeadline),
          pool: poolFor<ReadTask>('read', alone),
        }
      : undefined;
    metrics.watch('classify', this.predictions.admission);
    metrics.watch('explain', this.explanations.admission);
    if (this.readings) metrics.watch('read', this.readings.admission);
    this.warm = Promise.all(this.#pools.map((pool) => pool.start())).then(() => undefined);
    // Whoever does not wait for it learns it from the health check.
    this.warm.catch(() => undefined);
  }

  get #pools(): readonly { start(): Promise<void>; close(): Promise<void>; readonly ready: boolean }[] {
    return [this.predictions.pool, this.explanations.pool, ...(this.readings ? [this.readings.pool] : [])];
  }

  /** Whether it finishes what was let in and takes nothing more. */
  get closing(): boolean {
    return this.#isClosing;
  }

  /** Whether a good poster would be answered now. */
  get ready(): boolean {
    return !this.#isClosing && this.#pools.every((pool) => pool.ready) && !this.stalled;
  }

  /** Whether posters have been in work for longer than the deadline, and none came to its end. */
  get stalled(): boolean {
    const isWaiting = this.predictions.admission.pending > 0 && this.#waitingSince > 0;
    return isWaiting && performance.now() - this.#waitingSince > this.settings.deadline * 1000;
  }

  /** A poster was answered or refused for what it is: whoever waits has something to wait for. */
  #progress(): void {
    this.#waitingSince = performance.now();
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

  /**
   * Lines of text on posters, within the deadline of an explanation.
   *
   * @returns for each poster its lines, or what was wrong with the picture
   * @throws {OnesheetError} READING_OFF, and what {@link predict} throws
   */
  read(
    posters: readonly ReceivedPoster[],
    gone: AbortSignal,
  ): Promise<(readonly string[] | OnesheetError)[]> {
    const { readings } = this;
    if (readings === undefined) throw onesheetError('READING_OFF');
    return this.#within('readings', posters.length, gone, (signal) =>
      Promise.all(
        posters.map(async (poster) => {
          const picture = await this.#sourceOf(poster, signal)
            .then((source) => decodeToRead(source, this.limits, signal))
            .catch((error: unknown) => refusalOf(error, signal));
          if (picture instanceof OnesheetError) return picture;
          return (await readings.pool.submit({ kind: 'read', picture }, signal)).texts;
        }),
      ),
    );
  }

  /** Runs work for a number of posters within the lane's deadline, and stops what is left of it when it fails. */
  async #within<Result>(
    lane: 'predictions' | 'explanations' | 'readings',
    count: number,
    gone: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    this.#expectOpen();
    const seconds = lane === 'predictions' ? this.settings.deadline : this.settings.explanationDeadline;
    const { admission } = this[lane]!;
    if (lane === 'predictions' && admission.pending === 0) this.#progress();
    const ticket = admission.admit(count);
    const stop = new AbortController();
    const { signal } = stop;
    const leave = (): void => stop.abort(gone.reason);
    if (gone.aborted) leave();
    else gone.addEventListener('abort', leave, { once: true });
    this.#inWork.add(stop);
    const timer = setTimeout(() => stop.abort(onesheetError('DEADLINE_EXCEEDED', seconds)), seconds * 1000);
    // Every poster of the request listens.
    setMaxListeners(0, signal);
    let isDone = false;
    try {
      const result = await work(signal);
      isDone = true;
      return result;
    } finally {
      clearTimeout(timer);
      gone.removeEventListener('abort', leave);
      this.#inWork.delete(stop);
      ticket.release(!signal.aborted);
      if (!isDone) stop.abort(onesheetError('REQUEST_ABORTED'));
    }
  }

  /** The bytes of a poster. @throws {OnesheetError} what is wrong with it */
  async #sourceOf({ name, content }: ReceivedPoster, signal: AbortSignal): Promise<BytesSource> {
    if (content instanceof OnesheetError) throw content;
    if (content instanceof Uint8Array) return { kind: 'bytes', bytes: content, name };
    if (!this.settings.fetching) throw onesheetError('URL_FETCH_DISABLED', name);
    return this.#fetcher.fetch(content.url, this.limits, signal);
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
          const pixels = await this.#sourceOf(poster, signal)
            .then((source) => preparePixels(source, resize, this.limits, signal))
            .catch((error: unknown) => refusalOf(error, signal));
          this.#metrics.images.inc({ outcome: pixels instanceof OnesheetError ? 'refused' : 'decoded' });
          if (pixels instanceof OnesheetError) {
            this.#progress();
            return pixels;
          }
          return this.#classify(pixels, signal);
        }),
      ),
    );
  }

  async #classify(pixels: Uint8Array, signal: AbortSignal): Promise<ClassifyAnswer> {
    const answer = await this.predictions.pool.submit({ kind: 'classify', pixels }, signal);
    this.#progress();
    return answer;
  }

  /** The same for pixels that are prepared already, [posters][height, width, 3]. */
  classify(pixels: readonly Uint8Array[], gone: AbortSignal): Promise<ClassifyAnswer[]> {
    return this.#within('predictions', pixels.length, gone, (signal) =>
      Promise.all(pixels.map((each) => this.#classify(each, signal))),
    );
  }

  /**
   * Explains one poster after the other, within the deadline of one explanation.
   *
   * @throws {OnesheetError} what is wrong with the picture or the wish, and what {@link predict} throws
   */
  explain(
    posters: readonly ReceivedPoster[],
    wish: ExplainWish,
    gone: AbortSignal,
  ): Promise<ExplainAnswer[]> {
    return this.#within('explanations', 1, gone, async (signal) => {
      const answers: ExplainAnswer[] = [];
      for (const poster of posters) {
        const task = await this.#explainTask(await this.#sourceOf(poster, signal), wish, signal);
        answers.push(await this.explanations.pool.submit(task, signal));
      }
      return answers;
    });
  }

  /** Pictures are decoded here, where a decoder can be stopped, and not in the worker. */
  async #explainTask(
    source: BytesSource,
    { picture: format, ...wish }: ExplainWish,
    signal: AbortSignal,
  ): Promise<ExplainTask> {
    const { resize } = this.model.metadata;
    const pixels = await preparePixels(source, resize, this.limits, signal);
    const whole = await measureImage(source, this.limits, signal);
    const facts = { kind: 'explain', pixels, ...wish, size: fittedSize(whole, mapSide) } as const;
    if (format === undefined) return { ...facts, picture: undefined };
    const size = fittedSize(whole);
    const data = await preparePixels(source, resizeRule(size), this.limits, signal);
    return { ...facts, picture: { poster: { ...size, data }, format } };
  }

  /** Says no to whatever comes from now on; what was let in is finished, or given up when the drain is over. */
  stopAdmitting(): void {
    this.#isClosing = true;
    const { drain } = this.settings;
    this.#drain ??= setTimeout(() => void this.#giveUp(), drain * 1000);
  }

  async #giveUp(): Promise<void> {
    for (const stop of this.#inWork) stop.abort(onesheetError('SERVICE_CLOSING'));
    await Promise.all([...this.#pools.map((pool) => pool.close()), this.#fetcher.destroy()]);
  }

  async close(): Promise<void> {
    this.stopAdmitting();
    clearTimeout(this.#drain);
    await this.#giveUp();
  }
}
