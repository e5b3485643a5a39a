import { expect, test } from 'vitest';
import { isChain, readPlan, readRecipe } from '../../src/run/index.ts';
import { written } from './recipeFile.ts';

test('a chain holds the recipes that its steps name, by name or from the folder of its file', async () => {
  await written('student', { extends: 'cnn-rnn', epochs: 2, distillation: { predictions: ['none.jsonl'] } });
  const steps = [
    { step: 'teacher', train: 'cnn' },
    { step: 'folds', 'cross-validate': 'cnn-rnn', folds: 4 },
    { step: 'student', train: './student.json', needs: ['teacher', 'folds'] },
    { step: 'last', refit: 'student' },
  ];
  const plan = await readPlan(await written('chain', { steps, minimumSupport: 7 }));
  if (!isChain(plan)) throw new Error('no chain');
  expect(plan.minimumSupport).toBe(7);
  expect(plan.steps.map(({ recipe, ...step }) => ({ ...step, recipe: recipe.name }))).toEqual([
    { name: 'teacher', kind: 'train', needs: [], recipe: 'cnn' },
    { name: 'folds', kind: 'cross-validate', folds: 4, needs: [], recipe: 'cnn-rnn' },
    { name: 'student', kind: 'train', needs: ['teacher', 'folds'], recipe: 'student' },
    { name: 'last', kind: 'refit', needs: ['student'], recipe: 'student' },
  ]);
});

test('where one run is wanted a chain is refused', async () => {
  const path = await written('chain', { steps: [{ step: 'only', train: 'cnn' }] });
  await expect(readRecipe(path)).rejects.toMatchObject({
    code: 'RECIPE_INVALID',
    message: `${path} is no valid recipe: it is a chain of runs, which only \`onesheet train\` takes.`,
  });
});

const teacher = { step: 'teacher', train: 'cnn' };
test.each([
  ['no step', [], /steps: /],
  ['a step that is none', [{ step: 'one' }], /steps\.0: expected one of train, cross-validate and refit/],
  ['two in one', [{ ...teacher, refit: 'teacher' }], /steps\.0: expected one of train/],
  ['a name that is a path', [{ ...teacher, step: '../up' }], /steps\.0\.step: expected letters, digits/],
  ['folds of a training', [{ ...teacher, folds: 2 }], /steps\.0: only a cross-validation has folds/],
  ['the same name twice', [teacher, teacher], /steps\.1\.step: two steps are called teacher/],
  [
    'what comes later',
    [{ step: 'student', train: 'cnn', needs: ['teacher'] }, teacher],
    /steps\.0\.needs: expected a step that stands before student but received teacher; there is none/,
  ],
  [
    'a teacher of whom nobody learns',
    [teacher, { step: 'student', train: 'cnn-rnn', needs: ['teacher'] }],
    /steps\.1\.needs: the recipe cnn-rnn has no distillation/,
  ],
  [
    'a refit of folds',
    [
      { step: 'folds', 'cross-validate': 'cnn' },
      { step: 'last', refit: 'folds' },
    ],
    /steps\.1\.refit: folds is no run that is trained/,
  ],
  [
    'a refit as a teacher',
    [
      teacher,
      { step: 'last', refit: 'teacher' },
      { step: 'student', train: 'poster-genres-first', needs: ['last'] },
    ],
    /steps\.2\.needs: last has seen the validation posters/,
  ],
  [
    'folds that start from a run',
    [teacher, { step: 'folds', 'cross-validate': 'cnn', from: 'teacher' }],
    /steps\.1: only a run to train starts from another/,
  ],
  [
    'a start from folds',
    [
      { step: 'folds', 'cross-validate': 'cnn' },
      { step: 'longer', train: 'efficientnet-lite', from: 'folds' },
    ],
    /steps\.1\.from: folds is no run that is trained/,
  ],
  [
    'a start that the recipe does not take',
    [teacher, { step: 'longer', train: 'cnn', from: 'teacher' }],
    /steps\.1\.from: the recipe cnn has no fineTuning\.initialWeights/,
  ],
])('a chain with %s is refused', async (_, steps, message) => {
  const error = await readPlan(await written('chain', { steps })).catch((found: unknown) => found);
  expect(error).toMatchObject({ code: 'RECIPE_INVALID', exitCode: 2 });
  expect((error as Error).message).toMatch(message);
});

test('a recipe that a step names and that does not exist is named', async () => {
  const path = await written('chain', { steps: [{ step: 'only', train: 'lstm' }] });
  await expect(readPlan(path)).rejects.toMatchObject({ code: 'RECIPE_UNKNOWN' });
});
