/** @module `onesheet texts`: what stands on a run's posters as text -> a model that hears it beside the network. */
import { defineCommand } from 'citty';
import { type LearnTextsResult, learnTexts } from '../predict/index.ts';
import { printable } from '../printable.ts';
import { integerOf } from './arguments.ts';

const trainTextsCommand = defineCommand({
  meta: {
    name: 'train',
    description: "Learn from texts of a run's posters, to be heard beside its network.",
  },
  args: {
    run: { type: 'positional', required: true, description: "The run's folder" },
    texts: {
      type: 'string',
      required: true,
      valueHint: 'file.jsonl',
      description: 'What stands on the posters as text: lines of {"id": "...", "texts": ["..."]}',
    },
    out: {
      type: 'string',
      valueHint: 'file.safetensors',
      description: "File to write; by default beside the run's model, where predict --texts looks for it",
    },
    seed: { type: 'string', valueHint: 'integer', default: '0', description: 'Another seed, another order' },
  },
  async run({ args }) {
    const result = await learnTexts({
      run: args.run,
      texts: args.texts,
      out: args.out,
      seed: integerOf(args.seed, 'seed', 0, Number.MAX_SAFE_INTEGER),
    });
    const { path, bytes, posters, withTexts, features, weight, validation } = result;
    const row = (label: string, measures: LearnTextsResult['validation']['picture']): string =>
      `  ${label.padEnd(18)}${measures.microAveragePrecision.toFixed(3)}  ${measures.macroAveragePrecision.toFixed(3)}\n`;
    process.stdout.write(
      `${printable(path)}: ${(bytes / 1e6).toFixed(1)} MB, learned from the texts of ${withTexts} of ${posters} posters.\n` +
        `${features} words, pairs and groups of letters count, ${weight} of what the picture does.\n\n` +
        'Validation posters     micro  macro average precision\n' +
        row('picture', validation.picture) +
        row('picture and text', validation.pictureAndText),
    );
    return 0;
  },
});

export const textsCommand = defineCommand({
  meta: { name: 'texts', description: 'Hear what stands on posters as text beside a network.' },
  subCommands: { train: trainTextsCommand },
});
