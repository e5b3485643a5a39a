import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { resizeRule } from '../../src/image/index.ts';
import { encodeModel, type ModelMetadata } from '../../src/model/index.ts';
import { buildNetwork, networkOptionsSchema } from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';

export const tinyGenres = ['Comedy', 'Drama', 'Horror'];

export const tinyMetadata: ModelMetadata = {
  name: 'tiny',
  genres: tinyGenres,
  prevalence: [0.3, 0.5, 0.1],
  activation: 'sigmoid',
  resize: resizeRule({ height: 24, width: 16 }),
  calibration: { scale: [1.5, 0.8, 1.1], bias: [0.2, -0.3, 0] },
  policies: [
    { name: 'top=2', kind: 'top', k: 2, fallback: 'none' },
    { name: 'f1', kind: 'threshold', thresholds: [0.4, 0.5, 0.2], fallback: 'top-1' },
    { name: 'precision=0.8', kind: 'threshold', thresholds: [2, 2, 2], fallback: 'none' },
  ],
  measures: { validation_loss: 0.4 },
  provenance: {
    recipe: 'tiny',
    seed: 1,
    epoch: 3,
    dataHash: 'data',
    splitHash: 'split',
    trainingPosters: 10,
    validationPosters: 4,
    version: '0.1.0',
  },
};

/** A network with random weights, large enough that posters differ. */
export function tinyModel(metadata: Partial<ModelMetadata> = {}): Uint8Array {
  const options = networkOptionsSchema.parse({
    network: 'cnn-rnn',
    stages: [{ channels: 6 }, { channels: 8, halve: false }],
    hidden: 5,
    attention: 4,
  });
  const input = { height: 24, width: 16, genres: 3, bias: [-0.5, 0, -1] };
  const { graph } = buildNetwork(options, input, Random.fromSeed(5));
  return encodeModel(graph, { ...tinyMetadata, ...metadata });
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'onesheet-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
