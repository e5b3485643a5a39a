import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../../src/random.ts';
import { writeTensors } from '../../../src/safetensors.ts';
import {
  assertCheckpointMatches,
  type CheckpointIdentity,
  type CheckpointState,
  loadCheckpoint,
  saveCheckpoint,
} from '../../../src/train/record/checkpoint.ts';
import { weightAverage } from '../../../src/train/step/average.ts';
import { adamW } from '../../../src/train/step/optimizer.ts';
import { constantRate } from '../../../src/train/step/schedule.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const identity: CheckpointIdentity = {
  shapes: new Map([
    ['stem/weight', [3, 5]],
    ['stem/bias', [5]],
    ['stem/mean', [5]],
  ]),
  configHash: 'c0ffee',
  networkSignature: 'ab12',
};

function stateOf(seed: number, shapes = identity.shapes): CheckpointState {
  const random = Random.fromSeed(seed);
  const noise = () =>
    new Map(
      [...shapes].map(([name, shape]) => {
        const length = shape.reduce((a, b) => a * b, 1);
        return [name, Float32Array.from({ length }, () => random.normal())];
      }),
    );
  const weights = noise();
  const optimizer = adamW({ learningRate: constantRate(0.01), shapes });
  const trained = new Map([...weights].filter(([name]) => name !== 'stem/mean'));
  const state = optimizer.initialState(trained);
  const average = weightAverage();
  const averageState = average.initialState(weights);
  for (let step = 0; step < 3; step++) {
    const gradients = noise();
    gradients.delete('stem/mean');
    optimizer.update(gradients, state, weights);
    average.update(weights, averageState);
  }
  return {
    epoch: 4,
    step: 17,
    updates: 1217,
    lossSum: 0.1 + 0.2,
    earlyStopping: { best: { epoch: 3, value: 1 / 3 }, epochsWithoutImprovement: 1 },
    weights,
    average: averageState,
    optimizer: state,
  };
}

describe('a checkpoint', () => {
  test('gives the whole state back to the bit, and the same state gives the same bytes', async () => {
    const [a, b] = [join(folder, 'a.safetensors'), join(folder, 'b.safetensors')];
    await saveCheckpoint(a, stateOf(1), identity);
    const loaded = await loadCheckpoint(a);
    expect(loaded).toEqual({ state: stateOf(1), identity });
    await saveCheckpoint(b, loaded.state, loaded.identity);
    expect(readFileSync(b)).toEqual(readFileSync(a));
  });

  test('is refused by name when one bit flips or its end is missing', async () => {
    const path = join(folder, 'damaged.safetensors');
    await saveCheckpoint(path, stateOf(2), identity);
    const whole = readFileSync(path);
    const bits = Random.fromSeed(3);
    for (let i = 0; i < 50; i++) {
      const damaged = Buffer.from(whole);
      const bit = bits.integer(whole.length * 8);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(path, damaged);
      await expect(loadCheckpoint(path)).rejects.toMatchObject({
        code: 'TENSOR_FILE_DAMAGED',
        message: expect.stringContaining(path),
      });
    }
    writeFileSync(path, whole.subarray(0, whole.length - 1));
    await expect(loadCheckpoint(path)).rejects.toThrow('cut short');
    writeFileSync(path, '');
    await expect(loadCheckpoint(path)).rejects.toThrow('only 0 bytes');
  });

  test('that does not exist is called missing', async () => {
    await expect(loadCheckpoint(join(folder, 'none'))).rejects.toMatchObject({ code: 'FILE_MISSING' });
  });

  test.each([
    ['without the training state', {}, 'no onesheet.checkpoint'],
    ['with a text that is not JSON', { 'onesheet.checkpoint': '{' }, 'not JSON'],
    [
      'of another version',
      { 'onesheet.checkpoint': '{"version":2}' },
      'onesheet.checkpoint.version is wrong',
    ],
  ])('file %s is not taken for one', async (_, metadata, reason) => {
    const path = join(folder, 'other.safetensors');
    await writeTensors(path, new Map(), metadata);
    await expect(loadCheckpoint(path)).rejects.toMatchObject({
      code: 'CHECKPOINT_INVALID',
      message: expect.stringContaining(reason),
    });
  });

  test('with a tensor of no known group is not taken for one', async () => {
    const path = join(folder, 'groups.safetensors');
    await saveCheckpoint(path, stateOf(1), identity);
    const bytes = readFileSync(path);
    const text = JSON.parse(bytes.subarray(8, bytes.indexOf('}}') + 2).toString()).__metadata__;
    await writeTensors(path, new Map([['noise/a', { shape: [1], data: Float32Array.of(1) }]]), {
      'onesheet.checkpoint': text['onesheet.checkpoint'],
    });
    await expect(loadCheckpoint(path)).rejects.toThrow('its tensor noise/a is none that training saves');
  });
});

describe('assertCheckpointMatches', () => {
  const matches = (found: Partial<CheckpointIdentity>) => () =>
    assertCheckpointMatches('runs/1/last.safetensors', { ...identity, ...found }, identity);

  test('accepts the same network and configuration, in whatever order', () => {
    expect(matches({ shapes: new Map([...identity.shapes].reverse()) })).not.toThrow();
  });

  test.each([
    ['another shape', [['stem/weight', [3, 4]]], 'stem/weight is [3, 4] there and [3, 5] here'],
    ['another number of dimensions', [['stem/bias', [5, 1]]], 'stem/bias is [5, 1] there and [5] here'],
    ['one parameter more', [['head/bias', [2]]], 'head/bias is [2] there and absent here'],
  ] as const)('refuses %s, naming the first parameter that differs', (_, changed, difference) => {
    const shapes = new Map([...identity.shapes, ...changed]);
    expect(matches({ shapes })).toThrow(
      expect.objectContaining({
        code: 'CHECKPOINT_FOREIGN',
        message: `runs/1/last.safetensors is a checkpoint from another network: ${difference}.`,
      }),
    );
  });

  test('refuses one parameter less, the same shapes connected otherwise, and another configuration', () => {
    const shapes = new Map([...identity.shapes].slice(1));
    expect(matches({ shapes })).toThrow('stem/weight is absent there and [3, 5] here');
    expect(matches({ networkSignature: 'ff00' })).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_FOREIGN', message: expect.stringContaining('ff00') }),
    );
    expect(matches({ configHash: 'decaf' })).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_CONFIG', message: expect.stringContaining('decaf') }),
    );
  });
});

test('on a full disk, the previous checkpoint survives and nothing is left beside it', async ({ skip }) => {
  const disk = mkdtempSync(join(tmpdir(), 'tiny-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    rmSync(disk, { recursive: true });
    skip('a small tmpfs cannot be mounted here');
  }
  try {
    const path = join(disk, 'last.safetensors');
    await saveCheckpoint(path, stateOf(1), identity);
    const large = new Map([['stem/weight', [200, 200]]]);
    await expect(
      saveCheckpoint(path, stateOf(2, large), { ...identity, shapes: large }),
    ).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringMatching(/last\.safetensors: no space left on device/),
    });
    expect((await loadCheckpoint(path)).state).toEqual(stateOf(1));
    expect(readdirSync(disk)).toEqual(['last.safetensors']);
  } finally {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  }
});
