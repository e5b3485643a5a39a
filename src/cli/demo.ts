/** @module `onesheet demo`: a seed -> drawn posters, a network trained on them, its measures and predictions. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { loadDataset, writeSyntheticPosters } from '../dataset/index.ts';
import { evaluate, openClassifier, predictStream } from '../predict/index.ts';
import { printable } from '../printable.ts';
import { readRecipe } from '../run/index.ts';
import { train } from '../train/index.ts';
import { integerOf } from './arguments.ts';
import { describeEvaluation } from './evaluate.ts';
import { formatRow } from './predict.ts';
import { reportRuns } from './report.ts';
import { samplePosters } from './samples.ts';
import { withProgress } from './trainingProgress.ts';

const posterSize = { width: 80, height: 120 };

/** The first of runs/demo-1, runs/demo-2, ... that does not exist. */
function freshFolder(): string {
  for (let i = 1; ; i++) {
    const folder = join('runs', `demo-${i}`);
    if (!existsSync(folder)) return folder;
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What the installed default model says of the sample posters. */
async function predictSamples(): Promise<void> {
  const classifier = await openClassifier();
  const { metadata, id } = classifier.model;
  const { trainingPosters } = metadata.provenance;
  say(
    `1. Predicting sample posters with the installed model ${id}, trained on ${trainingPosters} real posters.\n`,
  );
  for await (const outcome of predictStream(classifier, samplePosters(), { policy: 'f1' }))
    say(formatRow(outcome).trimEnd());
  await classifier.release();
  say('\nThese are drawings of films that do not exist; samples/README.md says as what each was drawn.');
  say('Now a small network learns from nothing.\n');
}

/** Predicts posters that were drawn after the training, and shows what is true beside. */
async function predictUnseen(model: string, folder: string, seed: number): Promise<void> {
  await writeSyntheticPosters(folder, { ...posterSize, count: 5, seed });
  const { labelled } = await loadDataset({ data: folder });
  const truth = new Map(labelled.map((poster) => [poster.id, poster.genres ?? []]));
  const classifier = await openClassifier(model);
  for await (const outcome of predictStream(classifier, labelled, { policy: 'f1' })) {
    say(`${formatRow(outcome).trimEnd()}\n  in truth: ${printable(truth.get(outcome.id)?.join(', ') ?? '')}`);
  }
  await classifier.release();
}

export const demoCommand = defineCommand({
  meta: {
    name: 'demo',
    description:
      'Predict sample posters; then draw posters, train a small network on them, measure it and predict.',
  },
  args: {
    posters: { type: 'string', valueHint: 'number', default: '800', description: 'Posters to draw' },
    seed: {
      type: 'string',
      valueHint: 'number',
      default: '0',
      description: 'Seed of the drawings and of the training',
    },
  },
  async run({ args }) {
    const count = integerOf(args.posters, 'posters', 100, 100_000) ?? 800;
    const seed = integerOf(args.seed, 'seed', 0, 2 ** 31) ?? 0;
    const folder = freshFolder();
    const recipe = await readRecipe('demo');

    await predictSamples();
    say(`2. Drawing ${count} posters, each with one to three of eight genres.`);
    await writeSyntheticPosters(join(folder, 'posters'), { ...posterSize, count, seed });

    say('3. Training: convolutions read the picture, a recurrent network reads its rows.');
    const result = await withProgress(recipe.epochs, (observer) =>
      train({ data: join(folder, 'posters'), recipe, folder, seed, ...observer }),
    );
    if (result.outcome === 'interrupted') return 130;

    say('4. Measuring on posters that it was not trained on.\n');
    say(describeEvaluation(await evaluate({ model: folder })));

    say('5. Predicting posters that it has never seen.\n');
    await predictUnseen(folder, join(folder, 'unseen'), seed + 1);

    say(
      '\n6. Writing the report: curves, a diagnosis in words, measures, posters and where their genres show.\n',
    );
    const { html } = await reportRuns([folder], { maps: true });
    say(`Open ${html} in a browser. The model is ${join(folder, 'best.onnx')}.`);
    say(`Try: onesheet predict ${join(folder, 'unseen')} --model ${folder} --policy top=3`);
    return 0;
  },
});
