/** @module `onesheet texts`: what stands on posters as text, and titles -> a model that hears both beside a network. */
import { defineCommand } from 'citty';
import { type CombinationMeasures, learnTexts } from '../predict/index.ts';
import { printable } from '../printable.ts';
import { threadsArgument, threadsOf, valuesOf } from './arguments.ts';
import { sourceArguments, sourceOf } from './sources.ts';

const kinds: Readonly<Record<CombinationMeasures['combination'], string>> = {
  title: 'title',
  lines: 'texts',
  both: 'texts and title',
};

/** A table of measures, for each combination the picture alone and with what is heard. */
function describeMeasures(validation: readonly CombinationMeasures[]): string {
  const row = (label: string, posters: string, m: CombinationMeasures['picture']): string =>
    `  ${label.padEnd(26)}${posters.padStart(7)}${m.microAveragePrecision.toFixed(3).padStart(8)}` +
    `${m.macroAveragePrecision.toFixed(3).padStart(8)}${m.expectedCalibrationError.toFixed(3).padStart(13)}\n`;
  const lines = validation.flatMap(({ combination, posters, picture, together }) => [
    row('picture', String(posters), picture),
    row(`picture, ${kinds[combination]}`, '', together),
  ]);
  return (
    'Validation posters of which each is heard; average precision and calibration error:\n' +
    `${' '.repeat(28)}posters   micro   macro  calibration\n${lines.join('')}`
  );
}

const trainTextsCommand = defineCommand({
  meta: {
    name: 'train',
    description: 'Learn from texts of posters and titles of films, to be heard beside a network.',
  },
  args: {
    model: {
      type: 'positional',
      required: true,
      description:
        "A run's folder, or a model file with --data and --split; its validation posters must be new to the network",
    },
    texts: {
      type: 'string',
      valueHint: 'file.jsonl',
      description: 'What stands on the posters as text: lines of {"id": "...", "texts": ["..."]}',
    },
    titles: {
      type: 'string',
      valueHint: 'table',
      description:
        'Titles of films with their genres, posters or not: columns id, title, genres; given again, another one',
    },
    vectors: {
      type: 'string',
      valueHint: 'file.txt',
      description:
        'Word vectors as GloVe and fastText write them: they say what words mean that no title had',
    },
    ...sourceArguments,
    split: {
      type: 'string',
      valueHint: 'file.csv',
      description: 'The split that the model was trained with',
    },
    out: {
      type: 'string',
      valueHint: 'file.safetensors',
      description: 'File to write; by default beside the model, where predict looks for it',
    },
    threads: threadsArgument,
  },
  async run({ args, rawArgs }) {
    const result = await learnTexts({
      model: args.model,
      texts: args.texts,
      titles: valuesOf(rawArgs, 'titles'),
      vectors: args.vectors,
      ...(await sourceOf(args, rawArgs)),
      split: args.split,
      out: args.out,
      threads: threadsOf(args),
      onProgress: (what) => {
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what === '' ? '' : `learning ${what}`}`);
      },
    });
    const { path, bytes, posters, films, filmRows, keptApart, features, validation } = result;
    const apart = keptApart > 0 ? `; ${keptApart} films were left out, whose posters are kept apart` : '';
    process.stdout.write(
      `${printable(path)}: ${(bytes / 1e6).toFixed(1)} MB, ${features} features, learned from the texts of ${posters} posters ` +
        `and the titles of ${films} films, in ${filmRows} rows${apart}.\n\n${describeMeasures(validation)}`,
    );
    return 0;
  },
});

export const textsCommand = defineCommand({
  meta: { name: 'texts', description: 'Hear what stands on posters as text, and titles, beside a network.' },
  subCommands: { train: trainTextsCommand },
});
