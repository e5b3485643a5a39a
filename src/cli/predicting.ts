/** @module The options of a prediction -> the same words in every command that predicts many posters. */
import { integerOf } from './arguments.ts';
import { hearingArguments } from './hearing.ts';

/** By what posters are judged. */
export const judgingArguments = {
  model: {
    type: 'string',
    valueHint: 'file|run|name',
    description:
      "A model file (.onnx), a run's folder or an installed model; by default the one that is shipped",
  },
  policy: {
    type: 'string',
    valueHint: 'name',
    description:
      "Decision rule: top=3, f1, balanced, precision=0.8 or recall=0.9, with any number; by default the model's first",
  },
  ...hearingArguments,
  read: {
    type: 'boolean',
    description: 'Read what stands on the posters, and hear it too; json and jsonl then carry the texts',
  },
} as const;

/** What becomes of an output that is there. */
export const outputArguments = {
  overwrite: { type: 'boolean', description: 'Begin the output anew, whatever it holds' },
  'retry-errors': { type: 'boolean', description: 'Try posters of the output that failed once more' },
} as const;

export const batchArgument = {
  batch: {
    type: 'string',
    valueHint: 'number',
    description:
      'Posters that go through the network at a time, by default 8, and 2 where several networks share the threads',
  },
} as const;

/** @throws {OnesheetError} OPTION_INVALID */
export function batchOf({ batch }: { readonly batch?: string }): number | undefined {
  return integerOf(batch, 'batch', 1, 4096);
}
