/** @module `onesheet cross-validate`: posters and a recipe -> a run for each fold and predictions out of sample. */
import { defineCommand } from 'citty';
import { printable } from '../printable.ts';
import { readRecipe } from '../run/index.ts';
import { crossValidate } from '../train/index.ts';
import {
  integerOf,
  minimumSupportArgument,
  minimumSupportOf,
  threadsArgument,
  threadsOf,
} from './arguments.ts';
import { deviceArguments, deviceOf } from './device.ts';
import { elsewhereOf, trainElsewhereArgument } from './redis.ts';
import { sourceArguments, sourceOf } from './sources.ts';
import { withProgress } from './trainingProgress.ts';

export const crossValidateCommand = defineCommand({
  meta: {
    name: 'cross-validate',
    description:
      'Train once for each fold, and predict every training poster by a model that has not seen it.',
  },
  args: {
    ...sourceArguments,
    data: { ...sourceArguments.data, required: true },
    recipe: {
      type: 'string',
      valueHint: 'name|file',
      default: 'cnn-rnn',
      description: 'What to train and how: a name that `onesheet recipes` lists or a JSON file',
    },
    out: {
      type: 'string',
      required: true,
      valueHint: 'folder',
      description: 'Folder of the runs and of out-of-fold.jsonl; the same again continues',
    },
    folds: {
      type: 'string',
      valueHint: 'number',
      default: '3',
      description: 'Parts of the training posters',
    },
    split: {
      type: 'string',
      valueHint: 'file',
      description: 'Split made by `onesheet data split`, whose test posters nobody sees',
    },
    'minimum-support': {
      ...minimumSupportArgument,
      description: `${minimumSupportArgument.description}, unless the recipe says its own`,
    },
    seed: { type: 'string', valueHint: 'number', default: '0', description: 'Seed of every fold' },
    threads: threadsArgument,
    ...deviceArguments,
    cache: {
      type: 'string',
      valueHint: 'folder',
      description: 'Keep decoded posters here, so that the next fold starts at once',
    },
    ...trainElsewhereArgument,
  },
  async run({ args, rawArgs }) {
    const recipe = await readRecipe(args.recipe);
    const threads = threadsOf(args);
    const shared = { ...(await sourceOf(args, rawArgs)), ...deviceOf(args), cache: args.cache };
    const result = await crossValidate({
      ...shared,
      recipe,
      folder: args.out,
      folds: integerOf(args.folds, 'folds', 2, 1000),
      split: args.split,
      minimumSupport: minimumSupportOf(args),
      seed: integerOf(args.seed, 'seed', 0, Number.MAX_SAFE_INTEGER),
      threads,
      elsewhere: elsewhereOf(args, { ...shared, threads: threads ?? 1 }),
      runFold: (work) => withProgress(recipe.epochs, work),
      onFold: (fold, folds, what) => process.stderr.write(`fold ${fold} of ${folds}: ${what}\n`),
    });
    if (result.outcome === 'interrupted') {
      process.stderr.write(`interrupted; the same command again goes on\n`);
      return 130;
    }
    process.stderr.write(
      `${printable(result.predictions)}: ${result.labelled} posters predicted out of sample, ${result.unlabelled} without labels\n`,
    );
    return 0;
  },
});
