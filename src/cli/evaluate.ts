/** @module `onesheet evaluate`: a model or a run -> its measures beside the floors, and the errors worth reading. */
import { defineCommand } from 'citty';
import { onesheetError } from '../errors.ts';
import { type DoubtSources, formatDoubts, formatEvaluation, formatLosses } from '../evaluate/index.ts';
import { evaluate } from '../predict/index.ts';
import { printable, printableIn } from '../printable.ts';
import type { EvaluationReport } from '../run/index.ts';
import { integerOf, threadsArgument, threadsOf } from './arguments.ts';
import { deviceArguments, deviceOf } from './device.ts';
import { hearingArguments } from './hearing.ts';
import { sourceArguments, sourceOf } from './sources.ts';

const splits = ['test', 'validation', 'train'] as const;

/** Whose predictions the doubts rest on. */
function describeSources({ measured, validation, outOfFold }: DoubtSources, posters: string): string {
  const parts = [
    measured > 0 ? `${measured} ${posters}` : '',
    validation > 0 ? `${validation} validation posters` : '',
    outOfFold > 0 ? `${outOfFold} posters by cross-validation` : '',
  ].filter((part) => part !== '');
  const hint =
    outOfFold > 0 ? '' : '\nFor labels of training posters: onesheet cross-validate, then --out-of-fold.';
  return `Judged: ${parts.join(', ')}, none of which trained the weights that judge it.${hint}`;
}

/** For people: what was measured, the tables, and what was left out. */
export function describeEvaluation(exact: EvaluationReport): string {
  const report = printableIn(exact);
  const where =
    report.split === 'all' ? `all of ${report.data}` : `the ${report.split} posters of ${report.data}`;
  const { highestLosses, doubts } = report.errors;
  const posters = report.split === 'all' ? 'posters' : `${report.split} posters`;
  const lines = [
    `${report.model} on ${where}`,
    '',
    formatEvaluation(report.evaluation).trimEnd(),
    '',
    formatLosses(highestLosses, posters),
    '',
    doubts === null
      ? 'No label is doubted, since the weights learned from these posters; --out-of-fold can judge them.'
      : `${formatDoubts(doubts)}\n\n${describeSources(doubts.from, posters)}`,
  ];
  const unknown = Object.entries(report.unknownGenres).map(([genre, count]) => `${genre} (${count})`);
  if (unknown.length > 0)
    lines.push('', `not measured, since the model does not know them: ${unknown.join(', ')}`);
  for (const note of report.notes) lines.push('', note);
  for (const { message } of report.failed) lines.push(`left out: ${message}`);
  return `${lines.join('\n')}\n`;
}

export const evaluateCommand = defineCommand({
  meta: {
    name: 'evaluate',
    description:
      'Measure a model on labelled posters, beside what guessing would reach, and name its errors.',
  },
  args: {
    model: {
      type: 'positional',
      required: false,
      description:
        "A run's folder, a model file (.onnx) or an installed model; by default the one that is shipped",
    },
    ...sourceArguments,
    data: {
      ...sourceArguments.data,
      description: "Labelled posters, as for `onesheet train`; by default the run's own test split",
    },
    split: {
      type: 'enum',
      options: [...splits],
      default: 'test',
      description: "Part of the run's own split",
    },
    policy: {
      type: 'string',
      valueHint: 'name',
      default: 'f1',
      description: 'Decision rule: top=3, f1, balanced, precision=0.8 or recall=0.9, with any number',
    },
    ...hearingArguments,
    read: { type: 'boolean', description: 'Read what stands on the posters, and hear it too' },
    format: {
      type: 'enum',
      options: ['table', 'json'],
      default: 'table',
      description: 'For people or for programs',
    },
    resamples: {
      type: 'string',
      valueHint: 'number',
      default: '1000',
      description: 'Bootstrap resamples behind the intervals',
    },
    'out-of-fold': {
      type: 'string',
      valueHint: 'file',
      description: 'out-of-fold.jsonl of `onesheet cross-validate`: doubts labels of training posters too',
    },
    errors: {
      type: 'string',
      valueHint: 'number',
      default: '15',
      description: 'Posters with the highest loss, and doubted labels of each kind, that are named',
    },
    threads: threadsArgument,
    ...deviceArguments,
  },
  async run({ args, rawArgs }) {
    if (!splits.includes(args.split as 'test'))
      throw onesheetError('OPTION_INVALID', 'split', splits.join(', '), args.split);
    let isWritten = true;
    const report = await evaluate({
      model: args.model,
      ...(await sourceOf(args, rawArgs)),
      split: args.split as 'test',
      policy: args.policy,
      texts: args.texts,
      read: args.read,
      titles: args.titles,
      resamples: integerOf(args.resamples, 'resamples', 1, 1_000_000),
      outOfFold: args['out-of-fold'],
      errors: integerOf(args.errors, 'errors', 1, 1_000_000),
      threads: threadsOf(args),
      ...deviceOf(args),
      onUnwritten: ({ message }) => {
        isWritten = false;
        process.stderr.write(`onesheet: ${printable(message)}\n`);
      },
      onProgress: (done, total) => {
        if (process.stderr.isTTY)
          process.stderr.write(`\r\x1b[K${done < total ? `measuring ${done}/${total}` : ''}`);
      },
    });
    process.stdout.write(
      args.format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : describeEvaluation(report),
    );
    if (!isWritten) return 1;
    return report.failed.length === 0 ? 0 : 3;
  },
});
