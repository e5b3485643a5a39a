import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { chooseSplit, loadDataset, selectGenres, writeSplit } from '../../src/dataset/index.ts';
import { loadModel } from '../../src/model/index.ts';
import { evaluate } from '../../src/predict/index.ts';
import { history } from '../../src/run/index.ts';
import { readTensors, writeTensors } from '../../src/safetensors.ts';
import { crossValidate, type EpochReport, resume, train } from '../../src/train/index.ts';
import { smallDataset, tinyRecipe, trunkWeights } from './fixture.ts';

test('a run leaves everything behind that is needed to repeat, resume, judge and use it', async () => {
  const { folder, data } = await smallDataset();
  const run = join(folder, 'run');
  const reports: EpochReport[] = [];
  const result = await train({
    data,
    recipe: tinyRecipe(),
    folder: run,
    onEpoch: (report) => reports.push(report),
  });
  expect(result).toMatchObject({ outcome: 'finished', epochs: 3, measure: 'validation_loss' });
  expect((await readdir(run)).map((name) => name.replace(/^events.*/, 'events')).sort()).toEqual([
    'best.onnx',
    'config.json',
    'events',
    'history.csv',
    'last.safetensors',
    'split.csv',
    'summary.json',
    'timings.csv',
    'validation.jsonl',
  ]);
  const rows = await history.load(join(run, 'history.csv'));
  expect(rows.map((row) => row.validation_loss)).toEqual(reports.map((report) => report.validation_loss));
  const lowest = Math.min(...rows.map((row) => row.validation_loss));
  expect(result.best?.value).toBe(lowest);
  const { metadata } = await loadModel(join(run, 'best.onnx'));
  expect(metadata.measures.validation_loss).toBe(lowest);
  expect(metadata.provenance.epoch).toBe(result.best?.epoch);
  expect(metadata.policies.map((policy) => policy.name)).toEqual([
    'balanced',
    'f1',
    'top=3',
    'precision=0.8',
    'recall=0.9',
  ]);
});

test('evaluation measures the test posters and writes the metrics into the run', async () => {
  const { folder, data } = await smallDataset();
  const run = join(folder, 'run');
  await train({ data, recipe: tinyRecipe({ epochs: 1 }), folder: run });
  const report = await evaluate({ model: run, resamples: 20 });
  const split = await readFile(join(run, 'split.csv'), 'utf8');
  expect(report.split).toBe('test');
  expect(report.evaluation.posters).toBe(split.match(/,test$/gm)?.length);
  expect(JSON.parse(await readFile(join(run, 'metrics.json'), 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(report)),
  );

  const moved = join(folder, 'moved.onnx');
  await copyFile(join(run, 'best.onnx'), moved);
  const elsewhere = await evaluate({ model: moved, data, resamples: 20 });
  expect(elsewhere).toMatchObject({ split: 'all', failed: [], unknownGenres: {} });
  expect(elsewhere.evaluation.posters).toBe(80);
  await expect(evaluate({ model: moved })).rejects.toThrow('a labelled table');
});

test('a run of several tables keeps where they are, their names of genres and the split of the first', async () => {
  const { folder, data } = await smallDataset();
  const rows = (await readFile(join(data, 'metadata.jsonl'), 'utf8')).trim().split('\n');
  const [one, two] = [join(data, 'one.jsonl'), join(data, 'two.jsonl')];
  await writeFile(one, rows.slice(0, 60).join('\n'));
  await writeFile(two, rows.slice(60).join('\n'));
  const genreNames = { 'Science Fiction': ['Sci-Fi'] };
  const source = { images: data, genreNames };
  const { genres } = selectGenres(await loadDataset({ data: one, ...source }), { minimumSupport: 5 });
  const { split } = await chooseSplit(await loadDataset({ data: one, ...source }), { genres });
  await writeSplit(join(folder, 'split.csv'), split);

  const run = join(folder, 'run');
  const recipe = tinyRecipe({ epochs: 1 });
  await train({ data: [one, two], ...source, recipe, folder: run, split: join(folder, 'split.csv') });
  const config = JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
  expect(config).toMatchObject({ data: [one, two], images: data, genreNames });
  expect(config.genres).toContain('Science Fiction');
  expect(config.genres).not.toContain('Sci-Fi');
  const drawn = (await loadDataset({ data: one, ...source })).labelled.filter(
    ({ id }) => split.assignment.get(id) === 'train',
  );
  expect(config.prevalence).toEqual(
    config.genres.map(
      (genre: string) => drawn.filter((poster) => poster.genres?.includes(genre)).length / drawn.length,
    ),
  );
  const tested = [...split.assignment.values()].filter((name) => name === 'test').length;
  expect((await evaluate({ model: run, resamples: 5 })).evaluation.posters).toBe(tested);
  expect((await resume({ folder: run })).outcome).toBe('finished');

  const respelled = (await readFile(two, 'utf8')).replaceAll('Sci-Fi', 'SCI FI').replaceAll('Drama', 'drama');
  await writeFile(two, respelled);
  const report = await evaluate({ model: run, data: two, images: data, resamples: 5 });
  expect(report.unknownGenres).toEqual({});
  expect(report.notes).toContain("SCI FI in the table is the model's Science Fiction");
});

test('the same seed gives the same bits, another seed gives others', async () => {
  const { folder, data } = await smallDataset();
  const bitsOf = async (name: string, seed: number): Promise<Buffer> => {
    await train({ data, recipe: tinyRecipe({ epochs: 1 }), folder: join(folder, name), seed });
    return readFile(join(folder, name, 'last.safetensors'));
  };
  const first = await bitsOf('a', 1);
  expect(first.equals(await bitsOf('b', 1))).toBe(true);
  expect(first.equals(await bitsOf('c', 2))).toBe(false);
});

test('training stops when the watched measure no longer improves', async () => {
  const { folder, data } = await smallDataset();
  const recipe = tinyRecipe({ epochs: 30, earlyStopping: { patience: 2, minimumDelta: 0.5 } });
  const result = await train({ data, recipe, folder: join(folder, 'run') });
  expect(result).toMatchObject({ outcome: 'stopped early', epochs: 3, best: { epoch: 1 } });
});

test('a loss that is no number stops the run and names the step', async () => {
  const { folder, data } = await smallDataset();
  const optimizer = { optimizer: 'sgd', learningRate: 10, momentum: 0.99, weightDecay: 1 };
  const recipe = tinyRecipe({
    optimizer,
    schedule: { schedule: 'constant' },
    maximumNorm: null,
    epochs: 200,
  });
  const failure = await train({ data, recipe, folder: join(folder, 'run') }).catch((error: Error) => error);
  expect(failure).toMatchObject({ message: expect.stringMatching(/step \d+/) });
});

test('a folder that holds a run is not overwritten', async () => {
  const { folder, data } = await smallDataset();
  const options = { data, recipe: tinyRecipe({ epochs: 1 }), folder: join(folder, 'run') };
  await train(options);
  await expect(train(options)).rejects.toMatchObject({ code: 'RUN_EXISTS', exitCode: 2 });
});

test('an interrupted run is resumed to the same history and weights', async () => {
  const { folder, data } = await smallDataset();
  const recipe = tinyRecipe();
  const whole = join(folder, 'whole');
  await train({ data, recipe, folder: whole });
  const broken = join(folder, 'broken');
  const controller = new AbortController();
  const onStep = ({ epoch, step }: { epoch: number; step: number }): void => {
    if (epoch === 2 && step === 3) controller.abort();
  };
  const interrupted = await train({ data, recipe, folder: broken, onStep, signal: controller.signal });
  expect(interrupted).toMatchObject({ outcome: 'interrupted', epochs: 1 });
  expect((await resume({ folder: broken })).outcome).toBe('finished');
  for (const name of ['history.csv', 'last.safetensors', 'best.onnx', 'split.csv', 'validation.jsonl']) {
    const [a, b] = await Promise.all([readFile(join(whole, name)), readFile(join(broken, name))]);
    expect(a.equals(b), name).toBe(true);
  }
});

test.each([
  ['at the end of the probe', { epoch: 2, step: 6 }],
  ['within the fine-tuning', { epoch: 3, step: 2 }],
])('a probe and fine-tuning interrupted %s is resumed to the same bits', async (_when, stop) => {
  const { folder, data } = await smallDataset();
  const fineTuning = {
    initialWeights: await trunkWeights(folder),
    freeze: ['stage1.conv.*'],
    trunkRate: 0.5,
    learningRateDecay: 0.5,
    probeEpochs: 2,
  };
  const recipe = tinyRecipe({ epochs: 4, fineTuning });
  const [whole, broken] = [join(folder, 'whole'), join(folder, 'broken')];
  await train({ data, recipe, folder: whole });
  const controller = new AbortController();
  const onStep = ({ epoch, step }: { epoch: number; step: number }): void => {
    if (epoch === stop.epoch && step === stop.step) controller.abort();
  };
  const { outcome } = await train({ data, recipe, folder: broken, onStep, signal: controller.signal });
  expect(outcome).toBe('interrupted');
  expect((await resume({ folder: broken })).outcome).toBe('finished');
  for (const name of ['history.csv', 'last.safetensors', 'best.onnx', 'validation.jsonl']) {
    const [a, b] = await Promise.all([readFile(join(whole, name)), readFile(join(broken, name))]);
    expect(a.equals(b), name).toBe(true);
  }
  const started = (await readTensors(fineTuning.initialWeights)).tensors;
  const { tensors } = await readTensors(join(whole, 'last.safetensors'));
  const changed = [...started].filter(
    ([name, { data: before }]) => !isDeepStrictEqual(tensors.get(`weights/${name}`)!.data, before),
  );
  expect(changed.map(([name]) => name)).not.toContain('stage1.conv.weight');
  expect(changed.map(([name]) => name)).toContain('stage2.conv.weight');
});

test('a probe alone leaves the trunk as it was, bit for bit, and needs the very file it began with', async () => {
  const { folder, data } = await smallDataset();
  const initialWeights = await trunkWeights(folder);
  const run = join(folder, 'run');
  const recipe = tinyRecipe({ epochs: 1, fineTuning: { initialWeights, probeEpochs: 1 } });
  await train({ data, recipe, folder: run });
  const started = (await readTensors(initialWeights)).tensors;
  const { tensors } = await readTensors(join(run, 'last.safetensors'));
  for (const [name, { data: before }] of started)
    for (const group of ['weights', 'average'])
      expect(tensors.get(`${group}/${name}`)!.data, `${group}/${name}`).toEqual(before);
  expect([...tensors.keys()].filter((name) => name.includes('moment/stage'))).toEqual([]);

  await trunkWeights(folder, 2);
  await expect(resume({ folder: run })).rejects.toMatchObject({ code: 'INITIAL_WEIGHTS_FOREIGN' });
});

test('initial weights that are not those of the network are refused with the name', async () => {
  const { folder, data } = await smallDataset();
  const fineTuning = { initialWeights: await trunkWeights(folder) };
  const { network } = tinyRecipe();
  const wider = { ...network, stages: [{ channels: 7 }, { channels: 8, halve: false, blocks: 1 }] };
  await expect(
    train({ data, recipe: tinyRecipe({ network: wider, fineTuning }), folder: join(folder, 'a') }),
  ).rejects.toThrow('stage1.conv.weight is [6, 12, 3, 3] there and [7, 12, 3, 3] here');
  const shallow = { ...network, stages: [{ channels: 6 }] };
  await expect(
    train({ data, recipe: tinyRecipe({ network: shallow, fineTuning }), folder: join(folder, 'b') }),
  ).rejects.toThrow('the network has no stage2.conv.weight');
});

test('a run is not resumed with another configuration, a damaged checkpoint or other data', async () => {
  const { folder, data } = await smallDataset();
  const run = join(folder, 'run');
  await train({ data, recipe: tinyRecipe({ epochs: 1 }), folder: run });
  const config = JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
  const checkpoint = await readFile(join(run, 'last.safetensors'));
  const rewrite = (changed: object): Promise<void> =>
    writeFile(join(run, 'config.json'), JSON.stringify(changed));

  await rewrite({
    ...config,
    recipe: { ...config.recipe, network: { ...config.recipe.network, hidden: 7 } },
  });
  await expect(resume({ folder: run })).rejects.toMatchObject({ code: 'CHECKPOINT_FOREIGN' });
  await rewrite({ ...config, seed: 99 });
  await expect(resume({ folder: run })).rejects.toMatchObject({ code: 'CHECKPOINT_CONFIG' });
  await rewrite(config);
  await writeFile(join(run, 'last.safetensors'), checkpoint.subarray(0, checkpoint.length / 2));
  await expect(resume({ folder: run })).rejects.toMatchObject({ code: 'TENSOR_FILE_DAMAGED' });
  const flipped = Buffer.from(checkpoint);
  flipped[flipped.length - 5]! ^= 4;
  await writeFile(join(run, 'last.safetensors'), flipped);
  await expect(resume({ folder: run })).rejects.toMatchObject({ code: 'TENSOR_FILE_DAMAGED' });
  await writeFile(join(run, 'last.safetensors'), checkpoint);
  const table = join(data, 'metadata.jsonl');
  const lines = (await readFile(table, 'utf8')).trimEnd().split('\n');
  await writeFile(table, `${lines.slice(1).join('\n')}\n`);
  await expect(resume({ folder: run })).rejects.toMatchObject({ code: 'SPLIT_FOREIGN' });
});

test('a recipe with a wrong field is refused with the field', () => {
  expect(() => tinyRecipe({ batchSize: -3 })).toThrow(/the tiny recipe is no valid recipe: batchSize/);
  expect(() => tinyRecipe({ lerningRate: 1 })).toThrow(/lerningRate/);
});

test('in a probe on cached views the trunk keeps its weights, the head learns, and resuming gives the same bits', async () => {
  const { folder, data } = await smallDataset();
  const initialWeights = await trunkWeights(folder);
  const fineTuning = { initialWeights, probeEpochs: 3, probeViews: 2 };
  const recipe = tinyRecipe({ fineTuning });
  const whole = join(folder, 'whole');
  await train({ data, recipe, folder: whole });
  const [initial, last] = await Promise.all([
    readTensors(initialWeights),
    readTensors(join(whole, 'last.safetensors')),
  ]);
  for (const [name, { data: values }] of initial.tensors)
    expect(isDeepStrictEqual(last.tensors.get(`weights/${name}`)?.data, values), name).toBe(true);
  const rows = await history.load(join(whole, 'history.csv'));
  expect(new Set(rows.map((row) => row.validation_loss)).size).toBe(3);
  const controller = new AbortController();
  const broken = join(folder, 'broken');
  const onStep = ({ epoch, step }: { epoch: number; step: number }): void => {
    if (epoch === 2 && step === 2) controller.abort();
  };
  await train({ data, recipe, folder: broken, onStep, signal: controller.signal });
  await resume({ folder: broken });
  for (const name of ['history.csv', 'last.safetensors', 'best.onnx']) {
    const [a, b] = await Promise.all([readFile(join(whole, name)), readFile(join(broken, name))]);
    expect(a.equals(b), name).toBe(true);
  }
});

test('cached views and computed layers give the same validation before anything is varied', async () => {
  const { folder, data } = await smallDataset();
  const fineTuning = { initialWeights: await trunkWeights(folder), probeEpochs: 3 };
  const augmentation = { flip: 0, shift: 0 };
  const lossesOf = async (name: string, probeViews: number): Promise<number[]> => {
    const recipe = tinyRecipe({ augmentation, fineTuning: { ...fineTuning, probeViews } });
    await train({ data, recipe, folder: join(folder, name) });
    return (await history.load(join(folder, name, 'history.csv'))).map((row) => row.validation_loss);
  };
  const [computed, cached] = [await lossesOf('computed', 0), await lossesOf('cached', 1)];
  cached.forEach((loss, i) => expect(loss).toBeCloseTo(computed[i]!, 4));
});

test('cached views are refused where the first layer learns', async () => {
  const { folder, data } = await smallDataset();
  const { tensors } = await readTensors(await trunkWeights(folder));
  const initialWeights = join(folder, 'upper.safetensors');
  const [first] = [...tensors.keys()] as [string];
  await writeTensors(initialWeights, new Map([...tensors].filter(([name]) => name !== first)));
  const recipe = tinyRecipe({ fineTuning: { initialWeights, probeEpochs: 3, probeViews: 1 } });
  await expect(train({ data, recipe, folder: join(folder, 'run') })).rejects.toThrow(
    /^Features cannot be computed once: the first layer learns: expected layers that are frozen/,
  );
});

test('a student learns from what models predicted that had not seen its posters', async () => {
  const { folder, data } = await smallDataset();
  const teacher = join(folder, 'teacher');
  const recipe = tinyRecipe({ epochs: 1 });
  await crossValidate({ data, recipe, folder: teacher, folds: 2 });
  const predictions = [join(teacher, 'out-of-fold.jsonl')];
  const student = join(folder, 'student');
  const taught = tinyRecipe({ epochs: 1, distillation: { predictions, weight: 0.5 } });
  await train({ data, recipe: taught, folder: student });
  const plain = join(folder, 'plain');
  await train({ data, recipe, folder: plain });
  const [a, b] = await Promise.all([student, plain].map((run) => history.load(join(run, 'history.csv'))));
  expect(a![0]!.training_loss).not.toBe(b![0]!.training_loss);
});
