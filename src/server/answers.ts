/** @module The shapes of what the service answers, for types, checks and the OpenAPI document at once. */
import { z } from 'zod';
import type { OnesheetError } from '../errors.ts';
import { type Policy, policyCurvesSchema } from '../evaluate/index.ts';
import { attributionMethods } from '../explain/index.ts';
import { resizeRuleSchema } from '../image/index.ts';
import { roundProbability } from '../predict/index.ts';
import type { ExplainAnswer } from './inference/messages.ts';

const mapSchema = z
  .object({
    height: z.int(),
    width: z.int(),
    values: z.array(z.number()).describe('Row by row on the whole poster, from 0 to 1, the strongest place'),
  })
  .meta({
    id: 'AttributionMap',
    description: 'Where on the poster a genre shows; at most 64 places a side.',
  });

const explanationSchema = z
  .object({
    genre: z.string(),
    method: z.enum(attributionMethods),
    probability: z.number(),
    map: mapSchema,
  })
  .meta({ id: 'Explanation' });

const servedPolicySchema = z.object({
  name: z.string(),
  kind: z.string(),
  thresholds: z.array(z.number()).optional(),
});

/** A policy as answers name it: what its name says already is left out. */
export function servedPolicy(policy: Policy): z.infer<typeof servedPolicySchema> {
  const { name, kind } = policy;
  return policy.kind === 'threshold' ? { name, kind, thresholds: policy.thresholds } : { name, kind };
}

const wordsSchema = z
  .object({
    genre: z.string(),
    logit: z.number(),
    picture: z.number(),
    constant: z.number(),
    words: z.array(
      z.object({
        text: z.string(),
        kind: z.enum(['lines', 'title', 'originalTitle']),
        line: z.int(),
        logit: z.number(),
      }),
    ),
  })
  .meta({
    id: 'GenreWords',
    description:
      "A genre's logit as the sum of the picture's part, of all words' and of the constant; the words that add most, the strongest first.",
  });

const predictionSchema = z
  .object({
    id: z
      .string()
      .describe(
        "The part's file name without its ending, as on the command line, or the URL; repeated ones are numbered",
      ),
    source: z.string().describe("The part's file name, or the URL"),
    genres: z.array(z.object({ label: z.string(), probability: z.number(), decided: z.boolean() })),
    model: z.string(),
    texts: z.array(z.string()).readonly().optional().describe('Lines on the poster that were read or told'),
    explanation: explanationSchema.optional(),
    words: z.array(wordsSchema).optional(),
    rules: z
      .object({ policies: z.array(servedPolicySchema), policyCurves: policyCurvesSchema.optional() })
      .optional()
      .describe('With words: the policies that were chosen for what is heard of this poster'),
  })
  .meta({ id: 'Prediction', description: 'All genres of a poster, the likeliest first.' });

const failedSchema = z
  .object({
    id: z.string(),
    source: z.string(),
    error: z.object({ code: z.string(), message: z.string(), status: z.int() }),
  })
  .meta({ id: 'FailedPrediction', description: 'What was wrong with one poster of many.' });

export const predictAnswerSchema = z
  .object({
    model: z.string(),
    policy: z.string(),
    predictions: z.array(z.union([predictionSchema, failedSchema])),
  })
  .meta({ id: 'PredictAnswer' });

export const explainAnswerSchema = explanationSchema
  .extend({ model: z.string() })
  .meta({ id: 'ExplainAnswer' });

export const modelsAnswerSchema = z
  .object({
    models: z.array(
      z.object({
        id: z.string().describe('Name and hash'),
        name: z.string(),
        default: z.boolean(),
        genres: z.array(z.string()),
        prevalence: z.array(z.number()).describe('Share of the training posters that have each genre'),
        policies: z.array(servedPolicySchema),
        adjustable: z
          .array(z.enum(['top', 'precision', 'recall']))
          .describe('Kinds of policy that may be asked for with any number, such as top=5'),
        policyCurves: policyCurvesSchema
          .optional()
          .describe('What precision=P and recall=R of any number are made from'),
        resize: resizeRuleSchema,
        measures: z.record(z.string(), z.number()),
      }),
    ),
    fetching: z.boolean().describe('Whether posters may be named by URL'),
    hearing: z.boolean().describe('Whether titles and texts are heard beside the picture'),
    reading: z.boolean().describe('Whether what stands on posters is read'),
  })
  .meta({ id: 'ModelsAnswer' });

/** An explanation as numbers, as routes answer it. */
export function explanationOf({ genre, method, probability, map }: ExplainAnswer) {
  const { height, width, values } = map!;
  // Four digits are finer than any screen, and a third of the bytes.
  const rounded = Array.from(values, (value) => Math.round(value * 10_000) / 10_000);
  return {
    genre,
    method,
    probability: roundProbability(probability),
    map: { height, width, values: rounded },
  };
}

/** What was wrong with one poster, as an entry among others. */
export function failedOf(
  { id, source }: { readonly id: string; readonly source: string },
  { code, message, status }: OnesheetError,
) {
  return { id, source, error: { code, message, status } };
}
