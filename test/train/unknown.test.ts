import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Dataset,
  knownMatrix,
  labelMatrix,
  loadDataset,
  type Poster,
  postersOf,
  selectGenres,
  splitDataset,
} from '../../src/dataset/index.ts';
import { buildNetwork } from '../../src/nn/index.ts';
import { evaluate } from '../../src/predict/index.ts';
import { Random } from '../../src/random.ts';
import { type Recipe, Run, type RunConfig } from '../../src/run/index.ts';
import { pixelBatches } from '../../src/train/data/batches.ts';
import { targetsHash } from '../../src/train/data/targets.ts';
import { resume, train } from '../../src/train/index.ts';
import { labelsOfRows, validationMeasures } from '../../src/train/measures.ts';
import { initialWeightsHash } from '../../src/train/networks.ts';
import { type EpochReport, Training, type TrainingState } from '../../src/train/training.ts';
import { smallDataset, tinyRecipe, trunkWeights } from './fixture.ts';

const random = Random.fromSeed(11);

/** Of every third poster nothing is known, of others a part. */
function partlyKnown({ labelled, ...rest }: Dataset, genres: readonly string[]): Dataset {
  const posters = labelled.map((poster, i): Poster => {
    if (i % 3 === 0) return { ...poster, known: [] };
    const known = genres.filter((genre) => poster.genres!.includes(genre) || random.float() < 0.6);
    return i % 3 === 1 ? { ...poster, known } : poster;
  });
  return { ...rest, labelled: posters };
}

/** The same posters, which say the opposite where nothing is known. */
function contradicted({ labelled, ...rest }: Dataset, genres: readonly string[]): Dataset {
  const posters = labelled.map((poster): Poster => {
    const { known } = poster;
    if (known === undefined) return poster;
    const said = genres.filter((genre) => poster.genres!.includes(genre) === known.includes(genre));
    return { ...poster, genres: said };
  });
  return { ...rest, labelled: posters };
}

interface Trained {
  readonly state: TrainingState;
  readonly reports: readonly EpochReport[];
}

async function trainOn(dataset: Dataset, whole: Dataset, recipe: Recipe): Promise<Trained> {
  const { genres } = selectGenres(whole, { minimumSupport: 5 });
  const split = splitDataset(whole, { genres });
  const config: RunConfig = {
    recipe,
    dataHash: 'made in memory',
    splitHash: split.hash,
    genres: [...genres],
    prevalence: genres.map(() => 0.3),
    seed: 2,
    targetsHash: recipe.distillation && (await targetsHash(recipe.distillation)),
    initialWeightsHash: await initialWeightsHash(recipe),
    threads: 1,
    version: '0',
  };
  const training = await Training.open({ config, dataset, split });
  const reports: EpochReport[] = [];
  await training.run({ onEpoch: async (_, report) => void reports.push(report) });
  await training.close();
  return { state: training.state, reports };
}

describe('the labels of pairs of which nothing is known', () => {
  test.each([
    ['binary cross-entropy', {}],
    [
      'smoothed labels, weighted genres and small batches',
      {
        batchSize: 2,
        loss: { loss: 'binary-cross-entropy', labelSmoothing: 0.1, classWeights: 'balanced' },
      },
    ],
    ['asymmetric loss', { loss: { loss: 'asymmetric' } }],
    ['categorical cross-entropy', { loss: { loss: 'categorical-cross-entropy' }, batchSize: 3 }],
    ['mixed posters', { mixing: { method: 'mixup', probability: 0.7 } }],
    ['cached views', { cached: true }],
  ])(
    'change no bit of what is learned and measured: %s',
    async (_, { cached, ...changes }: Record<string, unknown>) => {
      const { folder, data } = await smallDataset(60);
      const fineTuning = cached && {
        initialWeights: await trunkWeights(folder),
        probeEpochs: 2,
        probeViews: 2,
      };
      const recipe = tinyRecipe({ epochs: 2, ...changes, ...(cached ? { fineTuning } : {}) });
      const whole = await loadDataset({ data });
      const { genres } = selectGenres(whole, { minimumSupport: 5 });
      const part = partlyKnown(whole, genres);
      const [one, other] = [
        await trainOn(part, whole, recipe),
        await trainOn(contradicted(part, genres), whole, recipe),
      ];
      expect(other.reports).toEqual(one.reports);
      expect(one.reports.every(({ trainingLoss }) => Number.isFinite(trainingLoss))).toBe(true);
      for (const [name, weights] of one.state.weights)
        expect(
          Buffer.from(other.state.weights.get(name)!.buffer).equals(Buffer.from(weights.buffer)),
          name,
        ).toBe(true);
      const everything = await trainOn(whole, whole, recipe);
      expect(everything.reports).not.toEqual(one.reports);
      if (cached === undefined) return;
      for (const [name, weights] of one.state.weights)
        if (name.startsWith('stage')) expect(weights, name).toEqual(everything.state.weights.get(name));
    },
  );

  test('are not learned either where a teacher speaks of some of the posters: its word stands alone', async () => {
    const { folder, data } = await smallDataset(60);
    const whole = await loadDataset({ data });
    const { genres } = selectGenres(whole, { minimumSupport: 5 });
    const part = partlyKnown(whole, genres);
    const predictions = join(folder, 'teacher.jsonl');
    const write = (probability: number) =>
      writeFile(
        predictions,
        part.labelled
          .filter((_, i) => i % 2 === 0)
          .map(({ id }) => JSON.stringify({ id, genres: genres.map((label) => ({ label, probability })) }))
          .join('\n'),
      );
    const recipe = tinyRecipe({ epochs: 1, distillation: { predictions: [predictions], weight: 0.5 } });
    await write(0.4);
    const one = await trainOn(part, whole, recipe);
    const other = await trainOn(contradicted(part, genres), whole, recipe);
    expect(other).toEqual(one);
    await write(0.6);
    expect((await trainOn(part, whole, recipe)).reports).not.toEqual(one.reports);
  });

  test('are measured nowhere: validation reads the known pairs as if there were no others', () => {
    const labels = Uint8Array.of(1, 0, 1, 1, 0, 0);
    const logits = Float32Array.of(2, -1, 0.5, 1, -2, 3);
    const rows = { genres: 1, validation: [0, 1, 2, 3] };
    const alone = validationMeasures(
      logits.filter((_, i) => i !== 1 && i !== 4),
      0.5,
      { labels: labels.filter((_, i) => i !== 1 && i !== 4), ...rows },
      'sigmoid',
    );
    const masked = validationMeasures(
      logits,
      0.5,
      { labels, known: Uint8Array.of(1, 0, 1, 1, 0, 1), genres: 1, validation: [0, 1, 2, 3, 4, 5] },
      'sigmoid',
    );
    expect(masked).toEqual(alone);
    const none = { labels, known: new Uint8Array(6), genres: 1, validation: [0, 1] };
    expect(validationMeasures(logits.subarray(0, 2), 0, none, 'sigmoid').validation_micro_f1).toBeNaN();
    expect(labelsOfRows({ labels, known: Uint8Array.of(1, 0, 1, 1, 0, 0), genres: 2 }, [2, 0])).toEqual({
      rows: 2,
      columns: 2,
      data: Uint8Array.of(0, 0, 1, 0),
      known: Uint8Array.of(0, 0, 1, 0),
    });
  });
});

test('a mixed poster is known where it is known of both that have a share', () => {
  const recipe = tinyRecipe({ mixing: { method: 'mixup', probability: 0.6 }, augmentation: {} });
  const { input, network } = recipe;
  const genres = 3;
  const { graph } = buildNetwork(network, { ...input, genres, bias: [0, 0, 0] }, Random.fromSeed(1));
  const rows = Array.from({ length: 40 }, (_, i) => i);
  const pixels = new Uint8Array(input.height * input.width * 3);
  const labels = Uint8Array.from({ length: rows.length * genres }, () => random.integer(2));
  const known = Uint8Array.from(labels, () => (random.float() < 0.7 ? 1 : 0));
  const batchOf = (mask?: Uint8Array) =>
    pixelBatches(
      { learning: graph, reading: graph },
      { pixels: { get: () => pixels }, labels, known: mask, genres },
      recipe,
      Random.fromSeed(4),
    ).training(rows, 0, 0);
  const batch = batchOf(known);
  expect(batchOf().known).toBe(undefined);
  expect(batchOf().labels).toEqual(batch.labels);
  let mixtures = 0;
  rows.forEach((row) => {
    const [own, next] = [row, (row + 1) % rows.length].map((at) =>
      known.subarray(at * genres, (at + 1) * genres),
    );
    const isMixed = batch.labels.subarray(row * genres, (row + 1) * genres).some((value) => value % 1 !== 0);
    const kept = [...batch.known!.subarray(row * genres, (row + 1) * genres)];
    const both = [...own!].map((one, g) => one * next![g]!);
    if (isMixed) expect(kept).toEqual(both);
    else expect([both, [...own!]]).toContainEqual(kept);
    mixtures += Number(isMixed);
  });
  expect(mixtures).toBeGreaterThan(10);
});

describe('a run on posters of which a part is unknown', () => {
  /** Writes the small data set with a list of known genres on every other line. */
  async function partialTable(): Promise<{ folder: string; data: string; unknownGenres: string[] }> {
    const { folder, data } = await smallDataset();
    const table = join(data, 'metadata.jsonl');
    const lines = (await readFile(table, 'utf8')).trim().split('\n');
    const whole = await loadDataset({ data });
    const { genres } = selectGenres(whole, { minimumSupport: 5 });
    const unknownGenres = genres.slice(0, 2);
    const written = lines.map((line, i) => {
      const row = JSON.parse(line) as { genres: string[] };
      if (i % 2 === 0) return JSON.stringify(row);
      const known = [...whole.genreCounts.keys()].filter(
        (genre) => row.genres.includes(genre) || !unknownGenres.includes(genre),
      );
      return JSON.stringify({ ...row, known });
    });
    await writeFile(table, `${written.join('\n')}\n`);
    return { folder, data, unknownGenres };
  }

  test('says what is unknown from its start to its measures, and frequencies are of what is known', async () => {
    const { folder, data } = await partialTable();
    const run = join(folder, 'run');
    let unknownPairs = 0;
    await train({
      data,
      recipe: tinyRecipe({ epochs: 2 }),
      folder: run,
      threads: 1,
      onStart: (facts) => {
        unknownPairs = facts.unknownPairs;
      },
    });
    const config = (await Run.open(run)).config;
    const { genres } = config;
    const dataset = await loadDataset({ data });
    const split = new Map(
      (await readFile(join(run, 'split.csv'), 'utf8'))
        .split('\n')
        .map((line) => line.split(',') as [string, string]),
    );
    const of = (part: string) => dataset.labelled.filter(({ id }) => split.get(id) === part);
    const masks = (part: string) => knownMatrix(of(part), genres);
    const zeros = (mask: Uint8Array | undefined) => mask?.filter((one) => one === 0).length ?? 0;
    expect(unknownPairs).toBe(zeros(masks('train')) + zeros(masks('validation')));
    expect(unknownPairs).toBeGreaterThan(20);
    const [labels, known] = [labelMatrix(of('train'), genres), masks('train')!];
    genres.forEach((_, g) => {
      const own = [...known.keys()].filter((i) => i % genres.length === g && known[i] === 1);
      const share = own.reduce((sum, i) => sum + labels[i]!, 0) / own.length;
      expect(config.prevalence[g]).toBeCloseTo(share, 12);
    });

    const { content: written } = await (await Run.open(run)).validation(undefined);
    for (const { id, known: own } of written) {
      const poster = dataset.labelled.find((each) => each.id === id)!;
      const judged = genres.filter((genre) => poster.known?.includes(genre) ?? true);
      expect(own ?? genres).toEqual(judged);
    }
    expect(written.some(({ known: own }) => own !== undefined)).toBe(true);
    expect(written.some(({ known: own }) => own === undefined)).toBe(true);

    const { evaluation, errors } = await evaluate({ model: run, resamples: 10 });
    expect(evaluation.unknownPairs).toBe(zeros(masks('test')));
    expect(evaluation.unknownPairs).toBeGreaterThan(0);
    expect(errors.doubts!.labels).toBe(
      (of('test').length + of('validation').length) * genres.length -
        zeros(masks('test')) -
        zeros(masks('validation')),
    );
  });

  test('goes on after an interruption to the same bits', async () => {
    const { folder, data } = await partialTable();
    const recipe = tinyRecipe({ epochs: 2 });
    const [whole, cut] = [join(folder, 'whole'), join(folder, 'cut')];
    await train({ data, recipe, folder: whole, threads: 1 });
    const controller = new AbortController();
    await train({
      data,
      recipe,
      folder: cut,
      threads: 1,
      signal: controller.signal,
      onStep: ({ epoch, step }) => {
        if (epoch === 1 && step === 3) controller.abort();
      },
    });
    expect((await resume({ folder: cut })).outcome).toBe('finished');
    for (const file of ['last.safetensors', 'history.csv', 'validation.jsonl'])
      expect((await readFile(join(cut, file))).equals(await readFile(join(whole, file))), file).toBe(true);
  });

  test('is refused where nothing at all is known of what it would learn from or be judged by', async () => {
    const { data } = await smallDataset(40);
    const whole = await loadDataset({ data });
    const { genres } = selectGenres(whole, { minimumSupport: 5 });
    const split = splitDataset(whole, { genres });
    for (const part of ['train', 'validation'] as const) {
      const ids = new Set(postersOf(whole, split, part).map(({ id }) => id));
      const labelled = whole.labelled.map((poster) =>
        ids.has(poster.id) ? { ...poster, known: [] } : poster,
      );
      await expect(trainOn({ ...whole, labelled }, whole, tinyRecipe())).rejects.toThrow(
        `expected ${part === 'train' ? 'training' : part} posters of which any of the genres is known`,
      );
    }
  });
});
