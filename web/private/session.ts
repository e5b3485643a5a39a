/** @module The runtime and the model's bytes -> logits and probabilities of pixels. */
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { withOutput } from '../../src/graph/browser.ts';
import type { RunnableNetwork } from '../../src/read/browser.ts';
import { logitsOf, probabilitiesOf, type TaughtHead } from '../teaching/head.ts';
import type { BrowserModel } from './facts.ts';
import type { Request } from './messages.ts';

/** onnxruntime-web, and what starts its WebAssembly. */
export interface Runtime {
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
  /**
   * @param pixels uint8 [posters, height, width, 3]
   * @param head what stands in for the model's own last layer
   */
  classify(pixels: Uint8Array, head?: TaughtHead): Promise<Scores>;
  /** @returns what the last layer reads, float32 [posters, width] */
  features(pixels: Uint8Array): Promise<Float32Array>;
}

let last: Promise<unknown> = Promise.resolve();

/** Calls are made one after the other, of whichever session: the runtime computes one at a time. */
function inTurn<In, Out>(work: (input: In) => Promise<Out>): (input: In) => Promise<Out> {
  return (input) => {
    const next = last.then(() => work(input));
    last = next.catch(() => undefined);
    return next;
  };
}

/** Logits and probabilities of a head that reads features, [posters, width]. */
function scoresBy(head: TaughtHead, features: Float32Array): Scores {
  const genres = head.bias.length;
  const width = head.weights.length / genres;
  const posters = features.length / width;
  const [logits, probabilities] = [new Float32Array(posters * genres), new Float32Array(posters * genres)];
  for (let poster = 0; poster < posters; poster++) {
    const own = logitsOf(features.subarray(poster * width, (poster + 1) * width), head);
    logits.set(own, poster * genres);
    probabilities.set(probabilitiesOf(own, head), poster * genres);
  }
  return { logits, probabilities };
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
  const { features: read } = model;
  // For WebAssembly the features became an output when the page was built.
  const network = backend === 'webgpu' && read ? withOutput(bytes, read.name, read.width) : bytes;
  const session: InferenceSession = await ort.InferenceSession.create(network, {
    executionProviders: [backend],
    // For WebAssembly its operators were joined when the page was built.
    graphOptimizationLevel: backend === 'wasm' ? 'disabled' : 'all',
  });
  const { height, width } = model.resize;
  const run = inTurn(async ({ pixels, outputs }: { pixels: Uint8Array; outputs: readonly string[] }) => {
    const posters = pixels.length / (height * width * 3);
    const image: Tensor = new ort.Tensor('uint8', pixels, [posters, height, width, 3]);
    const found = await session.run({ image }, [...outputs]);
    return outputs.map((name) => found[name]!.data as Float32Array);
  });
  const features = async (pixels: Uint8Array): Promise<Float32Array> => {
    if (!model.features) throw new Error('the model has no features that can be read');
    return (await run({ pixels, outputs: [model.features.name] }))[0]!;
  };
  const classify = async (pixels: Uint8Array, head?: TaughtHead): Promise<Scores> => {
    if (head) return scoresBy(head, await features(pixels));
    const [probabilities, logits] = await run({ pixels, outputs: ['probability', 'logit'] });
    return { probabilities: probabilities!, logits: logits! };
  };
  if (backend === 'webgpu') await classify(new Uint8Array(height * width * 3));
  return { model, classify, features };
}

/** Opens a network of pictures of any size, by WebAssembly: a graphics processor would prepare for each size anew. */
export async function openNetwork({ ort }: Runtime, bytes: Uint8Array): Promise<RunnableNetwork> {
  const create = inTurn((network: Uint8Array) =>
    ort.InferenceSession.create(network, {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
      // Memory for the sizes of one picture is of no use to the next.
      enableCpuMemArena: false,
      enableMemPattern: false,
    }),
  );
  const session = await create(bytes);
  const run = inTurn(async (feeds: Parameters<RunnableNetwork['run']>[0]) => {
    const inputs = Object.entries(feeds).map(([name, { data, shape }]) => [
      name,
      new ort.Tensor('float32', data as Float32Array, shape),
    ]);
    const found = await session.run(Object.fromEntries(inputs));
    const results = Object.entries(found).map(([name, { data, dims }]) => [
      name,
      { dtype: 'float32', shape: dims, data },
    ]);
    return Object.fromEntries(results);
  });
  return { run, release: () => session.release() };
}
