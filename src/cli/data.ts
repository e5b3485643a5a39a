/** @module `onesheet data`: check a set of posters, split it, or draw a synthetic one. */
import { defineCommand } from 'citty';
import {
  auditDataset,
  chooseSplit,
  type Dataset,
  formatAudit,
  loadDataset,
  postersOf,
  requireGenres,
  type Split,
  splitNames,
  writeSplit,
  writeSyntheticPosters,
} from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { requireWritableFile } from '../files.ts';
import { printable, printableIn } from '../printable.ts';
import { integerOf, minimumSupportArgument, minimumSupportOf } from './arguments.ts';
import { sourceArguments, sourceOf } from './sources.ts';

const tableArguments = {
  ...sourceArguments,
  data: { ...sourceArguments.data, required: true },
  'minimum-support': minimumSupportArgument,
  cache: {
    type: 'string',
    valueHint: 'file',
    description: 'Remember the perceptual hashes of the images here, so that the next time takes a second',
  },
} as const;

const checkCommand = defineCommand({
  meta: {
    name: 'check',
    description: 'Say what a set of posters holds and what is wrong with it, before anything learns from it',
  },
  args: {
    ...tableArguments,
    format: {
      type: 'enum',
      options: ['table', 'json'],
      default: 'table',
      description: 'For people or programs',
    },
    decode: {
      type: 'boolean',
      default: true,
      description: 'Read every image, to find unreadable ones and near-duplicates',
      negativeDescription: 'Look at the table and the names of files only; takes a second',
    },
  },
  async run({ args, rawArgs }) {
    const minimumSupport = minimumSupportOf(args);
    const dataset = await loadDataset(await sourceOf(args, rawArgs));
    const audit = await auditDataset(dataset, {
      minimumSupport,
      decode: args.decode,
      cacheFile: args.cache,
      onProgress: progressLine('images read'),
    });
    process.stdout.write(
      args.format === 'json' ? `${JSON.stringify(audit, null, 2)}\n` : formatAudit(printableIn(audit)),
    );
  },
});

const splitCommand = defineCommand({
  meta: {
    name: 'split',
    description:
      'Divide the labelled posters into training, validation and test, alike in their genres, near-duplicates together',
  },
  args: {
    ...tableArguments,
    out: {
      type: 'string',
      required: true,
      valueHint: 'file.csv',
      description: 'Where to write the split; give it to train and evaluate so that all use the same',
    },
    split: {
      type: 'string',
      valueHint: 'file.csv',
      description:
        "Keep the posters of this split where they are, and train on further ones; by default the table's own split, where it has one",
    },
    seed: { type: 'string', default: '0', valueHint: 'integer', description: 'Another seed, another split' },
    validation: { type: 'string', default: '0.15', valueHint: 'share', description: 'Share for validation' },
    test: { type: 'string', default: '0.15', valueHint: 'share', description: 'Share for the test' },
  },
  async run({ args, rawArgs }) {
    const minimumSupport = minimumSupportOf(args);
    const seed = integer('--seed', args.seed, 0);
    const [validation, test] = [readShare('--validation', args.validation), readShare('--test', args.test)];
    // Rounded, so that 1 - 0.15 - 0.15 is written as 0.7.
    const train = Number((1 - validation - test).toFixed(9));
    if (train <= 0)
      throw onesheetError(
        'OPTION_INVALID',
        '--validation and --test',
        'shares that leave some to train',
        `${validation} and ${test}`,
      );
    await requireWritableFile(args.out);
    const loaded = await loadDataset(await sourceOf(args, rawArgs));
    const { genres } = requireGenres(loaded, { minimumSupport });
    const { dataset, split, notes } = await chooseSplit(loaded, {
      file: args.split,
      genres,
      fractions: { train, validation, test },
      seed,
      cacheFile: args.cache,
      onProgress: progressLine('images compared'),
    });
    await writeSplit(args.out, split);
    process.stdout.write(formatSplitTable(dataset, split, genres));
    for (const note of notes) process.stdout.write(`\nnote: ${printable(note)}\n`);
    process.stdout.write(`\nWritten to ${printable(args.out)}\n`);
  },
});

const synthesizeCommand = defineCommand({
  meta: {
    name: 'synthesize',
    description:
      'Draw a folder of synthetic posters whose genres can be learnt, to try things out without any data',
  },
  args: {
    out: {
      type: 'string',
      required: true,
      valueHint: 'folder',
      description: 'Where to put images/ and metadata.jsonl',
    },
    count: { type: 'string', default: '500', valueHint: 'posters', description: 'How many' },
    seed: {
      type: 'string',
      default: '1',
      valueHint: 'integer',
      description: 'The same seed draws the same posters',
    },
    width: { type: 'string', default: '160', valueHint: 'pixels', description: 'Width of each' },
    height: { type: 'string', default: '240', valueHint: 'pixels', description: 'Height of each' },
  },
  async run({ args }) {
    const count = integer('--count', args.count, 1);
    const options = {
      count,
      seed: integer('--seed', args.seed, 0),
      width: integer('--width', args.width, 1),
      height: integer('--height', args.height, 1),
    };
    await writeSyntheticPosters(args.out, options, progressLine('posters drawn'));
    const out = printable(args.out);
    process.stdout.write(
      `${count} posters in ${out}; look at them with: onesheet data check --data ${out}\n`,
    );
  },
});

export const dataCommand = defineCommand({
  meta: { name: 'data', description: 'Check, split or synthesize a set of posters' },
  subCommands: { check: checkCommand, split: splitCommand, synthesize: synthesizeCommand },
});

/** Posters of each genre in each subset. */
function formatSplitTable(dataset: Dataset, split: Split, genres: readonly string[]): string {
  const subsets = splitNames.map((name) => postersOf(dataset, split, name));
  const width = Math.max('posters'.length, ...genres.map((genre) => printable(genre).length));
  const row = (name: string, cells: readonly (string | number)[]) =>
    `${name.padEnd(width)} ${cells.map((cell) => String(cell).padStart(12)).join('')}\n`;
  const rows = genres.map((genre) =>
    row(
      printable(genre),
      subsets.map((posters) => posters.filter((poster) => poster.genres?.includes(genre)).length),
    ),
  );
  return (
    row('', splitNames) +
    row(
      'posters',
      subsets.map((posters) => posters.length),
    ) +
    rows.join('')
  );
}

/** A line on standard error that counts up, where that is a terminal. */
function progressLine(what: string): ((done: number, total: number) => void) | undefined {
  if (!process.stderr.isTTY) return undefined;
  return (done, total) => {
    if (done % 20 === 0 || done === total) process.stderr.write(`\r${done} of ${total} ${what}`);
    if (done === total) process.stderr.write('\r\x1b[K');
  };
}

function integer(option: string, text: string, minimum: number): number {
  return integerOf(text, option, minimum, Number.MAX_SAFE_INTEGER)!;
}

function readShare(option: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= 0 && value < 1) return value;
  throw onesheetError('OPTION_INVALID', option, 'a share from 0 to 1', text);
}
