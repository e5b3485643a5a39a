/** @module The options of a program that predicts -> nothing, or one sentence on the first that is wrong. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { type ComputeOptions, deviceChoices } from '../graph/index.ts';
import type { SourceOptions } from './sources.ts';
import type { PredictOptions } from './stream.ts';
import type { TextSources } from './texts.ts';

export interface PredictSettings
  extends Omit<PredictOptions, 'fetcher' | 'few' | 'texts' | 'openTexts' | 'reader'>,
    ComputeOptions,
    SourceOptions,
    TextSources {
  /** A model file, a run's folder or the name of an installed model. @default the installed default */
  readonly model?: string;
  /** Whether what stands on the posters is read and heard too; predictions then carry the texts. @default false */
  readonly read?: boolean;
}

const text = z.string().min(1);
const count = (least: number, most: number) => z.int().min(least).max(most);

/** By each option, what is expected of it; one that is missing here does not compile. */
const expectations: Readonly<Record<keyof PredictSettings, readonly [z.ZodType, string]>> = {
  model: [text, 'a file, a folder of a run or the name of a model'],
  texts: [text, 'the path of a file of texts'],
  titles: [text, 'the path of a table of titles'],
  read: [z.boolean(), 'true or false'],
  policy: [text, 'the name of a policy'],
  batchSize: [count(1, 4096), 'a whole number from 1 to 4096'],
  threads: [count(1, 256), 'a whole number from 1 to 256'],
  spinning: [z.boolean(), 'true or false'],
  device: [z.enum(deviceChoices), `one of ${deviceChoices.join(', ')}`],
  onPlacement: [z.function(), 'a function'],
  profilePrefix: [text, 'the beginning of a path'],
  signal: [z.instanceof(AbortSignal), 'an AbortSignal'],
  limits: [z.looseObject({}), 'limits of pictures'],
  library: [z.boolean(), 'true or false'],
  images: [text, 'a folder of images'],
  base: [text, 'a folder'],
  skipped: [z.looseObject({}), 'a counter of what is passed over'],
};

/** @throws {OnesheetError} OPTION_INVALID for an option that is not known, or has another type or range */
export function checkPredictOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null)
    throw onesheetError('OPTION_INVALID', 'options', 'an object', String(options));
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const expectation = name in expectations ? expectations[name as keyof PredictSettings] : undefined;
    if (expectation === undefined)
      throw onesheetError(
        'OPTION_INVALID',
        'options',
        `one of ${Object.keys(expectations).join(', ')}`,
        name,
      );
    const [schema, expected] = expectation;
    if (!schema.safeParse(value).success)
      throw onesheetError('OPTION_INVALID', name, expected, `${String(value)} of type ${typeof value}`);
  }
}
