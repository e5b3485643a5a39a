/** @module `onesheet merge`: the parts of an output that were predicted apart -> the output, and its exit code. */
import { defineCommand } from 'citty';
import { mergeParts } from '../predict/index.ts';
import { printable } from '../printable.ts';

export const mergeCommand = defineCommand({
  meta: { name: 'merge', description: 'Join what `predict --shard` wrote, as if it had never been apart.' },
  args: {
    output: {
      type: 'positional',
      required: true,
      description:
        'What `predict --output` was given: genres.jsonl, beside which lie genres.0-of-4.jsonl and so on',
    },
    overwrite: { type: 'boolean', description: 'Write the output anew, whatever it holds' },
  },
  async run({ args }) {
    const { parts, done, failed, failures } = await mergeParts(args.output, { overwrite: args.overwrite });
    process.stderr.write(
      `onesheet: ${printable(args.output)} holds ${done - failed} of ${done} posters, from ${parts} parts.\n`,
    );
    if (failed > 0) process.stderr.write(`  ${failed} failed: ${printable(failures)} says why.\n`);
    return failed > 0 ? 3 : 0;
  },
});
