/** @module The page's own model -> an engine that runs in this browser, so that no poster leaves the machine. */
import type { Grid } from '../../src/explain/browser.ts';
import type { PixelSize } from '../../src/image/browser.ts';
import {
  type Engine,
  Failure,
  type Hearing,
  type Hears,
  type PosterFile,
  type PosterSource,
  type Told,
  type WorkOptions,
} from '../engine.ts';
import type { Lesson, Taught, TaughtHead } from '../teaching/head.ts';
import { texts } from '../texts.ts';
import { readBody } from './arriving.ts';
import { type Backend, type BrowserModel, browserModelSchema, readerFactsSchema } from './facts.ts';
import type { PrivateHearing } from './hearing.ts';
import { type Files, fetchFiles, fetchModel, type Loading, load } from './loading.ts';
import type { Reply, Request } from './messages.ts';

export type Answer = Extract<Reply, { kind: 'opened' | 'values' | 'read' | 'taught' }>;
/** A request as it is made here, before it has a number. */
export type Unnumbered<R> = R extends { readonly job: number } ? Omit<R, 'job'> : never;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
  readonly onProgress?: (done: number, total: number) => void;
}

export class PrivateEngine implements Engine {
  readonly mode = 'private';
  readonly model: Engine['model'];
  /** The worker computes one after the other. */
  readonly concurrency = 1;
  readonly oneScale = true;
  readonly facts: BrowserModel;
  readonly #loading: Loading;
  readonly #waiting = new Map<number, Waiting>();
  /** What the network says of pictures that it saw. */
  readonly #seen = new WeakMap<Blob, Float32Array>();
  /** Bytes of what reads posters; nothing where the page lacks it. */
  readonly #readerBytes: number | undefined;
  #jobs = 0;
  #ready: Promise<Backend> | undefined;
  #hearing: PrivateHearing | undefined;

  private constructor(facts: BrowserModel, readerBytes: number | undefined, loading: Loading) {
    this.facts = facts;
    this.#readerBytes = readerBytes;
    this.model = { id: facts.id, metadata: facts };
    this.#loading = loading;
    loading.worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => this.#receive(data));
  }

  /** @throws {Failure} when the page's folder holds no model */
  static async create(): Promise<PrivateEngine> {
    const loading = load();
    const facts = browserModelSchema.safeParse(await loading.facts);
    if (!facts.success) throw new Failure('MODEL_FOREIGN', texts.errors.noBrowserModel);
    const reader = readerFactsSchema.safeParse(await loading.reader);
    return new PrivateEngine(facts.data, reader.data?.bytes, loading);
  }

  /**
   * Starts the runtime with the model, once: on the graphics processor where there is one that can run it, else by
   * WebAssembly.
   *
   * @param onProgress bytes of the model that have arrived
   */
  open(onProgress: (done: number, total: number) => void = () => undefined): Promise<Backend> {
    this.#ready ??= this.#open(onProgress);
    return this.#ready;
  }

  async #open(onProgress: (done: number, total: number) => void): Promise<Backend> {
    const files = await this.#loading.files;
    try {
      await this.#start(files, onProgress);
      return files.backend;
    } catch (error) {
      if (files.backend === 'wasm') throw error;
      await this.#start(fetchFiles('wasm', this.#loading.worker), onProgress);
      return 'wasm';
    }
  }

  async #start(
    { backend, runtime, model }: Files,
    onProgress: (done: number, total: number) => void,
  ): Promise<void> {
    const total = this.facts.bytes[backend];
    const arrived = Promise.all([runtime, model.then((response) => readBody(response, total, onProgress))]);
    const [module, bytes] = await arrived.catch((error: unknown) => {
      throw new Failure('UNEXPECTED', texts.errors.privateFailed(String(error)));
    });
    await this.#ask({ kind: 'open', backend, model: this.facts, module, bytes });
  }

  /** @param head what stands in for the model's own last layer */
  async predict(poster: PosterSource, head?: TaughtHead): Promise<Float32Array> {
    if (poster.kind !== 'file') throw new Failure('URL_FETCH_DISABLED', texts.errors.noPicture);
    const { name, blob } = poster;
    const { resize } = this.facts;
    // The picture is read while the model may still be on its way.
    const [answer] = await Promise.all([
      this.#ask({ kind: 'predict', name, picture: blob, resize, ...(head && { head }) }),
      this.open(),
    ]);
    const values = valuesOf(answer);
    if (!head) this.#seen.set(blob, values);
    return values;
  }

  get hears(): Hears | undefined {
    const { texts: bytes } = this.facts.bytes;
    if (bytes === undefined) return undefined;
    const reader = this.#readerBytes;
    return {
      reading: reader !== undefined,
      bytes: this.#hearing?.missing ?? bytes + (reader ?? 0),
    };
  }

  async hear(poster: PosterFile, told: Told | undefined, options: WorkOptions): Promise<Hearing> {
    const { PrivateHearing } = await import('./hearing.ts');
    this.#hearing ??= new PrivateHearing(this.facts, this.#readerBytes ?? 0, async (request, signal) => {
      await this.open();
      return this.#ask(request, { ...(signal && { signal }) });
    });
    const [network] = await Promise.all([
      this.#seen.get(poster.blob) ?? this.predict(poster),
      this.#hearing.prepare(told === undefined, options.onProgress),
    ]);
    options.signal.throwIfAborted();
    return this.#hearing.hear(poster, told, network, options.signal);
  }

  /** What covered squares take from one genre they take from all: the maps of all genres come of one look. */
  async explain(
    poster: PosterFile,
    _genre: number,
    size: PixelSize,
    options: WorkOptions,
    head?: TaughtHead,
  ): Promise<ReadonlyMap<number, Grid>> {
    await this.open();
    const { name, blob } = poster;
    const request = { kind: 'explain', name, picture: blob, ...size, ...(head && { head }) } as const;
    const values = valuesOf(await this.#ask(request, options));
    const cells = size.height * size.width;
    return new Map(
      Array.from({ length: values.length / cells }, (_, genre) => [
        genre,
        { ...size, values: values.subarray(genre * cells, (genre + 1) * cells) },
      ]),
    );
  }

  /** What the network's last layer reads of a poster, float32 [width]. */
  async features({ name, blob }: PosterFile): Promise<Float32Array> {
    await this.open();
    return valuesOf(await this.#ask({ kind: 'features', name, picture: blob }));
  }

  /** The model as any ONNX runtime reads it, fetched anew. */
  async modelFile(): Promise<Uint8Array<ArrayBuffer>> {
    return readBody(await fetchModel(), this.facts.bytes.webgpu, () => undefined);
  }

  async teach(lesson: Lesson, onProgress: (done: number, total: number) => void): Promise<Taught> {
    const answer = await this.#ask({ kind: 'teach', lesson }, { onProgress });
    return (answer as Extract<Answer, { kind: 'taught' }>).taught;
  }

  #ask(request: Unnumbered<Request>, options: Partial<WorkOptions> = {}): Promise<Answer> {
    const job = ++this.#jobs;
    return new Promise((resolve, reject) => {
      const { signal, onProgress } = options;
      void this.#loading.broken.then(() =>
        reject(new Failure('UNEXPECTED', texts.errors.privateFailed(texts.errors.worker))),
      );
      this.#waiting.set(job, { resolve, reject, ...(onProgress && { onProgress }) });
      signal?.addEventListener('abort', () => {
        if (!this.#waiting.delete(job)) return; // it was answered before
        this.#loading.worker.postMessage({ kind: 'cancel', job } satisfies Request);
        reject(signal.reason);
      });
      this.#loading.worker.postMessage({ ...request, job } as Request);
    });
  }

  #receive(reply: Reply): void {
    const waiting = this.#waiting.get(reply.job);
    if (!waiting) return;
    if (reply.kind === 'progress') {
      waiting.onProgress?.(reply.done, reply.total);
      return;
    }
    this.#waiting.delete(reply.job);
    if (reply.kind !== 'failed') waiting.resolve(reply);
    else if (reply.code === 'UNEXPECTED')
      waiting.reject(new Failure(reply.code, texts.errors.privateFailed(reply.message)));
    else waiting.reject(new Failure(reply.code, reply.message));
  }
}

function valuesOf(answer: Answer): Float32Array {
  return (answer as Extract<Answer, { kind: 'values' }>).values;
}
