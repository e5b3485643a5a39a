/** @module `onesheet sweep`: recipes, seeds and posters -> a run for each, and one report that compares them. */
import { defineCommand } from 'citty';
import { printable } from '../printable.ts';
import { readRecipe } from '../run/index.ts';
import { sweep } from '../train/index.ts';
import {
  integerOf,
  minimumSupportArgument,
  minimumSupportOf,
  threadsArgument,
  threadsOf,
} from './arguments.ts';
import { deviceArguments, deviceOf } from './device.ts';
import { elsewhereOf, trainElsewhereArgument } from './redis.ts';
import { reportRuns } from './report.ts';
import { sourceArguments, sourceOf } from './sources.ts';
import { withProgress } from './trainingProgress.ts';

export const sweepCommand = defineCommand({
  meta: {
    name: 'sweep',
    description: 'Train several recipes with several seeds, and compare them in one report.',
  },
  args: {
    recipes: {
      type: 'positional',
      required: true,
      description: 'What to train and how: names that `onesheet recipes` lists, or JSON files',
    },
    ...sourceArguments,
    data: { ...sourceArguments.data, required: true },
    out: {
      type: 'string',
      required: true,
      valueHint: 'folder',
      description: 'Folder of the runs and of comparison.html; the same again goes on',
    },
    seeds: {
      type: 'string',
      valueHint: 'number',
      default: '3',
      description: 'Runs of each recipe, with the seeds 0, 1, 2 and so on',
    },
    epochs: {
      type: 'string',
      valueHint: 'number',
      description: "At most so many epochs, instead of each recipe's",
    },
    split: {
      type: 'string',
      valueHint: 'file',
      description:
        "Split made before; by default the table's own, else the sweep makes one for all of its runs",
    },
    'minimum-support': {
      ...minimumSupportArgument,
      description: `${minimumSupportArgument.description}, unless a recipe says its own`,
    },
    threads: threadsArgument,
    ...deviceArguments,
    cache: {
      type: 'string',
      valueHint: 'folder',
      description: 'Keep decoded posters here, so that the next run starts at once',
    },
    ...trainElsewhereArgument,
  },
  async run({ args, rawArgs }) {
    const epochs = integerOf(args.epochs, 'epochs', 1, 10_000);
    const recipes = await Promise.all(args._.map(readRecipe));
    const threads = threadsOf(args);
    const shared = { ...(await sourceOf(args, rawArgs)), ...deviceOf(args), cache: args.cache };
    const { outcome, runs, of } = await sweep({
      ...shared,
      recipes: recipes.map((recipe) => ({ ...recipe, epochs: epochs ?? recipe.epochs })),
      seeds: integerOf(args.seeds, 'seeds', 1, 1000),
      folder: args.out,
      split: args.split,
      minimumSupport: minimumSupportOf(args),
      threads,
      elsewhere: elsewhereOf(args, { ...shared, threads: threads ?? 1 }),
      runOne: (recipe, work) => withProgress(recipe.epochs, work),
      onRun: ({ at, of: all, recipe, seed }, what) =>
        process.stderr.write(`run ${at} of ${all}, ${printable(recipe)} with seed ${seed}, ${what}\n`),
    });
    if (outcome === 'interrupted') {
      process.stderr.write(
        `interrupted after ${runs.length} of ${of} runs; the same command again goes on\n`,
      );
      return 130;
    }
    const { html } = await reportRuns(runs, { out: args.out, maps: runs.length === 1, threads });
    process.stderr.write(
      `all ${of} runs are in ${printable(args.out)}; their report is ${printable(html)}\n`,
    );
    return 0;
  },
});
