/** @module The page's own model -> an engine that runs in this browser, so that no poster leaves the machine. */
import type { Grid } from '../../src/explain/browser.ts';
import type { PixelSize } from '../../src/image/browser.ts';
import { type Engine, type ExplainOptions, Failure, type PosterFile, type PosterSource } from '../engine.ts';
import type { Lesson, Taught, TaughtHead } from '../teaching/head.ts';
import { texts } from '../texts.ts';
import { type Backend, type BrowserModel, browserModelSchema } from './facts.ts';
import { type Files, fetchFiles, fetchModel, type Loading, load } from './loading.ts';
import type { Reply, Request } from './messages.ts';

type Answer = Extract<Reply, { kind: 'opened' | 'values' | 'taught' }>;
/** A request as it is made here, before it has a number. */
type Unnumbered<R> = R extends { readonly job: number } ? Omit<R, 'job'> : never;

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
  #jobs = 0;
  #ready: Promise<Backend> | undefined;

  private constructor(facts: BrowserModel, loading: Loading) {
    this.facts = facts;
    this.model = { id: facts.id, metadata: facts };
    this.#loading = loading;
    loading.worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => this.#receive(data));
  }

  /** @throws {Failure} when the page's folder holds no model */
  static async create(): Promise<PrivateEngine> {
    const loading = load();
    const facts = browserModelSchema.safeParse(await loading.facts);
    if (!facts.success) throw new Failure('MODEL_FOREIGN', texts.errors.noBrowserModel);
    return new PrivateEngine(facts.data, loading);
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
    const arrived = Promise.all([runtime, model.then((response) => read(response, total, onProgress))]);
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
    return valuesOf(answer);
  }

  /** What covered squares take from one genre they take from all: the maps of all genres come of one look. */
  async explain(
    poster: PosterFile,
    _genre: number,
    size: PixelSize,
    options: ExplainOptions,
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
    return read(await fetchModel(), this.facts.bytes.webgpu, () => undefined);
  }

  async teach(lesson: Lesson, onProgress: (done: number, total: number) => void): Promise<Taught> {
    const answer = await this.#ask({ kind: 'teach', lesson }, { onProgress });
    return (answer as Extract<Answer, { kind: 'taught' }>).taught;
  }

  #ask(request: Unnumbered<Request>, options: Partial<ExplainOptions> = {}): Promise<Answer> {
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

/** Reads what must have a known size. */
async function read(
  response: Response,
  total: number,
  onProgress: (done: number, total: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const { pathname } = new URL(response.url);
  if (!response.ok || !response.body) throw new Error(`${pathname}: HTTP ${response.status}`);
  const bytes = new Uint8Array(total);
  let done = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (done + part.value.length > total) throw new Error(`${pathname} is larger than ${total} bytes`);
    bytes.set(part.value, done);
    done += part.value.length;
    onProgress(done, total);
  }
  if (done !== total) throw new Error(`${pathname} has ${done} of ${total} bytes`);
  return bytes;
}
