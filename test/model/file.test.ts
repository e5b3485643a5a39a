import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import type { OnesheetError } from '../../src/errors.ts';
import { emitModel, Graph, operators as op } from '../../src/graph/index.ts';
import { Classifier, decodeModel, loadModel } from '../../src/model/index.ts';
import { isFailed, predictStream } from '../../src/predict/index.ts';
import { Random } from '../../src/random.ts';
import { temporaryFolder, tinyGenres, tinyMetadata, tinyModel } from './fixture.ts';

const stride = 24 * 16 * 3;

function pixels(posters: number): Uint8Array {
  const random = Random.fromSeed(2);
  return Uint8Array.from({ length: posters * stride }, () => random.integer(256));
}

test('what is written is read back: labels, preprocessing, policies, calibration, provenance', () => {
  const model = decodeModel(tinyModel(), 'tiny.onnx');
  expect(model.metadata).toEqual(tinyMetadata);
  expect(model.id).toBe(`tiny@${model.sha256.slice(0, 12)}`);
});

test('the file gives plain onnxruntime the probabilities that prediction gives, from raw pixels alone', async () => {
  const bytes = tinyModel();
  const posters = [];
  for await (const poster of drawSyntheticPosters({ count: 3, seed: 4, width: 16, height: 24 })) {
    posters.push({ id: poster.id, source: { kind: 'bytes', bytes: poster.bytes, name: poster.id } as const });
  }
  const classifier = await Classifier.create(decodeModel(bytes, 'tiny.onnx'));
  const predicted = [];
  for await (const outcome of predictStream(classifier, posters)) {
    if (isFailed(outcome)) throw new Error(outcome.error.message);
    predicted.push(outcome);
  }

  // The drawings have the model's size, so their decoded pixels are its input as they are.
  const { default: sharp } = await import('sharp');
  const session = await ort.InferenceSession.create(bytes);
  for (const [i, poster] of posters.entries()) {
    const data = await sharp(poster.source.bytes).removeAlpha().raw().toBuffer();
    const image = new ort.Tensor('uint8', new Uint8Array(data), [1, 24, 16, 3]);
    const { probability } = await session.run({ image });
    const byLabel = new Map(predicted[i]!.genres.map((genre) => [genre.label, genre.probability]));
    tinyGenres.forEach((label, g) => {
      expect(byLabel.get(label)).toBeCloseTo((probability!.data as Float32Array)[g]!, 6);
    });
  }
  await session.release();
  await classifier.release();
});

test('probabilities are the calibrated logits', async () => {
  const classifier = await Classifier.create(decodeModel(tinyModel(), 'tiny.onnx'));
  const { probabilities, logits } = await classifier.classify(pixels(4));
  await classifier.release();
  const { scale, bias } = tinyMetadata.calibration;
  logits.forEach((z, i) => {
    const expected = 1 / (1 + Math.exp(-(scale[i % 3]! * z + bias[i % 3]!)));
    expect(probabilities[i]).toBeCloseTo(expected, 6);
  });
});

test('genres that compete get probabilities that add up to one', async () => {
  const classifier = await Classifier.create(decodeModel(tinyModel({ activation: 'softmax' }), 'tiny.onnx'));
  const { probabilities } = await classifier.classify(pixels(2));
  await classifier.release();
  expect(probabilities[0]! + probabilities[1]! + probabilities[2]!).toBeCloseTo(1, 6);
});

test('an ONNX file of somebody else is refused with what it lacks', () => {
  const graph = new Graph();
  graph.output('y', op.relu(graph.input('x', 'float32', ['batch', 4])));
  expect(() => decodeModel(emitModel(graph), 'other.onnx')).toThrow(
    'other.onnx is not a onesheet model: its metadata lacks labels and preprocessing.',
  );
});

test.each([
  ['another format', { onesheet: '9' }, 'its format is version 9, and version 1 is read'],
  ['metadata that is no JSON', { onesheet: '1', genres: '[oops' }, 'its metadata field genres is no JSON'],
  ['metadata without a field', { onesheet: '1', genres: '["Drama"]' }, 'its metadata field'],
])('a file with %s is refused', (_what, metadata, problem) => {
  const graph = new Graph();
  graph.output('logit', op.relu(graph.input('image', 'float32', ['batch', 4])));
  expect(() => decodeModel(emitModel(graph, { metadata }), 'odd.onnx')).toThrow(problem);
});

test('metadata that contradicts the network is refused', () => {
  const bytes = tinyModel({ resize: { ...tinyMetadata.resize, height: 32 } });
  expect(() => decodeModel(bytes, 'odd.onnx')).toThrow(
    'odd.onnx is not a onesheet model: image is uint8[batch, 24, 16, 3] instead of uint8[batch, 32, 16, 3].',
  );
});

test('a file cut short, a file of noise, an empty and a missing file are named', async () => {
  const folder = await temporaryFolder();
  const bytes = tinyModel();
  const cases: [string, Uint8Array][] = [
    ['short.onnx', bytes.subarray(0, bytes.length - 100)],
    ['noise.onnx', pixels(1)],
    ['empty.onnx', new Uint8Array()],
  ];
  for (const [name, content] of cases) {
    await writeFile(join(folder, name), content);
    await expect(loadModel(join(folder, name))).rejects.toThrow(name);
  }
  await expect(loadModel(join(folder, 'none.onnx'))).rejects.toMatchObject({ code: 'FILE_MISSING' });
});

test('a genre that stands there several times is named', () => {
  const genres = ['Drama', 'Horror', 'Drama'];
  expect(() => decodeModel(tinyModel({ genres }), 'odd.onnx')).toThrow(
    'odd.onnx is not a onesheet model: its metadata field genres: Drama stands there 2 times.',
  );
});

test('a size that no picture has is refused', () => {
  const bytes = tinyModel({ resize: { ...tinyMetadata.resize, height: 10_000_000 } });
  expect(() => decodeModel(bytes, 'odd.onnx')).toThrow('its metadata field resize.height: ');
});

test('a file of two gigabytes of nothing, too large or not, is refused before it is read', async () => {
  const folder = await temporaryFolder();
  const before = process.memoryUsage().rss;
  for (const [bytes, expected] of [
    [
      2 ** 31 - 1,
      /^MODEL_UNREADABLE .*holes.onnx is not an ONNX model that onesheet can read: it is not an ONNX file/,
    ],
    [2 ** 31, /^MODEL_TOO_LARGE .*holes.onnx has 2147483648 bytes: expected a model of less than 2 GB/],
  ] as const) {
    const path = join(folder, 'holes.onnx');
    await writeFile(path, '');
    await truncate(path, bytes);
    const failure = await loadModel(path).then(
      () => 'nothing failed',
      ({ code, message }: OnesheetError) => `${code} ${message}`,
    );
    expect(failure).toMatch(expected);
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
});

test('a folder and a device are no model', async () => {
  const folder = await temporaryFolder();
  await expect(loadModel(folder)).rejects.toThrow(`Cannot read ${folder}: it is a folder.`);
  if (process.platform !== 'win32')
    await expect(loadModel('/dev/zero')).rejects.toThrow('Cannot read /dev/zero: it is no file.');
});
