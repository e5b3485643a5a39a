import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type AttributionMethod,
  attributionMethods,
  createExplainer,
  featureMapsOf,
} from '../../src/explain/index.ts';
import { operators as op } from '../../src/graph/index.ts';
import { modelMessage } from '../../src/graph/schema.ts';
import { Classifier, decodeModel, type Model } from '../../src/model/index.ts';
import { Random } from '../../src/random.ts';
import { tinyModel } from '../model/fixture.ts';
import { bias, cornerModel, noisyPixels, size, sumsOf } from './fixture.ts';

function explainerOf(model: Model, options: Parameters<typeof createExplainer>[1] = {}) {
  const explainer = createExplainer(model, options);
  onTestFinished(() => explainer.release());
  return explainer;
}

/** Bright in the upper left corner, and brighter at a place that `Corner` does not read. */
function brightPixels(): Uint8Array {
  const pixels = new Uint8Array(size.height * size.width * 3).fill(20);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const at = (y * size.width + x) * 3;
      if (y < 8 && x < 8) pixels.fill(220, at, at + 3);
      if (y >= 16 && x >= 8) pixels.fill(250, at, at + 3);
    }
  }
  return pixels;
}

/** Where the map is strongest. */
function peakOf(values: Float32Array): { row: number; column: number } {
  const at = values.indexOf(Math.max(...values));
  return { row: Math.floor(at / size.width), column: at % size.width };
}

describe('a network that reads one corner', () => {
  const methods = attributionMethods.filter((method) => method !== 'gradcam');
  test.each(methods)('%s points at the corner and not at the brighter place', async (method) => {
    const explainer = explainerOf(cornerModel(), { rise: { masks: 400 } });
    const map = await explainer.explain(brightPixels(), 'Corner', method);
    expect(map).toMatchObject({ ...size, genre: 'Corner', method });
    const peak = peakOf(map.values);
    expect(peak.row).toBeLessThan(8);
    expect(peak.column).toBeLessThan(8);
    const other = peakOf((await explainer.explain(brightPixels(), 'Rest', method)).values);
    expect(other.row).toBeGreaterThanOrEqual(8);
  });

  test('Grad-CAM is misled where a channel matters in one place only, as it averages the gradient', async () => {
    const map = await explainerOf(cornerModel()).explain(brightPixels(), 'Corner', 'gradcam');
    expect(peakOf(map.values).row).toBeGreaterThanOrEqual(16);
  });

  test('HiResCAM is complete: its sum is the logit less the bias', async () => {
    const model = cornerModel();
    const explainer = explainerOf(model);
    const classifier = await Classifier.create(model);
    onTestFinished(() => classifier.release());
    const pixels = noisyPixels(3);
    const { logits } = await classifier.classify(pixels);
    for (const [g, genre] of model.metadata.genres.entries()) {
      const { values } = await explainer.explain(pixels, genre, 'hirescam');
      const { corner, rest } = sumsOf(values);
      expect(corner + rest).toBeCloseTo(logits[g]! - bias[g]!, 4);
    }
  });

  test('occlusion by patches of the feature map takes away what HiResCAM assigns, up to the patch colour', async () => {
    const model = cornerModel();
    const pixels = brightPixels();
    const explainer = explainerOf(model, { occlusion: { patch: 0.25, stride: 1 } });
    const occlusion = await explainer.explain(pixels, 'Corner', 'occlusion');
    const hirescam = await explainer.explain(pixels, 'Corner', 'hirescam');
    // A patch covers 4 x 4 pixels, exactly one place of the map, in the mean colour.
    const mean = Math.round(pixels.reduce((sum, value) => sum + value, 0) / pixels.length);
    expect(sumsOf(occlusion.values).rest).toBeCloseTo(0, 5);
    expect(sumsOf(occlusion.values).corner).toBeCloseTo((4 * (220 - mean)) / 255, 4);
    expect(sumsOf(hirescam.values).corner + sumsOf(hirescam.values).rest).toBeCloseTo((4 * 220) / 255, 4);
  });

  test('the same call gives the same map of RISE, whatever was asked before', async () => {
    const model = cornerModel();
    const options = { rise: { masks: 40 } };
    const first = await explainerOf(model, options).explain(noisyPixels(1), 'Rest', 'rise');
    const explainer = explainerOf(model, options);
    await explainer.explain(noisyPixels(2), 'Corner', 'rise');
    expect(await explainer.explain(noisyPixels(1), 'Rest', 'rise')).toEqual(first);
    const other = explainerOf(model, { ...options, random: Random.fromSeed(9) });
    expect((await other.explain(noisyPixels(1), 'Rest', 'rise')).values).not.toEqual(first.values);
  });
});

test('several genres at once get the maps that they get one by one', async () => {
  const model = decodeModel(tinyModel(), 'tiny.onnx');
  const explainer = explainerOf(model, { rise: { masks: 20 } });
  for (const method of attributionMethods) {
    const together = await explainer.explainGenres(noisyPixels(4), ['Horror', 'Drama'], method);
    for (const [i, genre] of ['Horror', 'Drama'].entries()) {
      const alone = await explainer.explain(noisyPixels(4), genre, method);
      expect(together[i]!.genre).toBe(genre);
      const largest = Math.max(...alone.values.map(Math.abs));
      alone.values.forEach((value, at) => {
        expect(Math.abs(value - together[i]!.values[at]!)).toBeLessThan(1e-4 * largest + 1e-9);
      });
    }
  }
});

test('HiResCAM of an earlier map weighs it with the gradient of all that follows', async () => {
  const model = cornerModel((features) => op.multiply(op.tanh(features), features));
  const [, relu] = featureMapsOf(model.graph);
  const explainer = explainerOf(model, { layer: relu!.name });
  const pixels = new Uint8Array(size.height * size.width * 3).fill(128);
  const { values } = await explainer.explain(pixels, 'Corner', 'hirescam');
  const a = 128 / 255;
  const slope = Math.tanh(a) + a * (1 - Math.tanh(a) ** 2);
  expect(sumsOf(values).corner).toBeGreaterThan(5 * sumsOf(values).rest);
  expect(sumsOf(values).corner + sumsOf(values).rest).toBeCloseTo(4 * a * slope, 4);
});

test('a genre is found in any case, and an unknown one is answered with the known ones', async () => {
  const explainer = explainerOf(cornerModel());
  expect((await explainer.explain(noisyPixels(0), 'corner')).genre).toBe('Corner');
  await expect(explainer.explain(noisyPixels(0), 'Horror')).rejects.toMatchObject({
    code: 'GENRE_UNKNOWN',
    exitCode: 2,
    message: 'The model knows no genre Horror: expected one of Corner, Rest.',
  });
});

test('an unknown method or layer is answered with those that there are', async () => {
  const explainer = explainerOf(cornerModel());
  await expect(explainer.explain(noisyPixels(0), 'Corner', 'magic' as AttributionMethod)).rejects.toThrow(
    'Expected one of gradcam, hirescam, layercam, occlusion, rise for method but received magic.',
  );
  await expect(
    explainerOf(cornerModel(), { layer: '7x7' }).explain(noisyPixels(0), 'Corner'),
  ).rejects.toThrow(/or one of 6x4 \(Relu_\d+\) for layer but received 7x7/);
});

test('pixels of another size and options outside their ranges are refused', async () => {
  const explainer = explainerOf(cornerModel());
  await expect(explainer.explain(new Uint8Array(12), 'Corner')).rejects.toThrow(
    'Expected 24 x 16 x 3 bytes of pixels for picture but received 12 bytes.',
  );
  expect(() => createExplainer(cornerModel(), { rise: { masks: 0 } })).toThrow(
    'Expected a positive integer for masks but received 0.',
  );
  expect(() => createExplainer(cornerModel(), { occlusion: { patch: 2 } })).toThrow(
    'Expected a number above 0 and at most 1 for patch but received 2.',
  );
});

test('a network without a gradient is refused by name, and occlusion and rise still explain it', async () => {
  const model = cornerModel((features) => {
    const places = op.reshape(features, [-1, 24, 1, 1]);
    return features.graph.add('Mean', [places], {}, { name: 'peak' })[0]!;
  });
  const explainer = explainerOf(model, { rise: { masks: 10 } });
  await expect(explainer.explain(noisyPixels(0), 'Corner', 'gradcam')).rejects.toMatchObject({
    code: 'EXPLANATION_UNSUPPORTED',
    message:
      'No explanation by gradients: Mean (node peak) is not supported by differentiation as it has no gradient rule. The methods occlusion and rise need predictions only.',
  });
  for (const method of ['occlusion', 'rise'] as const)
    expect((await explainer.explain(noisyPixels(0), 'Corner', method)).values.some((v) => v > 0)).toBe(true);
});

test('a network with an operator that onesheet does not know predicts, and is explained by occlusion and rise', async () => {
  const message = modelMessage().decode(tinyModel()) as unknown as { graph: { node: { opType: string }[] } };
  message.graph.node.find(({ opType }) => opType === 'Relu')!.opType = 'Softsign';
  const bytes = modelMessage().encode(modelMessage().fromObject(message)).finish();
  const model = decodeModel(bytes, 'foreign.onnx');
  expect(() => model.graph).toThrow(/Softsign/);
  const classifier = await Classifier.create(model);
  onTestFinished(() => classifier.release());
  expect((await classifier.classify(noisyPixels(4))).probabilities).toHaveLength(3);

  const explainer = explainerOf(model, { rise: { masks: 10 } });
  await expect(explainer.explain(noisyPixels(4), 'Drama')).rejects.toMatchObject({
    code: 'EXPLANATION_UNSUPPORTED',
    message: expect.stringMatching(/Softsign .* The methods occlusion and rise need predictions only\.$/),
  });
  for (const method of ['occlusion', 'rise'] as const)
    expect((await explainer.explain(noisyPixels(4), 'Drama', method)).values.some((v) => v > 0)).toBe(true);
});
