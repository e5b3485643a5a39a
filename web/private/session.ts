/** @module The runtime and the model's bytes -> logits and probabilities of pixels. */
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { BrowserModel, Request } from './messages.ts';

/** onnxruntime-web, and what starts its WebAssembly. */
interface Runtime {
  /** Address of `web/public/ort/compiled.mjs`. */
  readonly starter: string;
  readonly ort: typeof import('onnxruntime-web');
  readonly glue: { readonly default: (options: object) => Promise<object> };
  readonly compiled: { use(start: (options: object) => Promise<object>, module: WebAssembly.Module): void };
}

/** Loads the runtime's scripts. */
export async function loadRuntime(scripts: Extract<Request, { kind: 'load' }>): Promise<Runtime> {
  const load = <T>(url: string): Promise<T> => import(/* @vite-ignore */ url) as Promise<T>;
  const [ort, glue, compiled] = await Promise.all([
    load<Runtime['ort']>(scripts.script),
    load<Runtime['glue']>(scripts.glue),
    load<Runtime['compiled']>(scripts.starter),
  ]);
  return { starter: scripts.starter, ort, glue, compiled };
}

export interface Scores {
  /** float32 [posters, genres] */
  readonly probabilities: Float32Array;
  /** float32 [posters, genres] */
  readonly logits: Float32Array;
}

export interface BrowserSession {
  readonly model: BrowserModel;
  /** @param pixels uint8 [posters, height, width, 3] */
  classify(pixels: Uint8Array): Promise<Scores>;
}

/** Calls are made one after the other: a session computes one at a time. */
function inTurn(work: (pixels: Uint8Array) => Promise<Scores>): (pixels: Uint8Array) => Promise<Scores> {
  let last: Promise<unknown> = Promise.resolve();
  return (pixels) => {
    const next = last.then(() => work(pixels));
    last = next.catch(() => undefined);
    return next;
  };
}

/** Opens the browser's model on the graphics processor, or by WebAssembly. */
export async function openSession(
  { starter, ort, glue, compiled }: Runtime,
  { backend, model, module, bytes }: Extract<Request, { kind: 'open' }>,
): Promise<BrowserSession> {
  compiled.use(glue.default, module);
  ort.env.wasm.wasmPaths = { mjs: starter };
  // Threads need shared memory, which a page has only under the headers that isolate it. Half of the processors is
  // enough: threads wait for each other, and the page and others need the rest.
  const threads = Math.min(4, Math.ceil(navigator.hardwareConcurrency / 2));
  ort.env.wasm.numThreads = globalThis.crossOriginIsolated ? threads : 1;
  ort.env.logLevel = 'error';
  const session: InferenceSession = await ort.InferenceSession.create(bytes, {
    executionProviders: [backend],
    // For WebAssembly its operators were joined when the page was built.
    graphOptimizationLevel: backend === 'wasm' ? 'disabled' : 'all',
  });
  const { height, width } = model.resize;
  const classify = async (pixels: Uint8Array): Promise<Scores> => {
    const posters = pixels.length / (height * width * 3);
    const image: Tensor = new ort.Tensor('uint8', pixels, [posters, height, width, 3]);
    const { probability, logit } = await session.run({ image });
    return {
      probabilities: probability!.data as Float32Array,
      logits: logit!.data as Float32Array,
    };
  };
  if (backend === 'webgpu') await classify(new Uint8Array(height * width * 3));
  return { model, classify: inTurn(classify) };
}
