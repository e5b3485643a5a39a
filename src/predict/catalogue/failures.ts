/** @module A poster that failed <-> its line in an output's file of failures, with its place in the input. */
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { onesheetError } from '../../errors.ts';
import type { FailedPrediction } from '../prediction.ts';
import { recordsOf } from './format.ts';
import type { OutputFiles } from './progress.ts';

const failureSchema = z.object({
  /** Its place in the input, from 1. */
  entry: z.int().positive(),
  id: z.string(),
  source: z.string(),
  error: z.object({ code: z.string(), message: z.string() }),
});

export type Failure = z.infer<typeof failureSchema>;

/** @param position in the input, from 0 */
export function failureLine(position: number, { id, source, error }: FailedPrediction): string {
  return `${JSON.stringify({ entry: position + 1, id, source, error })}\n`;
}

/**
 * The failures of an output in the order of its input.
 *
 * @throws {OnesheetError} OUTPUT_FOREIGN for a line that is none
 */
export async function* readFailures({ failures, output }: OutputFiles): AsyncGenerator<Failure> {
  for await (const line of recordsOf(createReadStream(failures), false)) {
    const failure = parse(line.toString());
    if (failure === undefined) throw onesheetError('OUTPUT_FOREIGN', output, `${failures} was changed since`);
    yield failure;
  }
}

function parse(line: string): Failure | undefined {
  try {
    return failureSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
