/** @module `onesheet train`: posters and a recipe -> a run, with its progress on the terminal. */
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { OnesheetError, onesheetError } from '../errors.ts';
import { printable, printableIn } from '../printable.ts';
import { type Recipe, Run, readRecipe } from '../run/index.ts';
import { ProgressMeter, type RunFacts, type RunResult, recipeFrom, resume, train } from '../train/index.ts';
import { integerOf, minimumSupportArgument, minimumSupportOf } from './arguments.ts';
import { reportRuns } from './report.ts';
import { sourceArguments, sourceOf } from './sources.ts';
import { describeEnd, describeStart } from './trainingText.ts';

/** What is trained where no recipe is named: from scratch, or from the network of `--from`. */
export const defaultRecipes = { fresh: 'cnn-rnn', from: 'fine-tune' } as const;

/** Prints what happens on standard error, so that standard output stays free for results. */
export function terminalObserver(epochs: number) {
  const isTerminal = process.stderr.isTTY === true;
  const write = (text: string): void => {
    process.stderr.write(text);
  };
  const meter = new ProgressMeter({ write, isTerminal, columns: () => process.stderr.columns ?? 80, epochs });
  let phase = '';
  let epoch = 0;
  return {
    meter,
    onPreparation: (exact: string, done: number, total: number): void => {
      const what = printable(exact);
      const finished = total > 0 && done === total;
      if (isTerminal && total > 0) write(`\r\x1b[K${what} ${done}/${total}${finished ? '\n' : ''}`);
      else if (what !== phase || finished) write(`${what}${total > 0 ? ` ${done}/${total}` : ''}\n`);
      phase = what;
    },
    onStart: (facts: RunFacts): void => {
      meter.note(describeStart(printableIn(facts)));
    },
    onStep: (step: {
      epoch: number;
      step: number;
      stepsPerEpoch: number;
      loss: number;
      images: number;
    }): void => {
      if (step.epoch !== epoch) meter.startPhase(step.epoch, 'training', step.stepsPerEpoch, step.step - 1);
      epoch = step.epoch;
      meter.batch(step.images, step.loss);
    },
  };
}

/** Trains or resumes with progress; Ctrl-C finishes the step and saves. */
export async function withProgress<Result>(
  epochs: number,
  work: (
    observer: ReturnType<typeof terminalObserver> & {
      signal: AbortSignal;
      onEpoch: NonNullable<Parameters<typeof train>[0]['onEpoch']>;
    },
  ) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const interrupt = (): void => {
    process.stderr.write('\nfinishing the step, then saving; once more to stop at once\n');
    process.off('SIGINT', interrupt);
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const observer = terminalObserver(epochs);
  try {
    return await work({
      ...observer,
      signal: controller.signal,
      onEpoch: (report) => {
        const figures = [`loss ${report.trainingLoss.toFixed(4)}`];
        if (!Number.isNaN(report.validation_loss))
          figures.push(
            `validation loss ${report.validation_loss.toFixed(4)}`,
            `micro AP ${report.validation_micro_average_precision.toFixed(3)}`,
            `macro AP ${report.validation_macro_average_precision.toFixed(3)}`,
            `micro F1 ${report.validation_micro_f1.toFixed(3)}`,
          );
        observer.meter.finishEpoch(`${figures.join('  ')}${report.isBest ? '  best' : ''}`);
      },
    });
  } finally {
    observer.meter.clear();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** Prints the last lines of a training; its exit code. */
export function concludeTraining(result: RunResult): number {
  process.stderr.write(describeEnd(printableIn(result)));
  return result.outcome === 'interrupted' ? 130 : 0;
}

/** The recipe, with the network that `--from` names in it. */
async function startingRecipe(args: {
  readonly recipe?: string;
  readonly from?: string;
  readonly features?: string;
  readonly normalize?: string;
}): Promise<Recipe> {
  const { from, features, normalize } = args;
  if (from === undefined) {
    for (const [option, value] of Object.entries({ features, normalize }))
      if (value !== undefined) throw onesheetError('OPTION_INVALID', option, 'nothing without --from', value);
    return readRecipe(args.recipe ?? defaultRecipes.fresh);
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

/** Ends a training with its report, unless it was interrupted; a report that cannot be written fails nothing. */
async function conclude(result: RunResult, options: { report: boolean; threads?: number }): Promise<number> {
  const code = concludeTraining(result);
  if (result.outcome === 'interrupted' || !options.report) return code;
  try {
    const { html } = await reportRuns([result.folder], { maps: true, threads: options.threads });
    process.stderr.write(`its report is ${printable(html)}\n`);
  } catch (error) {
    if (!(error instanceof OnesheetError)) throw error;
    process.stderr.write(`it has no report: ${printable(error.message)}\n`);
  }
  return code;
}

export const trainCommand = defineCommand({
  meta: { name: 'train', description: 'Train a network on labelled posters.' },
  args: {
    ...sourceArguments,
    recipe: {
      type: 'string',
      valueHint: 'name|file',
      description:
        'What to train and how: a name that `onesheet recipes` lists or a JSON file; by default cnn-rnn, with --from fine-tune',
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
    threads: {
      type: 'string',
      valueHint: 'number',
      default: '2',
      description: 'Threads of the engine; the same count gives the same bits',
    },
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
      const { recipe } = (await Run.open(folder)).config;
      const result = await withProgress(recipe.epochs, (observer) =>
        resume({ folder, cache: args.cache, ...observer }),
      );
      return conclude(result, { report });
    }
    if (args.data === undefined)
      throw onesheetError('OPTION_INVALID', 'data', 'a table of posters or a folder', 'nothing');
    const source = await sourceOf(args, rawArgs);
    const recipe = await startingRecipe(args);
    const epochs = integerOf(args.epochs, 'epochs', 1, 10_000) ?? recipe.epochs;
    const seed = integerOf(args.seed, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? 0;
    const threads = integerOf(args.threads, 'threads', 1, 256);
    const result = await withProgress(epochs, (observer) =>
      train({
        ...source,
        recipe: { ...recipe, epochs },
        folder: args.run ?? join('runs', `${recipe.name}-${seed}`),
        split: args.split,
        minimumSupport: minimumSupportOf(args),
        seed,
        threads,
        cache: args.cache,
        ...observer,
      }),
    );
    return conclude(result, { report, threads });
  },
});
