/** @module A run and its 8-bit model -> what the 8 bits cost in average precision and gain in bytes and time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as web from 'onnxruntime-web';
import type { Poster } from '../src/dataset/index.ts';
import { evaluateProbabilities } from '../src/evaluate/index.ts';
import { preparePixels } from '../src/image/index.ts';
import type { Classifier } from '../src/model/index.ts';
import { openClassifier, policyOf, quantize, score } from '../src/predict/index.ts';
import { Random } from '../src/random.ts';
import { Run } from '../src/run/index.ts';
import { type BenchResult, median } from './result.ts';

/** Readable posters of the run's validation split and their pixels. */
async function validationPosters(run: string, { model }: Classifier) {
  const posters: Poster[] = [];
  const pixels: Uint8Array[] = [];
  for (const poster of await (await Run.open(run)).posters('validation')) {
    const prepared = await preparePixels(poster.source, model.metadata.resize).catch(() => undefined);
    if (!prepared) continue;
    posters.push(poster);
    pixels.push(prepared);
  }
  return { posters, pixels };
}

async function measuresOf(classifier: Classifier, posters: readonly Poster[]) {
  const { genres, prevalence } = classifier.model.metadata;
  const { yTrue, yScore } = await score(classifier, posters);
  const { measures } = evaluateProbabilities(yTrue, yScore, {
    genres,
    thresholds: policyOf(classifier.model, 'f1'),
    trainPrevalence: prevalence,
    resamples: 1,
    random: Random.fromSeed(0),
  });
  return {
    microAveragePrecision: measures.microAveragePrecision.value ?? Number.NaN,
    macroAveragePrecision: measures.macroAveragePrecision.value ?? Number.NaN,
    microF1: measures.microF1.value ?? Number.NaN,
  };
}

type Reading = (pixels: Uint8Array) => Promise<unknown>;

/** The runtime of browsers, on one thread of WebAssembly, as pages without cross-origin isolation have it. */
async function inWebAssembly({ model }: Classifier): Promise<Reading> {
  web.env.wasm.numThreads = 1;
  const session = await web.InferenceSession.create(model.bytes, { executionProviders: ['wasm'] });
  const { height, width } = model.metadata.resize;
  return (pixels) => session.run({ image: new web.Tensor('uint8', pixels, [1, height, width, 3]) });
}

/** Times of one poster in milliseconds, the two models in turns. */
async function compare(float: Reading, integers: Reading, pixels: readonly Uint8Array[]) {
  const time = async (run: Reading, poster: Uint8Array): Promise<number> => {
    const start = performance.now();
    await run(poster);
    return performance.now() - start;
  };
  const rounds: { float32: number; int8: number }[] = [];
  for (const poster of pixels)
    rounds.push({ float32: await time(float, poster), int8: await time(integers, poster) });
  const measured = rounds.slice(3);
  return {
    ratios: measured.map(({ float32, int8 }) => float32 / int8),
    milliseconds: {
      float32: median(measured.map(({ float32 }) => float32)),
      int8: median(measured.map(({ int8 }) => int8)),
    },
  };
}

/**
 * The float32 model of a run against its 8-bit version: average precision of the validation posters, and the time of
 * one poster in onnxruntime's WebAssembly and in Node.
 *
 * @param flags the run's folder (by default `runs/mobilenet-v2-0`) and the 8-bit model (a file or an installed one; by
 * default one that is made for this from the run)
 */
export async function benchCompact(flags: readonly string[]): Promise<BenchResult> {
  const [run = 'runs/mobilenet-v2-0', given] = flags;
  const float = await openClassifier(run);
  const folder = await mkdtemp(join(tmpdir(), 'onesheet-bench-'));
  const made = join(folder, 'int8.onnx');
  if (given === undefined) await quantize({ model: run, out: made });
  const integers = await openClassifier(given ?? made);
  await rm(folder, { recursive: true });
  const { posters, pixels } = await validationPosters(run, float);
  const measures = {
    float32: await measuresOf(float, posters),
    int8: await measuresOf(integers, posters),
  };
  const timed = pixels.slice(0, 43);
  const browser = await compare(await inWebAssembly(float), await inWebAssembly(integers), timed);
  const node = await compare(
    (p) => float.classify(p),
    (p) => integers.classify(p),
    timed,
  );
  const details = {
    float32: float.model.id,
    int8: integers.model.id,
    bytes: { float32: float.model.bytes.length, int8: integers.model.bytes.length },
    posters: posters.length,
    measures,
    lost: {
      microAveragePrecision: measures.float32.microAveragePrecision - measures.int8.microAveragePrecision,
      macroAveragePrecision: measures.float32.macroAveragePrecision - measures.int8.macroAveragePrecision,
    },
    milliseconds: { webAssembly: browser.milliseconds, node: node.milliseconds },
    ratioInNode: median(node.ratios),
  };
  await float.release();
  await integers.release();
  return {
    part: 'compact',
    peer: `the float32 model, in WebAssembly of onnxruntime ${web.env.versions.web} on one thread`,
    ratios: browser.ratios,
    details,
  };
}
