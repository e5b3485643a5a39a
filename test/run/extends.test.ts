import { expect, test } from 'vitest';
import { readPlan, readRecipe } from '../../src/run/index.ts';
import { written } from './recipeFile.ts';

test('a recipe that extends another says only what differs, in the parts that differ', async () => {
  const base = await readRecipe('cnn-rnn');
  const own = await readRecipe(
    await written('own', { extends: 'cnn-rnn', epochs: 3, optimizer: { learningRate: 0.01 } }),
  );
  expect(own).toEqual({
    ...base,
    name: 'own',
    description: '',
    cost: undefined,
    score: undefined,
    epochs: 3,
    optimizer: { ...base.optimizer, learningRate: 0.01 },
  });
});

test('a base is named from the folder of the file that extends it, over any number of files', async () => {
  await written('first', { extends: 'cnn-rnn', batchSize: 4, epochs: 2 });
  await written('second', { extends: './first.json', epochs: 5 });
  const { batchSize, epochs, network } = await readRecipe(
    await written('third', { extends: 'second.json', network: { hidden: 7 } }),
  );
  expect({ batchSize, epochs }).toEqual({ batchSize: 4, epochs: 5 });
  expect(network).toMatchObject({ hidden: 7, attention: 128 });
});

test('an object of another kind keeps nothing of its base, lists take the place of lists', async () => {
  const { optimizer, network } = await readRecipe(
    await written('own', {
      extends: 'cnn-rnn',
      optimizer: { optimizer: 'sgd', learningRate: 0.1 },
      network: { stages: [{ channels: 8 }] },
    }),
  );
  expect(optimizer).toEqual({
    optimizer: 'sgd',
    learningRate: 0.1,
    momentum: 0.9,
    nesterov: false,
    weightDecay: 0,
  });
  expect(network).toMatchObject({ stages: [{ channels: 8 }], hidden: 128 });
});

test('null takes a part of the base away, unless it is a value', async () => {
  await written('mixed', { extends: 'cnn-rnn', mixing: {}, readingSize: { height: 288, width: 192 } });
  const recipe = await readRecipe(
    await written('own', { extends: 'mixed.json', mixing: null, maximumNorm: null }),
  );
  expect(recipe).not.toHaveProperty('mixing');
  expect(recipe.maximumNorm).toBeNull();
  expect(recipe.readingSize).toEqual({ height: 288, width: 192 });
});

test('recipes that extend each other in a circle are refused with the circle', async () => {
  const [one, two] = [
    await written('one', { extends: 'two.json' }),
    await written('two', { extends: 'one.json' }),
  ];
  await expect(readRecipe(one)).rejects.toMatchObject({
    code: 'RECIPE_INVALID',
    message: `${two} is no valid recipe: extends: ${one} extends ${two} extends ${one}, which has no end.`,
  });
  const self = await written('self', { extends: './self.json' });
  await expect(readRecipe(self)).rejects.toMatchObject({ code: 'RECIPE_INVALID' });
});

test.each([
  ['lstm', /extends: there is no recipe lstm: expected the path of a JSON file or one of cnn, cnn-rnn/],
  ['./lstm.json', /own\.json is no valid recipe: extends: there is no file .*lstm\.json\.$/],
  ['poster-genres', /extends: poster-genres is a chain of runs, not a recipe\.$/],
  [7, /extends: expected a recipe's name or file\.$/],
])('a base that is none is refused: %s', async (reference, message) => {
  const error = await readPlan(await written('own', { extends: reference })).catch((found: unknown) => found);
  expect(error).toMatchObject({ code: 'RECIPE_INVALID', exitCode: 2 });
  expect((error as Error).message).toMatch(message);
});

test('a wrong field is named with the file that says it, or that extends it', async () => {
  const path = await written('own', { extends: 'cnn-rnn', epochs: 0 });
  await expect(readRecipe(path)).rejects.toThrow(`${path} is no valid recipe: epochs: `);
});
