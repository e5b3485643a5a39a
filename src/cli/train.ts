/** @module `onesheet train`: posters and a recipe -> a run, with its progress on the terminal. */
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { onesheetError } from '../errors.ts';
import { printable } from '../printable.ts';
import { isChain, isChainFolder, type Plan, Run, readPlan, readRecipe } from '../run/index.ts';
import { recipeFrom, resume, train } from '../train/index.ts';
import {
  integerOf,
  minimumSupportArgument,
  minimumSupportOf,
  threadsArgument,
  threadsOf,
} from './arguments.ts';
import { deviceArguments, deviceOf } from './device.ts';
import { sourceArguments, sourceOf } from './sources.ts';
import { resumeChain, trainByChain } from './trainChain.ts';
import { conclude, terminalObserver, withProgress } from './trainingProgress.ts';

/** What is trained where no recipe is named: from scratch, or from the network of `--from`. */
export const defaultRecipes = { fresh: 'cnn-rnn', from: 'fine-tune' } as const;

/** The recipe, with the network that `--from` names in it. */
async function startingRecipe(args: {
  readonly recipe?: string;
  readonly from?: string;
  readonly features?: string;
  readonly normalize?: string;
}): Promise<Plan> {
  const { from, features, normalize } = args;
  if (from === undefined) {
    for (const [option, value] of Object.entries({ features, normalize }))
      if (value !== undefined) throw onesheetError('OPTION_INVALID', option, 'nothing without --from', value);
    return readPlan(args.recipe ?? defaultRecipes.fresh);
  }
  const { onPreparation } = terminalObserver(0);
  const given = await readRecipe(args.recipe ?? defaultRecipes.from);
  const recipe = await recipeFrom(given, { from, features, normalize, onPreparation });
  const { network, input } = recipe;
  if (network.network === 'onnx')
    process.stderr.write(
      `${printable(network.source ?? from)}: cut at ${printable(network.features ?? '')}, ${input.width} x ${input.height} pixels minus ` +
        `${network.mean.join(', ')} over ${network.deviation.join(', ')}\n`,
    );
  return recipe;
}

export const trainCommand = defineCommand({
  meta: { name: 'train', description: 'Train a network on labelled posters.' },
  args: {
    ...sourceArguments,
    recipe: {
      type: 'string',
      valueHint: 'name|file',
      description:
        'What to train and how: a name that `onesheet recipes` lists or a JSON file, of one run or a chain of them; by default cnn-rnn, with --from fine-tune',
    },
    from: {
      type: 'string',
      valueHint: 'file|hf:owner/name',
      description: 'Start from this ONNX network; hf:owner/name[/file][@revision] fetches it from the hub',
    },
    features: {
      type: 'string',
      valueHint: 'tensor',
      description: 'Where to cut the network; by default before its last dense layer',
    },
    normalize: {
      type: 'string',
      valueHint: 'how|file',
      description:
        "How the network expects pixels: imagenet, half, unit, none or a preprocessor_config.json; by default the hub's, else imagenet",
    },
    run: {
      type: 'string',
      valueHint: 'folder',
      description: 'Folder of the run; by default runs/<recipe>-<seed>',
    },
    resume: {
      type: 'string',
      valueHint: 'folder',
      description: 'Continue the run in this folder; all else comes from its config.json',
    },
    split: {
      type: 'string',
      valueHint: 'file',
      description:
        "Split made before; further posters are trained on. By default the table's own, else the run makes one",
    },
    'minimum-support': {
      ...minimumSupportArgument,
      description: `${minimumSupportArgument.description}, unless the recipe says its own`,
    },
    seed: {
      type: 'string',
      valueHint: 'number',
      default: '0',
      description: 'Seed of weights, order, augmentation and dropout',
    },
    epochs: {
      type: 'string',
      valueHint: 'number',
      description: "At most so many epochs, instead of the recipe's",
    },
    threads: threadsArgument,
    ...deviceArguments,
    cache: {
      type: 'string',
      valueHint: 'folder',
      description: 'Keep decoded posters here, so that the next run starts at once',
    },
    report: {
      type: 'boolean',
      default: true,
      description: 'Write report.html into the run at the end',
      negativeDescription: 'No report at the end',
    },
  },
  async run({ args, rawArgs }) {
    const { report } = args;
    if (args.resume !== undefined) {
      if (args.data !== undefined)
        throw onesheetError('OPTION_INVALID', 'data', 'nothing beside --resume', args.data);
      const folder = args.resume;
      if (await isChainFolder(folder)) return resumeChain(folder, { cache: args.cache, report });
      const { recipe } = (await Run.open(folder)).config;
      const result = await withProgress(recipe.epochs, (observer) =>
        resume({
          folder,
          cache: args.cache,
          onPlacement: deviceOf(args, (line) => observer.meter.note(line)).onPlacement,
          ...observer,
        }),
      );
      return conclude(result, { report });
    }
    if (args.data === undefined)
      throw onesheetError('OPTION_INVALID', 'data', 'a table of posters or a folder', 'nothing');
    const source = await sourceOf(args, rawArgs);
    const recipe = await startingRecipe(args);
    if (isChain(recipe)) return trainByChain(recipe, source, args);
    const epochs = integerOf(args.epochs, 'epochs', 1, 10_000) ?? recipe.epochs;
    const seed = integerOf(args.seed, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? 0;
    const threads = threadsOf(args);
    const result = await withProgress(epochs, (observer) =>
      train({
        ...source,
        recipe: { ...recipe, epochs },
        folder: args.run ?? join('runs', `${recipe.name}-${seed}`),
        split: args.split,
        minimumSupport: minimumSupportOf(args),
        seed,
        threads,
        ...deviceOf(args, (line) => observer.meter.note(line)),
        cache: args.cache,
        ...observer,
      }),
    );
    return conclude(result, { report, threads });
  },
});
