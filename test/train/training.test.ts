import { expect, test } from 'vitest';
import { loadDataset, selectGenres, splitDataset } from '../../src/dataset/index.ts';
import type { RunConfig } from '../../src/run/index.ts';
import type { TrainingSource } from '../../src/train/data/gather.ts';
import { initialWeightsHash } from '../../src/train/networks.ts';
import { type EpochReport, Training, type TrainingOutcome } from '../../src/train/training.ts';
import { smallDataset, tinyRecipe, trunkWeights } from './fixture.ts';

/** Synthetic posters and what the recipe learns from them; `changes` may name the file of a trunk. */
async function source(changes: (trunk: string) => object = () => ({})): Promise<TrainingSource> {
  const { folder, data } = await smallDataset();
  const recipe = tinyRecipe(changes(await trunkWeights(folder)));
  const dataset = await loadDataset({ data });
  const { genres } = selectGenres(dataset, { minimumSupport: 5 });
  const split = splitDataset(dataset, { genres });
  const config: RunConfig = {
    recipe,
    dataHash: dataset.hash,
    splitHash: split.hash,
    genres: [...genres],
    prevalence: genres.map(() => 0.3),
    seed: 2,
    initialWeightsHash: await initialWeightsHash(recipe),
    threads: 1,
    version: '0',
  };
  return { config, dataset, split };
}

/** Trains until the end, or until so many steps of the run are done. */
async function go(training: Training, reports: EpochReport[], steps = Infinity): Promise<TrainingOutcome> {
  const interruption = new AbortController();
  const outcome = await training.run({
    signal: interruption.signal,
    onStep: ({ updates }) => {
      if (updates >= steps) interruption.abort();
    },
    onEpoch: async (_, report) => void reports.push(report),
  });
  await training.close();
  return outcome;
}

test('a training that is interrupted within an epoch goes on to the same bits', async () => {
  const from = await source();
  const [whole, parts] = [await Training.open(from), await Training.open(from)];
  const [reports, reportsOfParts]: [EpochReport[], EpochReport[]] = [[], []];
  expect(await go(whole, reports)).toBe('finished');
  expect(await go(parts, reportsOfParts, 3)).toBe('interrupted');
  expect(parts.state.updates).toBe(3);
  expect(await go(parts, reportsOfParts)).toBe('finished');
  expect(parts.state).toEqual(whole.state);
  expect(reportsOfParts).toEqual(reports);
  expect(reports.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
});

test('the head learns alone in the probe, and the phase after it begins with a fresh optimizer', async () => {
  const from = await source((trunk) => ({
    fineTuning: { initialWeights: trunk, probeEpochs: 1 },
    epochs: 2,
  }));
  const training = await Training.open(from);
  const { learning } = training.networks;
  const { state } = training;
  const begun = new Map([...state.weights].map(([name, values]) => [name, values.slice()]));
  const changed = (): string[] =>
    learning.parameters.filter((name) =>
      begun.get(name)!.some((value, i) => value !== state.weights.get(name)![i]),
    );
  let stepsPerEpoch = 0;
  await training.run({
    onStep: (now, _loss, steps) => {
      stepsPerEpoch = steps;
      if (now.epoch === 0) expect(changed().every((name) => !name.startsWith('stage'))).toBe(true);
    },
    onEpoch: async () => {},
  });
  await training.close();
  expect(changed().some((name) => name.startsWith('stage'))).toBe(true);
  expect(state.updates).toBe(2 * stepsPerEpoch);
  expect(state.optimizer.step).toBe(stepsPerEpoch);
});

test('a reading size gives the networks one set of weights and two inputs', async () => {
  const one = await Training.open(await source());
  expect(one.networks.reading).toBe(one.networks.learning);
  const other = await Training.open(await source(() => ({ readingSize: { height: 48, width: 36 } })));
  const { learning, reading } = other.networks;
  expect(reading.inputs[0]!.shape.slice(1, 3)).toEqual([48, 36]);
  expect(reading.parameters).toEqual(learning.parameters);
  for (const name of learning.parameters)
    expect(reading.initializers.get(name)!.data).toEqual(learning.initializers.get(name)!.data);
});
