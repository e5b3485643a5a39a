import { join } from 'node:path';
import { writeSyntheticPosters } from '../../src/dataset/index.ts';
import { buildNetwork } from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';
import { parseRecipe, type Recipe } from '../../src/run/index.ts';
import { type StoredTensor, writeTensors } from '../../src/safetensors.ts';
import { temporaryFolder } from '../model/fixture.ts';

/** A recipe that trains in a second or two. */
export function tinyRecipe(changes: object = {}): Recipe {
  const recipe = {
    name: 'tiny',
    network: {
      network: 'cnn-rnn',
      stages: [{ channels: 6 }, { channels: 8, halve: false, blocks: 1 }],
      hidden: 6,
      attention: 6,
    },
    input: { height: 32, width: 24 },
    loss: { loss: 'binary-cross-entropy' },
    optimizer: { optimizer: 'adamw', learningRate: 0.005 },
    schedule: { schedule: 'cosine', warmupEpochs: 0.5 },
    epochs: 3,
    batchSize: 8,
    averageDecay: 0.9,
    augmentation: { flip: 0.5, cropScale: [0.8, 1] },
    earlyStopping: {},
    minimumSupport: 5,
    ...changes,
  };
  return parseRecipe(recipe, 'the tiny recipe');
}

/** A folder with a small synthetic data set in `posters`. */
export async function smallDataset(count = 80): Promise<{ folder: string; data: string }> {
  const folder = await temporaryFolder();
  const data = join(folder, 'posters');
  await writeSyntheticPosters(data, { count, seed: 3, width: 24, height: 32 });
  return { folder, data };
}

/** A file with weights for the stages of the tiny recipe's network; its path. */
export async function trunkWeights(folder: string, seed = 1): Promise<string> {
  const { network, input } = tinyRecipe();
  const { graph } = buildNetwork(network, { ...input, genres: 1, bias: [0] }, Random.fromSeed(seed));
  const stages = [...graph.initializers].filter(([name]) => name.startsWith('stage'));
  const path = join(folder, 'trunk.safetensors');
  await writeTensors(path, new Map(stages as [string, StoredTensor][]));
  return path;
}
