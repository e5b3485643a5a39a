import { expect, onTestFinished, test } from 'vitest';
import {
  advantageOver,
  areaUnder,
  centreBlob,
  type FaithfulnessAreas,
  faithfulnessAreas,
  faithfulnessMeasures,
  randomGrid,
} from '../../bench/faithfulness/areas.ts';
import { createExplainer, resizeGrid } from '../../src/explain/index.ts';
import { Classifier } from '../../src/model/index.ts';
import { Random } from '../../src/random.ts';
import { cornerModel, size } from '../explain/fixture.ts';

test('the area under a curve is the mean height of its trapezoids', () => {
  expect(areaUnder([0, 0.5, 1], [1, 1, 0])).toBeCloseTo(0.75, 12);
  expect(areaUnder([0.2, 0.4], [2, 4])).toBeCloseTo(3, 12);
});

/** A bright corner on a dark picture with a little texture, so that blurring and imputation change it. */
function cornerPixels(seed: number): Uint8Array {
  const random = Random.fromSeed(seed);
  return Uint8Array.from({ length: size.height * size.width * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    const inCorner = Math.floor(pixel / size.width) < 8 && pixel % size.width < 8;
    return (inCorner ? 200 : 20) + random.integer(40);
  });
}

test('the map that knows where the network looks beats a random map and a blob at the centre', async () => {
  const model = cornerModel();
  const classifier = await Classifier.create(model);
  const explainer = createExplainer(model);
  onTestFinished(async () => {
    await classifier.release();
    await explainer.release();
  });
  const score = async (pixels: Uint8Array) => (await classifier.classify(pixels)).probabilities;
  const rows: FaithfulnessAreas[][] = [];
  for (let seed = 0; seed < 12; seed++) {
    const random = Random.fromSeed(seed);
    const pixels = cornerPixels(seed);
    const maps = [
      (await explainer.explain(pixels, 'Corner', 'hirescam')).values,
      resizeGrid(randomGrid({ height: 6, width: 4 }, random), size).values,
      centreBlob(size).values,
    ];
    rows.push(await faithfulnessAreas(pixels, size, maps, 0, score, { random }));
  }
  const [informed, ...floors] = [0, 1, 2].map((map) => rows.map((row) => row[map]!));
  for (const floor of floors) {
    for (const measure of faithfulnessMeasures) {
      const { mean, interval } = advantageOver(measure, informed!, floor!, Random.fromSeed(0));
      expect(interval[0]).toBeGreaterThan(0);
      expect(advantageOver(measure, floor!, informed!, Random.fromSeed(0)).mean).toBeCloseTo(-mean, 12);
    }
  }
});

test('the areas of one picture are the same when they are measured again', async () => {
  const classifier = await Classifier.create(cornerModel());
  onTestFinished(() => classifier.release());
  const score = async (pixels: Uint8Array) => (await classifier.classify(pixels)).probabilities;
  const maps = [new Float32Array(size.height * size.width)];
  const measure = () =>
    faithfulnessAreas(cornerPixels(1), size, maps, 0, score, { random: Random.fromSeed(4), shares: [0.5] });
  expect(await measure()).toEqual(await measure());
});
