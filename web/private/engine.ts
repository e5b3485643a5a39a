/** @module The page's own model -> an engine that runs in this browser, so that no poster leaves the machine. */
import type { Grid } from '../../src/explain/index.ts';
import type { PixelSize } from '../../src/image/index.ts';
import { type Engine, type ExplainOptions, Failure, type PosterFile, type PosterSource } from '../engine.ts';
import { texts } from '../texts.ts';
import { type Backend, type BrowserModel, browserModelSchema, type Reply, type Request } from './messages.ts';

type Answer = Extract<Reply, { kind: 'opened' | 'values' }>;
/** A request as it is made here, before it has a number. */
type Unnumbered<R> = R extends Request ? Omit<R, 'job'> : never;

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
  readonly facts: BrowserModel;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #jobs = 0;
  #ready: Promise<Backend> | undefined;

  private constructor(facts: BrowserModel) {
    this.facts = facts;
    this.model = { id: facts.id, metadata: facts };
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => this.#receive(data));
    this.#worker.addEventListener('error', () => this.#giveUp());
  }

  /** @throws {Failure} when the page's folder holds no model */
  static async create(): Promise<PrivateEngine> {
    const response = await fetch(new URL('model/model.json', document.baseURI)).catch(() => undefined);
    const facts = browserModelSchema.safeParse(await response?.json().catch(() => undefined));
    if (!facts.success) throw new Failure('MODEL_FOREIGN', texts.errors.noBrowserModel);
    return new PrivateEngine(facts.data);
  }

  /** Fetches the model and starts the runtime, once. */
  open(onProgress: (done: number, total: number) => void = () => undefined): Promise<Backend> {
    this.#ready ??= this.#ask(
      { kind: 'open', base: document.baseURI, model: this.facts },
      { onProgress },
    ).then((answer) => (answer as Extract<Answer, { kind: 'opened' }>).backend);
    return this.#ready;
  }

  async predict(poster: PosterSource): Promise<Float32Array> {
    if (poster.kind !== 'file') throw new Failure('URL_FETCH_DISABLED', texts.errors.noPicture);
    await this.open();
    const { name, blob } = poster;
    return valuesOf(await this.#ask({ kind: 'predict', name, picture: blob }));
  }

  async explain(poster: PosterFile, genre: number, size: PixelSize, options: ExplainOptions): Promise<Grid> {
    await this.open();
    const { name, blob } = poster;
    const answer = await this.#ask({ kind: 'explain', name, picture: blob, genre, ...size }, options);
    return { ...size, values: valuesOf(answer) };
  }

  #ask(request: Unnumbered<Request>, options: Partial<ExplainOptions> = {}): Promise<Answer> {
    const job = ++this.#jobs;
    return new Promise((resolve, reject) => {
      const { signal, onProgress } = options;
      this.#waiting.set(job, { resolve, reject, ...(onProgress && { onProgress }) });
      signal?.addEventListener('abort', () => {
        if (!this.#waiting.delete(job)) return; // it was answered before
        this.#worker.postMessage({ kind: 'cancel', job } satisfies Request);
        reject(signal.reason);
      });
      this.#worker.postMessage({ ...request, job } as Request);
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

  /** The worker itself failed, for instance because its script could not be loaded. */
  #giveUp(): void {
    const failure = new Failure('UNEXPECTED', texts.errors.privateFailed(texts.errors.worker));
    for (const { reject } of this.#waiting.values()) reject(failure);
    this.#waiting.clear();
  }
}

function valuesOf(answer: Answer): Float32Array {
  return (answer as Extract<Answer, { kind: 'values' }>).values;
}
