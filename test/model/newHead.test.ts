import { expect, test } from 'vitest';
import { withHead, withOutput } from '../../src/graph/browser.ts';
import { Session } from '../../src/graph/index.ts';
import { Classifier, decodeModel, writeMetadata } from '../../src/model/index.ts';
import { chooseFeatures } from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';
import { tinyMetadata, tinyModel } from './fixture.ts';

const bytes = tinyModel();
const model = decodeModel(bytes, 'tiny.onnx');
const { name: features, shape } = chooseFeatures(model.graph, 'tiny.onnx', null);
const width = shape[1] as number;

function pixels(posters: number): Uint8Array {
  const { height, width: columns } = tinyMetadata.resize;
  const random = Random.fromSeed(2);
  return Uint8Array.from({ length: posters * height * columns * 3 }, () => random.integer(256));
}

async function featuresOf(data: Uint8Array): Promise<Float32Array> {
  const session = await Session.create(withOutput(bytes, features, width));
  const { height, width: columns } = tinyMetadata.resize;
  const image = {
    dtype: 'uint8',
    shape: [data.length / (height * columns * 3), height, columns, 3],
    data,
  } as const;
  const found = await session.run({ image }, [features]);
  await session.release();
  return found[features]!.data as Float32Array;
}

test('a model with a new head gives what the head says of the features of the old one', async () => {
  const random = Random.fromSeed(3);
  const labels = ['Noir', 'Heist'];
  const head = {
    features,
    weights: Float32Array.from({ length: 2 * width }, () => random.normal()),
    bias: Float32Array.of(0.5, -1),
    calibration: { scale: [0.5, 2], bias: [0.25, 0] },
  };
  const metadata = {
    ...tinyMetadata,
    name: 'own',
    genres: labels,
    prevalence: [0.5, 0.5],
    calibration: head.calibration,
    policies: [{ name: 'top=1', kind: 'top', k: 1, fallback: 'none' } as const],
  };
  const own = decodeModel(withHead(bytes, head, writeMetadata(metadata)), 'own.onnx');
  expect(own.metadata).toEqual(metadata);
  const data = pixels(3);
  const classifier = await Classifier.create(own);
  const { logits, probabilities } = await classifier.classify(data);
  await classifier.release();
  const read = await featuresOf(data);
  for (let poster = 0; poster < 3; poster++)
    for (let label = 0; label < 2; label++) {
      let logit = head.bias[label]!;
      for (let at = 0; at < width; at++)
        logit += head.weights[label * width + at]! * read[poster * width + at]!;
      expect(logits[poster * 2 + label]).toBeCloseTo(logit, 4);
      const calibrated = head.calibration.scale[label]! * logit + head.calibration.bias[label]!;
      expect(probabilities[poster * 2 + label]).toBeCloseTo(1 / (1 + Math.exp(-calibrated)), 5);
    }
});

test('what the old head alone needed is gone, and the new file is read back operator by operator', () => {
  const head = {
    features,
    weights: new Float32Array(width),
    bias: Float32Array.of(0),
    calibration: { scale: [1], bias: [0] },
  };
  const metadata = { ...tinyMetadata, genres: ['Own'], prevalence: [0.5], policies: [], ...head };
  const own = decodeModel(
    withHead(
      bytes,
      head,
      writeMetadata({
        ...tinyMetadata,
        genres: ['Own'],
        prevalence: [0.5],
        policies: [],
        calibration: metadata.calibration,
      }),
    ),
    'own.onnx',
  );
  expect([...own.graph.outputs.keys()]).toEqual(['probability', 'logit']);
  const old = [...model.graph.initializers.keys()];
  const kept = [...own.graph.initializers.keys()];
  expect(kept.filter((name) => !old.includes(name)).sort()).toEqual([
    'head.bias',
    'head.scale',
    'head.shift',
    'head.weights',
  ]);
  expect(old.some((name) => !kept.includes(name))).toBe(true);
});

test('a tensor that is not there, and what is no ONNX file, are said', () => {
  const head = {
    features: 'nowhere',
    weights: new Float32Array(width),
    bias: Float32Array.of(0),
    calibration: { scale: [1], bias: [0] },
  };
  expect(() => withHead(bytes, head, {})).toThrow('it has no tensor nowhere');
  expect(() => withHead(Uint8Array.of(10, 200), head, {})).toThrow(RangeError);
});
