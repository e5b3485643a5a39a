import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDataset } from '../../src/dataset/index.ts';
import { loadModel } from '../../src/model/index.ts';
import { buildNetwork } from '../../src/nn/index.ts';
import { isFailed, predict } from '../../src/predict/index.ts';
import { Random } from '../../src/random.ts';
import { history, type Recipe, type ValidationLine } from '../../src/run/index.ts';
import { type StoredTensor, writeTensors } from '../../src/safetensors.ts';
import { train } from '../../src/train/index.ts';
import { smallDataset, tinyRecipe } from './fixture.ts';

/** Learns at 32 rows and 24 columns. */
function pooledRecipe(changes: object = {}): Recipe {
  return tinyRecipe({
    network: { network: 'mobilenet-v2', width: 0.1 },
    epochs: 1,
    readingSize: { height: 48, width: 40 },
    ...changes,
  });
}

async function poolingWeights(folder: string): Promise<string> {
  const { network, input } = pooledRecipe();
  const { graph } = buildNetwork(network, { ...input, genres: 1, bias: [0] }, Random.fromSeed(1));
  const trunk = [...graph.initializers].filter(([name]) => /^(expanded_)?[cC]onv/.test(name));
  const path = join(folder, 'trunk.safetensors');
  await writeTensors(path, new Map(trunk as [string, StoredTensor][]));
  return path;
}

test('the finished model reads posters at the reading size, and is validated as it reads', async () => {
  const { folder, data } = await smallDataset();
  const run = join(folder, 'run');
  await train({ data, recipe: pooledRecipe(), folder: run });
  const { metadata, graph } = await loadModel(join(run, 'best.onnx'));
  expect(metadata.resize).toMatchObject({ height: 48, width: 40 });
  expect(graph.inputs[0]!.shape).toEqual(['batch', 48, 40, 3]);
  const lines = (await readFile(join(run, 'validation.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ValidationLine);
  const posters = new Map((await loadDataset({ data })).labelled.map((poster) => [poster.id, poster]));
  const outcomes = predict(
    lines.map(({ id }) => posters.get(id)!),
    { model: run },
  );
  let row = 0;
  for await (const outcome of outcomes) {
    if (isFailed(outcome)) throw new Error(outcome.error.message);
    const found = new Map(outcome.genres.map(({ label, probability }) => [label, probability]));
    lines[row]!.probabilities.forEach((probability, g) => {
      expect(found.get(metadata.genres[g]!)).toBeCloseTo(probability, 5);
    });
    row += 1;
  }
  expect(row).toBe(lines.length);
});

test('features computed once are validated at the reading size too', async () => {
  const { folder, data } = await smallDataset();
  const augmentation = { flip: 0, shift: 0 };
  const fineTuning = { initialWeights: await poolingWeights(folder), probeEpochs: 1 };
  const lossOf = async (name: string, probeViews: number, changes: object = {}): Promise<number> => {
    const recipe = pooledRecipe({ augmentation, fineTuning: { ...fineTuning, probeViews }, ...changes });
    await train({ data, recipe, folder: join(folder, name) });
    return (await history.load(join(folder, name, 'history.csv')))[0]!.validation_loss;
  };
  const computed = await lossOf('computed', 0);
  expect(await lossOf('cached', 1)).toBeCloseTo(computed, 5);
  expect(await lossOf('same size', 1, { readingSize: undefined })).not.toBeCloseTo(computed, 5);
});
