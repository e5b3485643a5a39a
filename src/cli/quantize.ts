/** @module `onesheet quantize`: a model and posters -> the same model in 8 bits, for the browser. */
import { defineCommand } from 'citty';
import { quantize } from '../predict/index.ts';
import { printable } from '../printable.ts';
import { integerOf, threadsArgument, threadsOf } from './arguments.ts';
import { sourceArguments, sourceOf } from './sources.ts';

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export const quantizeCommand = defineCommand({
  meta: {
    name: 'quantize',
    description: 'Write a model in 8 bits: under a third of the size, about as fast.',
  },
  args: {
    model: {
      type: 'positional',
      required: true,
      description: "A run's folder, a model file (.onnx) or an installed model",
    },
    out: { type: 'string', required: true, valueHint: 'file', description: 'File to write (.onnx)' },
    ...sourceArguments,
    data: {
      ...sourceArguments.data,
      description:
        "Posters by which the ranges of the activations are found; by default the run's training posters",
    },
    posters: { type: 'string', valueHint: 'number', default: '64', description: 'How many of them' },
    threads: threadsArgument,
  },
  async run({ args, rawArgs }) {
    const { bytes, posters } = await quantize({
      model: args.model,
      out: args.out,
      ...(await sourceOf(args, rawArgs)),
      posters: integerOf(args.posters, 'posters', 1, 100_000),
      threads: threadsOf(args),
    });
    process.stdout.write(
      `${printable(args.out)}: ${megabytes(bytes.before)} became ${megabytes(bytes.after)}, calibrated on ${posters} posters\n`,
    );
    return 0;
  },
});
