/** @module A run's model and its test posters -> how faithful each method's maps are, against maps that know nothing. */
import { stat } from 'node:fs/promises';
import { loadDataset, type Poster, postersOf, readSplit } from '../../src/dataset/index.ts';
import {
  attributionMethods,
  chooseFeatureMap,
  createExplainer,
  defaultMethod,
  displayValues,
  type Grid,
  resizeGrid,
} from '../../src/explain/index.ts';
import { preparePixels } from '../../src/image/index.ts';
import type { Classifier, Model } from '../../src/model/index.ts';
import { modelPathOf, openClassifier } from '../../src/predict/index.ts';
import { Random } from '../../src/random.ts';
import { Run } from '../../src/run/index.ts';
import { type BenchResult, median } from '../result.ts';
import {
  advantageOver,
  centreBlob,
  type FaithfulnessAreas,
  faithfulnessAreas,
  faithfulnessMeasures,
  randomGrid,
} from './areas.ts';
import { randomizedFromTheTop } from './randomization.ts';
import { rankCorrelation, structuralSimilarity } from './similarity.ts';

/** The sanity check needs fewer posters than the curves, since it compares maps pixel by pixel. */
const sanityPosters = 20;
const sanityMethods = ['gradcam', 'hirescam', 'layercam'] as const;
/** Maps are compared at this size, finer than any of the feature maps. */
const sanitySize = { height: 60, width: 40 };
/** Fewer masks and squares than by default, so that hundreds of posters take minutes. */
const riseMasks = 40;
const occlusionStride = 1;

interface ExplainedPoster {
  readonly pixels: Uint8Array;
  /** The likeliest genre, whose prediction is explained. */
  readonly genre: number;
}

/** Where the test posters of a model are said to be: in its run, or by hand for a model file. */
async function testPostersOf(path: string, flags: readonly string[], { metadata }: Model): Promise<Poster[]> {
  const isRun = (await stat(path)).isDirectory();
  const [data, images, split] = flags;
  if (isRun) {
    return (await Run.open(path)).posters('test');
  }
  if (data === undefined || images === undefined || split === undefined)
    throw new Error('A model file needs three more words: table, folder of images, split.');
  const dataset = await loadDataset({ data, images });
  const own = await readSplit(split, dataset);
  if (own.hash !== metadata.provenance.splitHash)
    throw new Error(`${split} is not the split that ${path} was trained with.`);
  return postersOf(dataset, own, 'test');
}

/** Posters in a drawn order, as many as can be read and are wanted. */
async function explainedPosters(
  posters: readonly Poster[],
  classifier: Classifier,
  count: number,
): Promise<ExplainedPoster[]> {
  const chosen: ExplainedPoster[] = [];
  for (const { source } of Random.fromSeed(0)
    .split('posters')
    .shuffle([...posters])) {
    if (chosen.length === count) break;
    const pixels = await preparePixels(source, classifier.model.metadata.resize).catch(() => undefined);
    if (!pixels) continue;
    const { probabilities } = await classifier.classify(pixels);
    chosen.push({ pixels, genre: probabilities.indexOf(Math.max(...probabilities)) });
  }
  return chosen;
}

type MapOf = (poster: ExplainedPoster, index: number) => Promise<Float32Array>;

/** Every map that is compared, by its name in the table; the floors come last. */
function mapMakers(model: Model): { makers: Map<string, MapOf>; release: () => Promise<void> } {
  const { genres, resize } = model.metadata;
  const last = chooseFeatureMap(model.graph, undefined);
  const explainer = createExplainer(model, {
    rise: { masks: riseMasks },
    occlusion: { stride: occlusionStride },
  });
  const makers = new Map<string, MapOf>();
  for (const method of attributionMethods) {
    makers.set(
      method,
      async ({ pixels, genre }) => (await explainer.explain(pixels, genres[genre]!, method)).values,
    );
  }
  const random = Random.fromSeed(0).split('random map');
  makers.set('random', async (_, i) => resizeGrid(randomGrid(last, random.split(i)), resize).values);
  makers.set('centre', async () => centreBlob(resize).values);
  return { makers, release: () => explainer.release() };
}

async function measureFaithfulness(
  classifier: Classifier,
  posters: readonly ExplainedPoster[],
): Promise<ReadonlyMap<string, FaithfulnessAreas[]>> {
  const { makers, release } = mapMakers(classifier.model);
  const names = [...makers.keys()];
  const areas = new Map(names.map((name) => [name, [] as FaithfulnessAreas[]]));
  const score = async (pixels: Uint8Array): Promise<Float32Array> =>
    (await classifier.classify(pixels)).probabilities;
  const random = Random.fromSeed(0).split('faithfulness');
  const { resize } = classifier.model.metadata;
  for (const [i, poster] of posters.entries()) {
    const maps: Float32Array[] = [];
    for (const make of makers.values()) maps.push(await make(poster, i));
    const found = await faithfulnessAreas(poster.pixels, resize, maps, poster.genre, score, {
      random: random.split(i),
    });
    names.forEach((name, m) => {
      areas.get(name)!.push(found[m]!);
    });
    if ((i + 1) % 20 === 0) process.stdout.write(`${i + 1} of ${posters.length} posters\n`);
  }
  await release();
  return areas;
}

/** Likeness of the maps of the trained network and of the network with its upper layers randomized. */
async function checkSanity(model: Model, posters: readonly ExplainedPoster[]) {
  const { genres } = model.metadata;
  const mapsOf = async (each: Model): Promise<Grid[][]> => {
    const explainer = createExplainer(each);
    const maps: Grid[][] = sanityMethods.map(() => []);
    for (const { pixels, genre } of posters) {
      for (const [m, method] of sanityMethods.entries())
        maps[m]!.push(resizeGrid(await explainer.explain(pixels, genres[genre]!, method), sanitySize));
    }
    await explainer.release();
    return maps;
  };
  const shown = (map: Grid): Grid => ({ ...map, values: displayValues(map) });
  const meanOf = (numbers: readonly number[]): number =>
    numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const trained = await mapsOf(model);
  const rows = [];
  for (const { layer, model: randomized } of randomizedFromTheTop(
    model,
    Random.fromSeed(0).split('sanity'),
  )) {
    const changed = await mapsOf(randomized);
    for (const [m, method] of sanityMethods.entries()) {
      const pairs = changed[m]!.map((map, i) => [trained[m]![i]!, map] as const);
      rows.push({
        layer,
        method,
        rankCorrelation: meanOf(pairs.map(([a, b]) => rankCorrelation(a.values, b.values))),
        structuralSimilarity: meanOf(pairs.map(([a, b]) => structuralSimilarity(shown(a), shown(b)))),
      });
    }
  }
  return rows;
}

/** Milliseconds of a prediction and of a map by each method, measured in turns. */
async function measureCost(classifier: Classifier, { pixels, genre }: ExplainedPoster) {
  const explainer = createExplainer(classifier.model);
  const name = classifier.model.metadata.genres[genre]!;
  const sides: [string, () => Promise<unknown>][] = [['prediction', () => classifier.classify(pixels)]];
  for (const method of sanityMethods) sides.push([method, () => explainer.explain(pixels, name, method)]);
  const times = new Map(sides.map(([side]) => [side, [] as number[]]));
  for (const [, run] of sides) await run();
  for (let round = 0; round < 15; round++) {
    for (const [side, run] of sides) {
      const start = performance.now();
      await run();
      times.get(side)!.push(performance.now() - start);
    }
  }
  await explainer.release();
  return Object.fromEntries([...times].map(([side, values]) => [side, median(values)]));
}

/**
 * Deletion, insertion and ROAD on test posters of a run, for every method and two floors; the sanity check; the
 * cost of a map.
 *
 * @param flags a run's folder or a model file (by default `runs/cnn-rnn-0`), and how many posters (by default 200);
 * for a model file also the table, the folder of images and the split that it was trained with
 */
export async function benchFaithfulness(flags: readonly string[]): Promise<BenchResult> {
  const [path = 'runs/cnn-rnn-0', count = '200', ...where] = flags;
  const classifier = await openClassifier(await modelPathOf(path));
  const { model } = classifier;
  const posters = await explainedPosters(await testPostersOf(path, where, model), classifier, Number(count));
  const cost = await measureCost(classifier, posters[0]!);
  const areas = await measureFaithfulness(classifier, posters);
  const sanity = await checkSanity(model, posters.slice(0, sanityPosters));
  await classifier.release();

  const floors = ['random', 'centre'] as const;
  const random = Random.fromSeed(0).split('bootstrap');
  const methods = [...areas].map(([name, rows]) => ({
    name,
    ...Object.fromEntries(
      faithfulnessMeasures.map((measure) => [
        measure,
        {
          area: rows.reduce((sum, row) => sum + row[measure], 0) / rows.length,
          ...Object.fromEntries(
            floors
              .filter((floor) => floor !== name)
              .map((floor) => [floor, advantageOver(measure, rows, areas.get(floor)!, random)]),
          ),
        },
      ]),
    ),
  }));
  const meanOf = (name: string, measure: (typeof faithfulnessMeasures)[number]): number =>
    areas.get(name)!.reduce((sum, row) => sum + row[measure], 0);
  const ratios = faithfulnessMeasures.map((measure) => {
    const ratio = meanOf(defaultMethod, measure) / meanOf('random', measure);
    return measure === 'insertion' ? ratio : 1 / ratio;
  });
  const details = {
    model: model.id,
    posters: posters.length,
    riseMasks,
    methods,
    sanity,
    milliseconds: cost,
  };
  return { part: 'faithfulness', peer: `a random map, by ${defaultMethod}`, ratios, details };
}
