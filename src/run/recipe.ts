/** @module A recipe's JSON -> the complete, checked choices of a training. */
import { z } from 'zod';
import { OnesheetError, onesheetError } from '../errors.ts';
import {
  augmentationSchema,
  mixingSchema,
  type ResizeRule,
  resizeRuleSchema,
  sideSchema,
} from '../image/index.ts';
import { lossOptionsSchema, networkOptionsSchema } from '../nn/index.ts';
import { distillationSchema } from './distillation.ts';
import { fineTuningSchema } from './fineTuning.ts';
import { validationMeasureNames } from './history.ts';

const rate = z.number().positive().max(10);

const optimizerSchema = z.discriminatedUnion('optimizer', [
  z.strictObject({
    optimizer: z.literal('adamw'),
    learningRate: rate,
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    epsilon: z.number().positive().default(1e-8),
    weightDecay: z.number().min(0).max(1).default(0.01),
  }),
  z.strictObject({
    optimizer: z.literal('sgd'),
    learningRate: rate,
    momentum: z.number().min(0).lt(1).default(0.9),
    nesterov: z.boolean().default(false),
    weightDecay: z.number().min(0).max(1).default(0),
  }),
]);

const scheduleSchema = z.discriminatedUnion('schedule', [
  z.strictObject({ schedule: z.literal('constant') }),
  z.strictObject({
    schedule: z.literal('cosine'),
    /** Epochs, or a part of one, in which the rate rises from near zero. */
    warmupEpochs: z.number().min(0).default(1),
    /** The rate at the end, relative to the peak. */
    floor: z.number().min(0).max(1).default(0),
  }),
]);

const earlyStoppingSchema = z.strictObject({
  measure: z.enum(validationMeasureNames).default('validation_loss'),
  /** Epochs without improvement after which training stops. */
  patience: z.number().int().min(1).default(5),
  minimumDelta: z.number().min(0).default(0),
});

/** What a recipe says for people beside its name and description. */
export const recipeWords = {
  /** Commands that make the files it needs, in order; they need a clone of the repository. */
  prepare: z.array(z.string()).optional(),
  /** What trains by it, where that is not `onesheet train` with its name. */
  command: z.string().optional(),
  /** What it costs: how long, on what, for how many posters. */
  cost: z.string().optional(),
  /** What it should reach: measures, and the posters they were measured on. */
  score: z.string().optional(),
};

/** What a recipe fixes: everything but the data and the seed. */
const recipeFields = z.strictObject({
  name: z.string().min(1),
  /** What it is for, for people. */
  description: z.string().default(''),
  ...recipeWords,
  network: networkOptionsSchema,
  /** How a picture becomes the input that the network learns from. */
  input: resizeRuleSchema,
  /**
   * Size at which the finished model reads posters, and at which it is validated, when it is not the one it learns at.
   * Cut-outs show things larger than whole posters do; a larger size makes up for it (Touvron et al. 2019).
   */
  readingSize: z.strictObject({ height: sideSchema, width: sideSchema }).optional(),
  loss: lossOptionsSchema,
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
  epochs: z.number().int().min(1).max(10_000),
  batchSize: z.number().int().min(1).max(4096).default(32),
  /** Largest Euclidean norm of all gradients together; null does not clip. */
  maximumNorm: z.number().positive().nullable().default(1),
  /** Decay of the exponential moving average of the weights, which is what is validated and kept; 0 averages nothing. */
  averageDecay: z.number().min(0).lt(1).default(0),
  augmentation: augmentationSchema,
  /** Mixes posters of a batch with each other; without it none are mixed. */
  mixing: mixingSchema.optional(),
  earlyStopping: earlyStoppingSchema,
  /** Start from weights that were learned elsewhere; without it all weights start fresh. */
  fineTuning: fineTuningSchema.optional(),
  /** Learn from other models' predictions too; without it only the labels teach. */
  distillation: distillationSchema.optional(),
  /**
   * Genres with fewer posters are not learned. A run's configuration has the number that it was begun with; without
   * one, `minimumSupportFor` gives it.
   */
  minimumSupport: z.number().int().min(1).optional(),
});

/** Whether null is what this part of a recipe may say, rather than that it says nothing. */
export function isNullable(part: string): boolean {
  const { shape } = recipeFields;
  return Object.hasOwn(shape, part) && shape[part as keyof typeof shape].safeParse(null).success;
}

function checkStart(
  { network, fineTuning }: Pick<z.infer<typeof recipeFields>, 'network' | 'fineTuning'>,
  context: z.RefinementCtx,
): void {
  const path = ['fineTuning', 'initialWeights'];
  const given = fineTuning?.initialWeights !== undefined;
  if (network.network === 'onnx' && given)
    context.addIssue({ code: 'custom', path, message: 'an onnx network has its weights from its own file' });
  if (network.network !== 'onnx' && fineTuning !== undefined && !given)
    context.addIssue({ code: 'custom', path, message: 'expected the file of the weights to start from' });
}

export const recipeSchema = recipeFields.superRefine(checkStart);
export type Recipe = z.infer<typeof recipeSchema>;

/** How a picture becomes the input of the finished model. */
export function readingRule({ input, readingSize }: Recipe): ResizeRule {
  return { ...input, ...readingSize };
}

const { name, description, ...otherFields } = recipeFields.shape;

/**
 * A recipe as runs hold it, with what recipes of before could say: it stays where and as it was written, so that the
 * configuration of a run that was begun then keeps its hash.
 */
export const runRecipeSchema = z
  .strictObject({
    name,
    description,
    /** Commands that repeat it. */
    steps: z.array(z.string()).optional(),
    ...otherFields,
    fineTuning: fineTuningSchema
      .extend({
        /** Copies of each poster whose frozen features were computed once, for the fine-tuning too. */
        cachedViews: z.number().int().min(0).max(100).optional(),
      })
      .optional(),
  })
  .superRefine(checkStart);

export type RunRecipe = z.infer<typeof runRecipeSchema>;

/** What training goes by: a recipe without its words for people, and without what recipes of before said in vain. */
export function optionsOf(recipe: RunRecipe): object {
  const { name: _, description: __, steps, prepare, command, cost, score, fineTuning, ...options } = recipe;
  if (fineTuning === undefined) return options;
  const { cachedViews, ...rest } = fineTuning;
  return { ...options, fineTuning: cachedViews ? fineTuning : rest };
}

/** The first problem of a zod error as `field: what was expected`. */
export function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}` : 'unknown problem';
}

/** @throws {OnesheetError} RECIPE_INVALID with the field and what was expected */
export function parseRecipe(json: unknown, source: string): Recipe {
  const result = recipeSchema.safeParse(json);
  if (!result.success) throw onesheetError('RECIPE_INVALID', source, firstProblem(result.error));
  return result.data;
}

/** @throws {OnesheetError} RECIPE_INVALID */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof OnesheetError) throw error;
    throw onesheetError('RECIPE_INVALID', path, `it is no JSON (${(error as Error).message})`);
  }
}
