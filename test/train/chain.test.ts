import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postersOf, writeSyntheticPosters } from '../../src/dataset/index.ts';
import { type Chain, isChain, Run, readChainConfig, readPlan } from '../../src/run/index.ts';
import { readTensors } from '../../src/safetensors.ts';
import { type ChainOptions, trainChain } from '../../src/train/index.ts';
import { tinyRecipe } from './fixture.ts';

let folder: string;
let data: string;
let chain: Chain;

async function chainOf(changes: Record<string, object> = {}): Promise<Chain> {
  const tiny = { ...tinyRecipe({ epochs: 2 }), name: 'tiny' };
  const distillation = { predictions: ['none.jsonl'], weight: 0.5 };
  const files = {
    teacher: tiny,
    student: { name: 'student', extends: './teacher.json', distillation },
    ...changes,
  };
  for (const [name, json] of Object.entries(files))
    await writeFile(join(folder, `${name}.json`), JSON.stringify(json));
  const steps = [
    { step: 'teacher', train: './teacher.json' },
    { step: 'folds', 'cross-validate': './teacher.json', folds: 2 },
    { step: 'student', train: './student.json', needs: ['teacher', 'folds'] },
    { step: 'last', refit: 'student' },
  ];
  const path = join(folder, 'chain.json');
  await writeFile(path, JSON.stringify({ name: 'chain', minimumSupport: 5, steps }));
  const plan = await readPlan(path);
  if (!isChain(plan)) throw new Error('no chain');
  return plan;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onesheet-chain-'));
  data = join(folder, 'posters');
  await writeSyntheticPosters(data, { count: 60, seed: 3, width: 24, height: 32 });
  chain = await chainOf();
  await trainChain({ data, chain, folder: join(folder, 'whole') });
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

/** What a chain does, with what is told of its steps. */
async function follow(name: string, options: Partial<ChainOptions> = {}) {
  const told: string[] = [];
  const result = await trainChain({
    data,
    chain,
    folder: join(folder, name),
    onChainStep: (step, what) => told.push(`${step.name} ${what}`),
    ...options,
  });
  return { result, told };
}

const results = [
  'split.csv',
  'teacher.jsonl',
  'teacher/best.onnx',
  'folds/out-of-fold.jsonl',
  'student/history.csv',
  'student/best.onnx',
  'student/refit.onnx',
];

async function expectSame(name: string): Promise<void> {
  for (const file of results) {
    const [a, b] = await Promise.all(['whole', name].map((each) => readFile(join(folder, each, file))));
    expect(a!.equals(b!), file).toBe(true);
  }
}

test('a student learns from the predictions of the steps that it needs, on the split that all share', async () => {
  const whole = join(folder, 'whole');
  const { config } = await Run.open(join(whole, 'student'));
  expect(config.recipe.distillation?.predictions).toEqual([
    join(whole, 'teacher.jsonl'),
    join(whole, 'folds', 'out-of-fold.jsonl'),
  ]);
  expect(config.recipe.name).toBe('student');
  const teacher = await Run.open(join(whole, 'teacher'));
  expect(config.splitHash).toBe(teacher.config.splitHash);
  const { dataset, split } = await teacher.data();
  const predicted = (await readFile(join(whole, 'teacher.jsonl'), 'utf8')).trimEnd().split('\n');
  const ids = predicted.map((line) => (JSON.parse(line) as { id: string }).id);
  const expected = (['train', 'validation'] as const).flatMap((part) => postersOf(dataset, split, part));
  expect(new Set(ids)).toEqual(new Set(expected.map(({ id }) => id)));
});

test.each([
  ['averaged weights', 'average', 0.9],
  ['last weights where none are averaged', 'weights', undefined],
])(
  "a step starts from an earlier one's %s",
  async (_, group, averageDecay) => {
    const name = `from-${group}`;
    const first = { ...tinyRecipe({ epochs: 1 }), averageDecay, name: 'first' };
    await writeFile(join(folder, 'first.json'), JSON.stringify(first));
    const second = {
      name: 'second',
      extends: './first.json',
      epochs: 1,
      averageDecay: null,
      optimizer: { optimizer: 'sgd', learningRate: 1e-12 },
      fineTuning: { initialWeights: 'of the step before.safetensors' },
    };
    await writeFile(join(folder, 'second.json'), JSON.stringify(second));
    const steps = [
      { step: 'first', train: './first.json' },
      { step: 'second', train: './second.json', from: 'first' },
    ];
    const path = join(folder, `${name}.json`);
    await writeFile(path, JSON.stringify({ name, minimumSupport: 5, steps }));
    const plan = (await readPlan(path)) as Chain;
    expect((await follow(name, { chain: plan })).result.outcome).toBe('finished');
    const checkpoints = ['first', 'second'].map((step) => join(folder, name, step, 'last.safetensors'));
    const [before, after] = await Promise.all(
      checkpoints.map(async (file) => (await readTensors(file)).tensors),
    );
    const parameters = (await Run.open(join(folder, name, 'second'))).config.recipe.fineTuning;
    expect(parameters?.initialWeights).toBe(checkpoints[0]);
    const [learned] = [...before!.keys()].filter((key) => key.startsWith(`${group}/`));
    const weight = learned!.slice(group.length + 1);
    expect(after!.get(`weights/${weight}`)!.data).toEqual(before!.get(learned!)!.data);
    expect((await follow(name, { chain: plan })).result.skipped).toEqual(['first', 'second']);
  },
  240_000,
);

test('a chain that is finished is skipped step by step', async () => {
  const before = await readFile(join(folder, 'whole', 'steps.json'));
  const { result, told } = await follow('whole');
  expect(told).toEqual(['teacher', 'folds', 'student', 'last'].map((step) => `${step} was finished before`));
  expect(result).toMatchObject({
    outcome: 'finished',
    skipped: ['teacher', 'folds', 'student', 'last'],
    run: join(folder, 'whole', 'student'),
    model: join(folder, 'whole', 'student', 'refit.onnx'),
  });
  expect(await readFile(join(folder, 'whole', 'steps.json'))).toEqual(before);
});

test('a chain that is interrupted inside its steps and between them goes on to the same bits', async () => {
  const stops = ['teacher', 'folds', 'student', 'last'];
  const stopAt = (name: string) => {
    const controller = new AbortController();
    let steps = 0;
    let at = '';
    return follow('broken', {
      signal: controller.signal,
      onChainStep: (step) => {
        at = step.name;
        steps = 0;
      },
      runStep: (_, work) =>
        work({
          signal: controller.signal,
          onStep: () => {
            steps += 1;
            if (at === name && steps === 3) controller.abort();
          },
        }),
    });
  };
  for (const [i, name] of stops.entries()) {
    const { result } = await stopAt(name);
    expect(result.outcome).toBe('interrupted');
    expect(result.finished).toEqual(stops.slice(0, i));
  }
  // Killed after the student's predictions of a teacher were lost, and between two steps.
  await rm(join(folder, 'broken', 'teacher.jsonl'));
  const between = follow('broken', {
    onChainStep: (step, what) => {
      if (step.name === 'folds' && what === 'was finished before') throw new Error('killed');
    },
  });
  await expect(between).rejects.toThrow('killed');
  const { told } = await follow('broken');
  expect(told).toEqual([
    'teacher was finished before',
    'folds was finished before',
    'student was finished before',
    'last begins',
  ]);
  await expectSame('broken');
}, 240_000);

test('a chain is continued by what its folder says', async () => {
  const config = await readChainConfig(join(folder, 'whole'));
  expect(config.chain).toEqual(chain);
  expect(config).toMatchObject({ data, seed: 0, threads: 2, minimumSupport: 5 });
  const { result } = await follow('whole', config);
  expect(result.skipped).toHaveLength(4);
});

test.each<[string, () => Promise<Partial<ChainOptions>>, RegExp]>([
  ['seed', async () => ({ seed: 1 }), /teacher was begun with another seed: expected the same command/],
  [
    'recipe',
    async () => ({ chain: await chainOf({ teacher: { ...tinyRecipe({ epochs: 2, batchSize: 9 }) } }) }),
    /teacher was begun with another recipe/,
  ],
  [
    'recipe of a later step',
    async () => ({
      chain: await chainOf({
        student: {
          name: 'student',
          extends: './teacher.json',
          epochs: 1,
          distillation: { predictions: ['x'] },
        },
      }),
    }),
    /student was begun with another recipe/,
  ],
])('a step that was begun with another %s is not taken for this one', async (_, changes, message) => {
  const error = await follow('whole', await changes()).catch((found: unknown) => found);
  expect(error).toMatchObject({ code: 'RUN_OTHER', exitCode: 2 });
  expect((error as Error).message).toMatch(message);
});

test('new words for people make no other recipe', async () => {
  const teacher = { ...tinyRecipe({ epochs: 2 }), name: 'tiny', description: 'Said better.' };
  const { result } = await follow('whole', { chain: await chainOf({ teacher }) });
  expect(result.skipped).toHaveLength(4);
});
