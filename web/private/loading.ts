/** @module This page's own host -> the worker, the runtime and the model of private mode, all asked for at once. */
import type { Backend } from './facts.ts';
import type { Request } from './messages.ts';
import workerAddress from './worker.ts?worker&url';

/** Files of `ort/`, as onnxruntime-web names them, and of `model/`: for WebAssembly its operators are joined already. */
const files = {
  webgpu: {
    script: 'ort.jspi.min.mjs',
    glue: 'ort-wasm-simd-threaded.jspi.mjs',
    binary: 'ort-wasm-simd-threaded.jspi.wasm',
    model: 'model.onnx',
  },
  wasm: {
    script: 'ort.wasm.min.mjs',
    glue: 'ort-wasm-simd-threaded.mjs',
    binary: 'ort-wasm-simd-threaded.wasm',
    model: 'model.wasm.onnx',
  },
} as const satisfies Record<Backend, object>;

export interface Files {
  readonly backend: Backend;
  /** Compiled while it arrives. */
  readonly runtime: Promise<WebAssembly.Module>;
  /** Its body waits to be read. */
  readonly model: Promise<Response>;
}

export interface Loading {
  readonly worker: Worker;
  /** Settles if the worker itself fails, for instance because its script cannot be loaded, however early. */
  readonly broken: Promise<void>;
  /** `model/model.json`, unchecked; undefined when there is none. */
  readonly facts: Promise<unknown>;
  /** `read/reader.json`, unchecked; undefined when there is none. */
  readonly reader: Promise<unknown>;
  /** For the graphics processor where there is one, else for WebAssembly. */
  readonly files: Promise<Files>;
}

/** The minimum of the browser's WebGPU that is asked for here. */
interface Gpu {
  requestAdapter(): Promise<{ readonly info?: { readonly isFallbackAdapter?: boolean } } | null>;
}

let graphics: Promise<boolean> | undefined;

/** Begins at the first call: to be asked as early as possible, since the answer takes a browser up to .1 s. */
export function hasGraphicsProcessor(): Promise<boolean> {
  graphics ??= askForGraphics();
  return graphics;
}

/** A real graphics processor: drawn by software it would be slower than WebAssembly, and the runtime needs JSPI. */
async function askForGraphics(): Promise<boolean> {
  const { gpu } = navigator as { readonly gpu?: Gpu };
  if (!gpu || !('Suspending' in WebAssembly)) return false;
  const adapter = await gpu.requestAdapter().catch(() => null);
  return adapter !== null && adapter.info?.isFallbackAdapter !== true;
}

const asked = new Set<string>();

function address(path: string): string {
  const { href } = new URL(path, document.baseURI);
  asked.add(href);
  return href;
}

async function compile(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  // Streaming wants the media type of WebAssembly, which not every host knows.
  return response.headers.get('content-type') === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/** The model's file as it is shipped. */
export function fetchModel(): Promise<Response> {
  return fetch(address(`model/${files.webgpu.model}`));
}

/** The model of texts beside the model. */
export function fetchTextModel(): Promise<Response> {
  return fetch(address('model/texts.safetensors'));
}

/** The networks that read what stands on posters, and their alphabet. */
export function fetchReader(signal: AbortSignal): Promise<Response>[] {
  const names = ['detection.onnx', 'recognition.onnx', 'alphabet.txt'];
  return names.map((name) => fetch(address(`read/${name}`), { signal }));
}

/** Has the worker load the runtime's scripts, and fetches what the page hands to it. */
export function fetchFiles(backend: Backend, worker: Worker): Files {
  const { script, glue, binary, model } = files[backend];
  const scripts = { script: address(`ort/${script}`), glue: address(`ort/${glue}`) };
  worker.postMessage({ kind: 'load', starter: address('ort/compiled.mjs'), ...scripts } satisfies Request);
  const found = {
    backend,
    runtime: compile(address(`ort/${binary}`)),
    model: fetch(address(`model/${model}`)),
  };
  // Whoever waits for them later learns of a failure; until then nobody does.
  found.runtime.catch(() => undefined);
  found.model.catch(() => undefined);
  return found;
}

/** Addresses of all files that private mode asked for; the worker's own are not among what a page knows of itself. */
export function privateFiles(): readonly string[] {
  return [...asked];
}

let loading: Loading | undefined;

/** Begins at the first call. */
export function load(): Loading {
  if (loading) return loading;
  asked.add(new URL(workerAddress, import.meta.url).href);
  const worker = new Worker(workerAddress, { type: 'module' });
  const broken = new Promise<void>((resolve) => {
    worker.addEventListener('error', () => resolve());
  });
  const [facts, reader] = ['model/model.json', 'read/reader.json'].map((path) =>
    fetch(address(path))
      .then((response): Promise<unknown> => response.json())
      .catch(() => undefined),
  ) as [Promise<unknown>, Promise<unknown>];
  const chosen = hasGraphicsProcessor().then((has) => fetchFiles(has ? 'webgpu' : 'wasm', worker));
  loading = { worker, broken, facts, reader, files: chosen };
  return loading;
}
