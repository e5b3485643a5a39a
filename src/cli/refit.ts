/** @module `onesheet refit`: a finished run -> a model that has learned from its validation posters too. */
import { defineCommand } from 'citty';
import { printable } from '../printable.ts';
import { Run } from '../run/index.ts';
import { refit } from '../train/index.ts';
import { withProgress } from './trainingProgress.ts';

export const refitCommand = defineCommand({
  meta: {
    name: 'refit',
    description: 'Train a finished run once more, on its validation posters too, for a model to keep.',
  },
  args: {
    run: {
      type: 'positional',
      required: true,
      description: "A run's folder; refit.onnx is written into it, and the same again continues",
    },
    cache: {
      type: 'string',
      valueHint: 'folder',
      description: 'Keep decoded posters here, so that the next run starts at once',
    },
  },
  async run({ args }) {
    const { recipe } = (await Run.open(args.run)).config;
    const result = await withProgress(recipe.epochs, (observer) =>
      refit({
        ...observer,
        run: args.run,
        cache: args.cache,
        onStart: ({ posters, epochs }) =>
          observer.meter.note(
            `${printable(recipe.name)}: ${posters} posters to train, none to validate, ${epochs} epochs`,
          ),
      }),
    );
    if (result.outcome === 'interrupted') {
      process.stderr.write(`interrupted after ${result.epochs} epochs; the same command again goes on\n`);
      return 130;
    }
    const model = printable(result.model);
    process.stderr.write(
      `${model} has learned from ${result.posters} posters; next: onesheet evaluate ${model}\n`,
    );
    return 0;
  },
});
