import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadModel } from '../../src/model/index.ts';
import { evaluate, quantize } from '../../src/predict/index.ts';
import { refit, train } from '../../src/train/index.ts';
import { smallDataset, tinyRecipe } from './fixture.ts';

async function finishedRun() {
  const { folder, data } = await smallDataset();
  const run = join(folder, 'run');
  // The schedule has six epochs, of which the best comes before the last.
  const earlyStopping = { measure: 'validation_macro_average_precision', patience: 2 };
  await train({ data, recipe: tinyRecipe({ epochs: 6, earlyStopping }), folder: run });
  return { folder, run, best: await loadModel(join(run, 'best.onnx')) };
}

test('a refit learns from the validation posters too and decides as the run’s best model', async () => {
  const { run, best } = await finishedRun();
  const history = await readFile(join(run, 'history.csv'), 'utf8');
  const losses: number[] = [];
  const result = await refit({
    run,
    onEpoch: (report) => {
      losses.push(report.trainingLoss);
      expect(report.validation_loss).toBeNaN();
    },
  });
  const { trainingPosters, validationPosters, epoch } = best.metadata.provenance;
  expect(epoch).toBeLessThan(6);
  expect(result).toEqual({
    outcome: 'finished',
    model: join(run, 'refit.onnx'),
    posters: trainingPosters + validationPosters,
    epochs: epoch,
  });
  expect(losses).toHaveLength(epoch);
  const { metadata } = await loadModel(result.model);
  expect(metadata).toEqual({
    ...best.metadata,
    provenance: {
      ...best.metadata.provenance,
      trainingPosters: trainingPosters + validationPosters,
      calibratedBy: best.sha256,
    },
  });
  expect(await readFile(join(run, 'history.csv'), 'utf8')).toBe(history);
});

test('a refit interrupted within an epoch goes on to the same bits', async () => {
  const { run } = await finishedRun();
  const { model } = await refit({ run });
  const whole = await readFile(model);
  await rm(model);
  await rm(join(run, 'refit'), { recursive: true });
  const controller = new AbortController();
  const onStep = ({ step }: { step: number }): void => {
    if (step === 3) controller.abort();
  };
  const interrupted = await refit({ run, onStep, signal: controller.signal });
  expect(interrupted.outcome).toBe('interrupted');
  await expect(readFile(model)).rejects.toMatchObject({ code: 'ENOENT' });
  await refit({ run });
  expect((await readFile(model)).equals(whole)).toBe(true);
});

test('the test posters of the run measure a refit, and its training posters calibrate its 8-bit form', async () => {
  const { folder, run } = await finishedRun();
  const { model } = await refit({ run });
  const own = await evaluate({ model: run, resamples: 20 });
  const metrics = await readFile(join(run, 'metrics.json'), 'utf8');
  const report = await evaluate({ model, resamples: 20 });
  expect(report).toMatchObject({ split: 'test', evaluation: { posters: own.evaluation.posters } });
  expect(report.model).not.toBe(own.model);
  expect(await readFile(join(run, 'metrics.json'), 'utf8')).toBe(metrics);
  const seen = await evaluate({ model, split: 'validation', resamples: 20 });
  expect(seen.errors.doubts).toBeNull();
  const out = join(folder, 'compact.onnx');
  expect((await quantize({ model, out, posters: 4 })).posters).toBe(4);
});

test('a run without a best model cannot be refitted', async () => {
  const { run } = await finishedRun();
  await rm(join(run, 'best.onnx'));
  await expect(refit({ run })).rejects.toMatchObject({ code: 'FILE_MISSING' });
});
