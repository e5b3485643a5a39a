/** @module The runtime and the model's file, both from this page's own host -> logits and probabilities of pixels. */
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { Backend, BrowserModel } from './messages.ts';

type Runtime = typeof import('onnxruntime-web');

/** Files of `ort/`, as onnxruntime-web names them, and of `model/`: for WebAssembly its operators are joined already. */
const runtimes = {
  webgpu: {
    script: 'ort.jspi.min.mjs',
    binary: 'ort-wasm-simd-threaded.jspi',
    file: 'model.onnx',
    optimization: 'all',
  },
  wasm: {
    script: 'ort.wasm.min.mjs',
    binary: 'ort-wasm-simd-threaded',
    file: 'model.wasm.onnx',
    optimization: 'disabled',
  },
} as const;

export interface Scores {
  /** float32 [posters, genres] */
  readonly probabilities: Float32Array;
  /** float32 [posters, genres] */
  readonly logits: Float32Array;
}

export interface BrowserSession {
  readonly backend: Backend;
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

/** The minimum of the browser's WebGPU that is asked for here. */
interface Gpu {
  requestAdapter(): Promise<{ readonly info?: { readonly isFallbackAdapter?: boolean } } | null>;
}

/** A real graphics processor: drawn by software it would be slower than WebAssembly, and the runtime needs JSPI. */
async function hasGraphicsProcessor(): Promise<boolean> {
  const { gpu } = navigator as { readonly gpu?: Gpu };
  if (!gpu || !('Suspending' in WebAssembly)) return false;
  const adapter = await gpu.requestAdapter().catch(() => null);
  return adapter !== null && adapter.info?.isFallbackAdapter !== true;
}

async function download(url: URL, total: number, onProgress: (done: number) => void): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`${url.pathname}: HTTP ${response.status}`);
  const bytes = new Uint8Array(total);
  let done = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (done + part.value.length > total) throw new Error(`${url.pathname} is larger than ${total} bytes`);
    bytes.set(part.value, done);
    done += part.value.length;
    onProgress(done);
  }
  if (done !== total) throw new Error(`${url.pathname} has ${done} of ${total} bytes`);
  return bytes;
}

async function start(
  backend: Backend,
  base: string,
  model: BrowserModel,
  onProgress: (done: number, total: number) => void,
): Promise<BrowserSession> {
  const { script, binary, file, optimization } = runtimes[backend];
  const total = model.bytes[backend];
  const runtimeFile = (name: string): string => new URL(`ort/${name}`, base).href;
  // All at once: nothing here waits for anything else.
  const [bytes, ort, wasmBinary] = await Promise.all([
    download(new URL(`model/${file}`, base), total, (done) => onProgress(done, total)),
    import(/* @vite-ignore */ runtimeFile(script)) as Promise<Runtime>,
    fetch(runtimeFile(`${binary}.wasm`)).then((response) => response.arrayBuffer()),
  ]);
  ort.env.wasm.wasmPaths = { mjs: runtimeFile(`${binary}.mjs`) };
  ort.env.wasm.wasmBinary = wasmBinary;
  // Threads need shared memory, which a page has only under the headers that isolate it. Half of the processors is
  // enough: threads wait for each other, and the page and others need the rest.
  const threads = Math.min(4, Math.ceil(navigator.hardwareConcurrency / 2));
  ort.env.wasm.numThreads = globalThis.crossOriginIsolated ? threads : 1;
  ort.env.logLevel = 'error';
  const session: InferenceSession = await ort.InferenceSession.create(bytes, {
    executionProviders: [backend],
    graphOptimizationLevel: optimization,
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
  return { backend, classify: inTurn(classify) };
}

/**
 * Opens the browser's model: on the graphics processor where there is one that can run it, else by WebAssembly.
 *
 * @param base address of the page's folder
 * @param onProgress bytes of the model that have arrived
 */
export async function openSession(
  base: string,
  model: BrowserModel,
  onProgress: (done: number, total: number) => void,
): Promise<BrowserSession> {
  if (await hasGraphicsProcessor()) {
    const session = await start('webgpu', base, model, onProgress).catch(() => undefined);
    if (session) return session;
  }
  return start('wasm', base, model, onProgress);
}
