import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadModel } from '../../../src/model/index.ts';
import type { Recipe } from '../../../src/run/index.ts';
import { readTensors } from '../../../src/safetensors.ts';
import { normalizationOf, recipeFrom, resume, train } from '../../../src/train/index.ts';
import { commit, testHub } from '../../hub/server.ts';
import { temporaryFolder } from '../../model/fixture.ts';
import { familyFile } from '../../nn/family.ts';
import { smallDataset, tinyRecipe } from '../fixture.ts';

function onnxRecipe(fineTuning: object = {}, changes: object = {}): Recipe {
  return tinyRecipe({
    name: 'tuned',
    network: { network: 'onnx', file: 'network.onnx' },
    fineTuning,
    epochs: 2,
    ...changes,
  });
}

test('a run from an ONNX network leaves a one-file model that says where it began', async () => {
  const { folder, data } = await smallDataset();
  const recipe = await recipeFrom(onnxRecipe({ probeEpochs: 1 }), { from: familyFile('mobilenet_v3.plain') });
  const run = join(folder, 'run');
  expect(await train({ data, recipe, folder: run })).toMatchObject({ outcome: 'finished', epochs: 2 });
  const { metadata, graph } = await loadModel(join(run, 'best.onnx'));
  expect(graph.value('image')).toMatchObject({ dtype: 'uint8', shape: ['batch', 32, 24, 3] });
  expect(metadata.provenance.startedFrom).toEqual({
    source: 'mobilenet_v3.plain.onnx',
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('in the probe the trunk keeps its weights, then all that is not frozen moves', async () => {
  const { folder, data } = await smallDataset();
  const from = familyFile('resnet.plain');
  const weightsAfter = async (name: string, fineTuning: object): Promise<(weight: string) => string> => {
    const recipe = await recipeFrom(onnxRecipe(fineTuning), { from });
    await train({ data, recipe, folder: join(folder, name) });
    const { tensors } = await readTensors(join(folder, name, 'last.safetensors'));
    return (weight) => tensors.get(`weights/${weight}`)!.data.join();
  };
  const probe = await weightsAfter('probe', { probeEpochs: 2 });
  const partly = await weightsAfter('partly', { freeze: ['trunk01.*', '*.bn1.*'] });
  expect(partly('trunk01.0.weight')).toBe(probe('trunk01.0.weight'));
  expect(partly('trunk02.4.bn1.weight')).toBe(probe('trunk02.4.bn1.weight'));
  expect(partly('trunk02.4.conv1.weight')).not.toBe(probe('trunk02.4.conv1.weight'));
  expect(partly('dense.weight')).not.toBe(probe('dense.weight'));
});

test('an interrupted run from an ONNX network is resumed to the same bits, and only with the same file', async () => {
  const { folder, data } = await smallDataset();
  const file = join(folder, 'network.onnx');
  await copyFile(familyFile('vit.folded'), file);
  const recipe = await recipeFrom(onnxRecipe({ trunkRate: 0.5, learningRateDecay: 0.9 }), { from: file });
  const [whole, broken] = [join(folder, 'whole'), join(folder, 'broken')];
  await train({ data, recipe, folder: whole });
  const controller = new AbortController();
  const onStep = ({ epoch, step }: { epoch: number; step: number }): void => {
    if (epoch === 2 && step === 2) controller.abort();
  };
  await train({ data, recipe, folder: broken, onStep, signal: controller.signal });
  expect((await resume({ folder: broken })).outcome).toBe('finished');
  for (const name of ['history.csv', 'last.safetensors', 'best.onnx']) {
    const [a, b] = await Promise.all([readFile(join(whole, name)), readFile(join(broken, name))]);
    expect(a.equals(b), name).toBe(true);
  }
  await copyFile(familyFile('vit.plain'), file);
  await expect(resume({ folder: broken })).rejects.toThrow(
    /network\.onnx.*its SHA-256 is .*the run began with/,
  );
});

test('pictures have the size of the recipe, or that of a network which takes no other', async () => {
  const any = await recipeFrom(onnxRecipe(), { from: familyFile('convnext.folded') });
  expect(any.input).toMatchObject({ height: 32, width: 24 });
  const fixed = await recipeFrom(onnxRecipe(), { from: familyFile('vit.folded') });
  expect(fixed.input).toMatchObject({ height: 32, width: 32 });
  expect(fixed.network).toMatchObject({ features: expect.stringMatching(/\S/) });
});

test("the hub's network is pinned to its commit and normalized as its repository says", async () => {
  const facts = { rescale_factor: 1 / 255, image_mean: [0.5, 0.5, 0.5], image_std: [0.25, 0.25, 0.25] };
  const hub = await testHub({
    'model.onnx': await readFile(familyFile('resnet.folded')),
    'preprocessor_config.json': Buffer.from(JSON.stringify(facts)),
  });
  const options = { endpoint: hub.endpoint, hubCache: await temporaryFolder() };
  const { network } = await recipeFrom(onnxRecipe(), { from: 'hf:owner/name', ...options });
  expect(network).toMatchObject({
    source: `hf:owner/name/model.onnx@${commit}`,
    mean: [127.5, 127.5, 127.5],
    deviation: [63.75, 63.75, 63.75],
  });
  const chosen = await recipeFrom(onnxRecipe(), { from: 'hf:owner/name', normalize: 'unit', ...options });
  expect(chosen.network).toMatchObject({ mean: [0, 0, 0], deviation: [255, 255, 255] });
});

test('normalization is read from a preprocessor_config.json, with its switches', () => {
  const imagenet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
  expect(normalizationOf(JSON.stringify(imagenet), 'p')).toEqual({
    mean: [123.675, 116.28, 103.53],
    deviation: [58.395, 57.12, 57.375],
  });
  expect(normalizationOf('{"do_normalize": false}', 'p')).toEqual({
    mean: [0, 0, 0],
    deviation: [255, 255, 255],
  });
  expect(normalizationOf('{"do_rescale": false, "image_mean": 0.5, "image_std": 2}', 'p')).toEqual({
    mean: [0.5, 0.5, 0.5],
    deviation: [2, 2, 2],
  });
  expect(() => normalizationOf('{"image_mean": [1]}', 'p.json')).toThrow(
    /Cannot tell from p\.json how pixels are normalized: image_mean: /,
  );
  expect(() => normalizationOf('[', 'p.json')).toThrow(/it is no JSON/);
});

test('a recipe for another network, another word or a missing file are said in one sentence', async () => {
  const from = familyFile('resnet.folded');
  await expect(recipeFrom(tinyRecipe(), { from })).rejects.toThrow(
    'Expected a recipe whose network is onnx beside --from, such as fine-tune for recipe but received tiny.',
  );
  await expect(recipeFrom(onnxRecipe(), { from, normalize: 'greyish' })).rejects.toThrow(
    'Expected imagenet, half, unit, none or a preprocessor_config.json for normalize but received greyish.',
  );
  await expect(recipeFrom(onnxRecipe(), { from: 'missing.onnx' })).rejects.toThrow(
    /Cannot find .*missing\.onnx/,
  );
  expect(() => onnxRecipe({ initialWeights: 'w.safetensors' })).toThrow(/has its weights from its own file/);
  const text = join(await temporaryFolder(), 'text.onnx');
  await writeFile(text, 'not a network');
  await expect(recipeFrom(onnxRecipe(), { from: text })).rejects.toMatchObject({ code: 'MODEL_UNREADABLE' });
});
