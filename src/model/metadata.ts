/** @module What a one-file model says of itself <-> the metadata_props of an ONNX file. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { calibrationSchema, policyCurvesField, policySchema } from '../evaluate/index.ts';
import { devices } from '../graph/index.ts';
import { resizeRuleSchema } from '../image/index.ts';
import { formatVersion } from './properties.ts';

const provenanceSchema = z.strictObject({
  /** Name of the recipe that trained it. */
  recipe: z.string(),
  seed: z.number().int(),
  /** Epoch whose weights these are, counted from 1. */
  epoch: z.number().int(),
  /** SHA-256 of the labelled ids and of the split. */
  dataHash: z.string(),
  splitHash: z.string(),
  /** Labelled posters that it learned from and was chosen by. */
  trainingPosters: z.number().int(),
  validationPosters: z.number().int(),
  /** Version of onesheet that wrote the file. */
  version: z.string(),
  /** The ONNX network that its trunk came from, where it began with one: a file's name or the hub's reference. */
  startedFrom: z.strictObject({ source: z.string(), sha256: z.string() }).optional(),
  /**
   * SHA-256 of the model whose calibration, policies and measures these are: the same recipe, but without the
   * validation posters, which these weights have learned from too.
   */
  calibratedBy: z.string().optional(),
  /** SHA-256 of the float32 model whose weights these are, in 8 bits. */
  quantizedFrom: z.string().optional(),
  /** The device that it was trained on, if not the CPU. */
  device: z.enum(devices).optional(),
});
export type Provenance = z.infer<typeof provenanceSchema>;

function refuseRepeated(genres: readonly string[], context: z.RefinementCtx): void {
  const repeated = genres.find((genre, at) => genres.indexOf(genre) !== at);
  if (repeated === undefined) return;
  const times = genres.filter((genre) => genre === repeated).length;
  context.addIssue({ code: 'custom', message: `${repeated} stands there ${times} times` });
}

export const modelMetadataSchema = z
  .strictObject({
    name: z.string().min(1),
    /** Labels in the order of the outputs' columns, each once. */
    genres: z.array(z.string().min(1)).min(1).superRefine(refuseRepeated),
    /** Each genre's share of the training posters: the prior that every measure is compared with. */
    prevalence: z.array(z.number().min(0).max(1)),
    /** How logits become probabilities: each by itself, or competing in each poster. */
    activation: z.enum(['sigmoid', 'softmax']),
    /** How a picture becomes the input. */
    resize: resizeRuleSchema,
    /** Inside the graph already; kept here to be read. Identity for softmax. */
    calibration: calibrationSchema,
    /** Decision rules by name, chosen on validation posters; the first is the default. */
    policies: z.array(policySchema),
    /** What `precision=P` and `recall=R` of any number are made from; models of onesheet before this was kept have none. */
    policyCurves: policyCurvesField.optional(),
    /** Measures of the validation split by name, for people; test measures stand in the run's metrics.json. */
    measures: z.record(z.string(), z.number()),
    provenance: provenanceSchema,
  })
  .refine(
    ({ genres, calibration, prevalence }) =>
      calibration.scale.length === genres.length && prevalence.length === genres.length,
    'calibration and prevalence need one entry a genre',
  )
  .refine(
    ({ genres, policies }) =>
      policies.every((p) => p.kind === 'top' || p.thresholds.length === genres.length),
    'every policy needs one threshold a genre',
  )
  .refine(
    ({ genres, policyCurves }) =>
      policyCurves === undefined || policyCurves.precision.length === genres.length,
    'policyCurves need the steps of every genre',
  );
export type ModelMetadata = z.infer<typeof modelMetadataSchema>;

/**
 * @throws {OnesheetError} MODEL_FOREIGN when the file is not a onesheet model of this format, naming the field
 */
export function readMetadata(properties: Readonly<Record<string, string>>, source: string): ModelMetadata {
  const { onesheet: version, ...texts } = properties;
  if (version === undefined)
    throw onesheetError('MODEL_FOREIGN', source, 'its metadata lacks labels and preprocessing');
  if (version !== formatVersion) {
    throw onesheetError(
      'MODEL_FOREIGN',
      source,
      `its format is version ${version}, and version ${formatVersion} is read`,
    );
  }
  const fields: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(texts)) {
    try {
      fields[key] = JSON.parse(text);
    } catch {
      throw onesheetError('MODEL_FOREIGN', source, `its metadata field ${key} is no JSON`);
    }
  }
  const result = modelMetadataSchema.safeParse(fields);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw onesheetError(
    'MODEL_FOREIGN',
    source,
    `its metadata field ${issue?.path.join('.')}: ${issue?.message}`,
  );
}
