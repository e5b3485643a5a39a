/**
 * @module web/, the model for browsers and its runtime -> dist/web/, a folder that any host can serve, and dist/wasm/,
 * what the package holds of them.
 */
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import type { Graph } from './src/graph/index.ts';
import { texts } from './web/texts.ts';

const root = fileURLToPath(new URL('web/', import.meta.url));
const output = fileURLToPath(new URL('dist/web/', import.meta.url));
const stored = fileURLToPath(new URL('dist/wasm/', import.meta.url));
const models = new URL('models/', import.meta.url);
const samples = fileURLToPath(new URL('samples/', import.meta.url));

/** The runtime's files that web/private/session.ts asks for. */
const runtimeFiles = [
  'ort.wasm.min.mjs',
  'ort-wasm-simd-threaded.mjs',
  'ort-wasm-simd-threaded.wasm',
  'ort.jspi.min.mjs',
  'ort-wasm-simd-threaded.jspi.mjs',
  'ort-wasm-simd-threaded.jspi.wasm',
];

/** The one place that chooses: a model with 8-bit weights if one is shipped, else the newest network of the mission. */
async function browserModel(): Promise<string> {
  const names = (await readdir(models)).sort();
  const name = names.find((each) => each.endsWith('.int8.onnx')) ?? 'cnn-rnn.onnx';
  return fileURLToPath(new URL(name, models));
}

/** A room as it was compiled just before, which is much quicker than having Vite bundle it for this one call. */
async function compiled<Room>(room: string, door = 'index'): Promise<Room> {
  return (await import(new URL(`dist/${room}/${door}.js`, import.meta.url).href)) as Room;
}

interface Features {
  readonly name: string;
  readonly width: number;
}

/** What the model's last dense layer reads, which heads of a person's own read too; none where that is no vector. */
async function featuresOf(graph: Graph, path: string): Promise<Features | undefined> {
  const { chooseFeatures } = await compiled<typeof import('./src/nn/index.ts')>('nn');
  const { name, shape } = chooseFeatures(graph, path, null);
  const width = shape[1];
  return shape.length === 2 && typeof width === 'number' ? { name, width } : undefined;
}

async function withFeatures(bytes: Uint8Array, { name, width }: Features): Promise<Uint8Array> {
  const { withOutput } = await compiled<typeof import('./src/graph/browser.ts')>('graph', 'browser');
  return withOutput(bytes, name, width);
}

/** Joins and simplifies operators now, which takes a browser more than a second at every opening. */
async function optimize(from: Uint8Array, to: string): Promise<void> {
  const options = {
    graphOptimizationLevel: 'extended',
    optimizedModelFilePath: to,
    logSeverityLevel: 4,
  } as const;
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  const { InferenceSession } = await import('onnxruntime-node');
  await (await InferenceSession.create(from, options)).release();
}

/**
 * What the package holds instead of the page's largest files, so that it has each once: WebAssembly compressed, which
 * src/graph/engine.ts runs in Node too, the models from `models/` and the drawings from `samples/`. `page.json` says for src/server/routes/page.ts
 * where each of the page's files lies, seen from dist/.
 */
async function store(
  runtime: string,
  models: Readonly<Record<string, string>>,
  drawings: readonly string[],
): Promise<void> {
  await mkdir(stored, { recursive: true });
  await copyFile(`${runtime}ort.node.min.mjs`, `${stored}ort.node.min.mjs`);
  const places: Record<string, string> = { ...models };
  for (const file of drawings) places[`samples/${file}`] = `../samples/${file}`;
  for (const file of runtimeFiles.filter((name) => name.endsWith('.wasm'))) {
    // The best of what takes a second; the highest quality takes a minute.
    const params = { [constants.BROTLI_PARAM_QUALITY]: 6, [constants.BROTLI_PARAM_LGWIN]: 24 };
    await writeFile(
      `${stored}${file}.br`,
      brotliCompressSync(await readFile(`${runtime}${file}`), { params }),
    );
    places[`ort/${file}`] = `wasm/${file}.br`;
  }
  await writeFile(`${stored}page.json`, `${JSON.stringify(places, null, 2)}\n`);
}

/** The model of texts beside a model, if there is one, for the page to hear by; and its size. */
async function addTextModel(path: string): Promise<{ place: string; texts: number } | undefined> {
  const { textModelPath } = await compiled<typeof import('./src/model/index.ts')>('model');
  const from = textModelPath(path);
  const found = await stat(from).catch(() => undefined);
  if (!found) return undefined;
  await copyFile(from, `${output}model/texts.safetensors`);
  return { place: `../models/${basename(from)}`, texts: found.size };
}

/** Puts the networks that read posters beside the page, if their optional package is installed. */
async function addReader(): Promise<void> {
  const { networkFiles } = await compiled<typeof import('./src/read/index.ts')>('read');
  const files = Object.entries(await networkFiles().catch(() => ({})));
  const bytes = files.reduce((sum, [, file]) => sum + file.length, 0);
  await mkdir(`${output}read`, { recursive: true });
  await writeFile(`${output}read/reader.json`, `${JSON.stringify(bytes > 0 ? { bytes } : {})}\n`);
  for (const [name, file] of files) await writeFile(`${output}read/${name}`, file);
}

/** Puts `model/`, `ort/`, `read/` and the drawings to try beside the page. */
function besidePage(): Plugin {
  return {
    name: 'onesheet-files-beside-the-page',
    apply: 'build',
    async closeBundle() {
      const path = await browserModel();
      const { loadModel } = await compiled<typeof import('./src/model/index.ts')>('model');
      const { id, bytes, metadata, graph } = await loadModel(path);
      const features = await featuresOf(graph, path);
      await mkdir(`${output}model`, { recursive: true });
      await copyFile(path, `${output}model/model.onnx`);
      const optimized = `${output}model/model.wasm.onnx`;
      await optimize(features ? await withFeatures(bytes, features) : bytes, optimized);
      const heard = await addTextModel(path);
      const sizes = {
        webgpu: bytes.length,
        wasm: (await stat(optimized)).size,
        ...(heard && { texts: heard.texts }),
      };
      const facts = { id, bytes: sizes, ...(features && { features }), ...metadata };
      await writeFile(`${output}model/model.json`, `${JSON.stringify(facts, null, 2)}\n`);
      await mkdir(`${output}ort`, { recursive: true });
      const runtime = fileURLToPath(new URL('.', import.meta.resolve('onnxruntime-web/wasm')));
      for (const file of runtimeFiles) await copyFile(`${runtime}${file}`, `${output}ort/${file}`);
      const drawings = (await readdir(samples)).filter((name) => name.endsWith('.svg'));
      await mkdir(`${output}samples`, { recursive: true });
      for (const file of drawings) await copyFile(`${samples}${file}`, `${output}samples/${file}`);
      await addReader();
      await store(
        runtime,
        {
          'model/model.onnx': `../models/${basename(path)}`,
          ...(heard && { 'model/texts.safetensors': heard.place }),
        },
        drawings,
      );
    },
  };
}

/** The page's few texts that stand in HTML come from the module that holds all of them. */
function textsInHtml(): Plugin {
  return {
    name: 'onesheet-texts-in-html',
    transformIndexHtml: (html) =>
      html.replace(
        /\{\{(title|description|noScript)\}\}/g,
        (_all, key: 'title' | 'description' | 'noScript') => texts[key],
      ),
  };
}

/** The page proper is asked for by the HTML, not only once `start.ts` has come; the page has loaded when it has. */
function pageAtOnce(): Plugin {
  return {
    name: 'onesheet-page-at-once',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle = {} }) =>
        Object.values(bundle)
          .filter((file) => file.type === 'chunk' && file.facadeModuleId === `${root}main.ts`)
          .map(({ fileName }) => ({
            tag: 'script',
            attrs: { type: 'module', crossorigin: true, src: `./${fileName}` },
            injectTo: 'head',
          })),
    },
  };
}

export default defineConfig({
  root,
  base: './',
  appType: 'mpa',
  logLevel: 'warn',
  plugins: [textsInHtml(), pageAtOnce(), besidePage()],
  worker: { format: 'es' },
  build: {
    outDir: output,
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    // What is imported here but not used stays out, with all that it imports: much of src/ is for Node.
    rolldownOptions: { treeshake: { moduleSideEffects: (id) => !id.includes('/src/') } },
  },
});
