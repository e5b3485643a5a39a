import { expect, test } from 'vitest';
import { randomizedFromTheTop } from '../../bench/faithfulness/randomization.ts';
import { rankCorrelation, structuralSimilarity } from '../../bench/faithfulness/similarity.ts';
import { createExplainer, displayValues } from '../../src/explain/index.ts';
import { decodeModel, type Model } from '../../src/model/index.ts';
import { Random } from '../../src/random.ts';
import { noisyPixels, size } from '../explain/fixture.ts';
import { tinyModel } from '../model/fixture.ts';

async function mapsOf(model: Model, method: 'gradcam' | 'hirescam' | 'layercam'): Promise<Float32Array[]> {
  const explainer = createExplainer(model);
  const maps = [];
  for (let seed = 0; seed < 6; seed++)
    maps.push((await explainer.explain(noisyPixels(seed), 'Drama', method)).values);
  await explainer.release();
  return maps;
}

test('randomization goes from the logits down to the first convolution and shuffles what it reaches', () => {
  const model = decodeModel(tinyModel(), 'tiny.onnx');
  const steps = [...randomizedFromTheTop(model, Random.fromSeed(1))];
  expect(steps.map(({ layer }) => layer)).toEqual(['dense', 'attention', 'gru', 'stage2', 'stage1']);
  const valuesIn = (each: Model, name: string) => each.graph.initializers.get(name)!.data as Float32Array;
  const [top, , , , bottom] = steps.map((step) => step.model);
  expect(valuesIn(top!, 'dense.weight')).not.toEqual(valuesIn(model, 'dense.weight'));
  expect(valuesIn(top!, 'dense.weight').toSorted()).toEqual(valuesIn(model, 'dense.weight').toSorted());
  expect(valuesIn(top!, 'stage1.conv.weight')).toEqual(valuesIn(model, 'stage1.conv.weight'));
  expect(valuesIn(bottom!, 'stage1.conv.weight')).not.toEqual(valuesIn(model, 'stage1.conv.weight'));
});

test.each(['gradcam', 'hirescam', 'layercam'] as const)(
  'the map of %s changes when the weights are randomized, as Adebayo et al. ask',
  async (method) => {
    const model = decodeModel(tinyModel(), 'tiny.onnx');
    const trained = await mapsOf(model, method);
    const again = await mapsOf(model, method);
    const [, , , , last] = [...randomizedFromTheTop(model, Random.fromSeed(1))];
    const changed = await mapsOf(last!.model, method);
    const likeness = (maps: Float32Array[]) =>
      maps.reduce((sum, map, i) => sum + rankCorrelation(trained[i]!, map), 0) / maps.length;
    const shown = (values: Float32Array) => ({ ...size, values: displayValues({ values }) });
    const similarity = (maps: Float32Array[]) =>
      maps.reduce((sum, map, i) => sum + structuralSimilarity(shown(trained[i]!), shown(map)), 0) /
      maps.length;
    expect(likeness(again)).toBeGreaterThan(0.99);
    expect(likeness(changed)).toBeLessThan(0.6);
    expect(similarity(again)).toBeGreaterThan(0.99);
    expect(similarity(changed)).toBeLessThan(0.8);
  },
);

test('rank correlation follows the order alone, with ties sharing their rank', () => {
  expect(rankCorrelation(Float32Array.of(1, 2, 4), Float32Array.of(10, 20, 30))).toBeCloseTo(1, 12);
  expect(rankCorrelation(Float32Array.of(1, 2, 4), Float32Array.of(3, 2, 1))).toBeCloseTo(-1, 12);
  // Ranks 1.5, 1.5, 3 against 1, 2, 3: scipy.stats.spearmanr gives 0.8660254.
  expect(rankCorrelation(Float32Array.of(0, 0, 5), Float32Array.of(1, 2, 3))).toBeCloseTo(0.8660254, 6);
  expect(rankCorrelation(new Float32Array(3), Float32Array.of(1, 2, 3))).toBe(0);
});

test('structural similarity is 1 for equal maps and about 0 for unrelated ones', () => {
  const noise = (seed: number) => {
    const random = Random.fromSeed(seed);
    return { height: 32, width: 24, values: Float32Array.from({ length: 32 * 24 }, () => random.float()) };
  };
  expect(structuralSimilarity(noise(1), noise(1))).toBeCloseTo(1, 6);
  expect(Math.abs(structuralSimilarity(noise(1), noise(2)))).toBeLessThan(0.1);
});
