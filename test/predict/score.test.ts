import { expect, test } from 'vitest';
import { drawSyntheticPosters, type Poster } from '../../src/dataset/index.ts';
import { Classifier, decodeModel } from '../../src/model/index.ts';
import { type PredictionOutcome, predictStream, score } from '../../src/predict/index.ts';
import { tinyModel } from '../model/fixture.ts';

test('posters that can be read have a row each, with their labels as far as they are known; the others are named', async () => {
  const posters: Poster[] = [];
  for await (const { id, bytes } of drawSyntheticPosters({ count: 3, seed: 1, width: 20, height: 30 }))
    posters.push({ id, group: id, source: { kind: 'bytes', bytes, name: id }, genres: ['Drama', 'Western'] });
  const bad = { kind: 'bytes', bytes: new TextEncoder().encode('no picture'), name: 'bad' } as const;
  const given: Poster[] = [
    { ...posters[0]!, known: ['Drama'] },
    { ...posters[1]!, id: 'bad', source: bad },
    posters[2]!,
  ];
  const classifier = await Classifier.create(decodeModel(tinyModel(), 'tiny.onnx'));
  const progress: [number, number][] = [];
  const scores = await score(classifier, given, { onProgress: (...now) => progress.push(now) });
  const outcomes: PredictionOutcome[] = [];
  for await (const outcome of predictStream(classifier, given)) outcomes.push(outcome);
  await classifier.release();

  expect(scores.ids).toEqual([posters[0]!.id, posters[2]!.id]);
  expect(scores.posters).toEqual([given[0], given[2]]);
  expect(scores.failed).toEqual([{ id: 'bad', code: 'IMAGE_FORMAT', message: expect.any(String) }]);
  // Comedy, Drama, Horror
  expect(Array.from(scores.yTrue.data)).toEqual([0, 1, 0, 0, 1, 0]);
  expect(scores.yTrue.known).toEqual(Uint8Array.of(0, 1, 0, 1, 1, 1));
  expect(scores.yScore).toMatchObject({ rows: 2, columns: 3 });
  const predicted = outcomes.flatMap((outcome) => ('error' in outcome ? [] : [outcome]));
  predicted.forEach(({ genres }, row) => {
    for (const { label, probability } of genres)
      expect(scores.yScore.data[row * 3 + ['Comedy', 'Drama', 'Horror'].indexOf(label)]).toBe(probability);
  });
  expect(progress).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
});
