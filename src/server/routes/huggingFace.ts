/** @module `POST /models/{model}`: a poster -> labels and scores, in the shape of Hugging Face's image classification. */
import { z } from 'zod';
import { OnesheetError, onesheetError } from '../../errors.ts';
import { roundProbability } from '../../predict/index.ts';
import type { App } from '../app.ts';
import { Form } from '../form.ts';
import type { ClassifyAnswer } from '../inference/messages.ts';
import type { InferenceService, ReceivedPoster } from '../inference/service.ts';
import { JsonBody } from '../json.ts';
import { binarySchema, problemResponse } from '../openapi.ts';
import { parseOptions, rawPoster, readText } from '../posters.ts';
import { expectModel } from './openInference.ts';

const parametersSchema = z
  .strictObject({
    top_k: z.int().min(1).nullish().describe('Labels to answer; by default all'),
    function_to_apply: z
      .enum(['sigmoid', 'softmax', 'none'])
      .nullish()
      .describe('From logits to scores; by default the calibrated probability of each genre'),
  })
  .nullish();
/** What clients of the hosted API say about caches and waiting, of which there is neither here. */
const optionsSchema = z
  .strictObject({ use_cache: z.boolean().optional(), wait_for_model: z.boolean().optional() })
  .nullish();
const answerSchema = z.array(z.object({ label: z.string(), score: z.number() }));

type Parameters = NonNullable<z.infer<typeof parametersSchema>>;

function scoresOf(
  { probabilities, logits }: ClassifyAnswer,
  chosen: Parameters['function_to_apply'],
): number[] {
  if (chosen === 'none') return [...logits];
  if (chosen === 'sigmoid') return Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
  if (chosen !== 'softmax') return [...probabilities];
  const most = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

export function addHuggingFace(app: App, service: InferenceService): void {
  const { settings, model } = service;
  const { genres } = model.metadata;
  const bodySchema = z.strictObject({
    inputs: z
      .string()
      .min(1)
      .max(settings.maximumJsonBytes)
      .meta({ contentEncoding: 'base64', description: 'The picture, or a data URL of it' }),
    parameters: parametersSchema,
    options: optionsSchema,
  });

  /** @throws {OnesheetError} REQUEST_INVALID, REQUEST_TOO_BIG */
  async function read(body: unknown): Promise<{ poster: ReceivedPoster; parameters?: Parameters | null }> {
    if (Buffer.isBuffer(body)) return { poster: rawPoster(body, undefined, settings) };
    if (body instanceof Form) {
      const [poster] = body.posters;
      parseOptions(z.strictObject({}), body.fields);
      if (!poster || body.posters.length > 1)
        throw onesheetError('REQUEST_INVALID', 'the form', 'one poster');
      return { poster };
    }
    const { inputs, parameters } = parseOptions(bodySchema, body instanceof JsonBody ? body.value : body);
    return { poster: await readText(inputs, 'inputs', 'poster', settings), parameters };
  }

  app.post(
    '/models/:model',
    {
      config: { lane: 'predictions' },
      schema: {
        tags: ['Hugging Face'],
        summary: 'Labels and scores of one poster',
        params: z.object({ model: z.string().max(200) }),
        bodies: {
          'application/json': bodySchema,
          'image/*': binarySchema,
          'multipart/form-data': z.object({ file: binarySchema }),
        },
        response: { 200: answerSchema, default: problemResponse },
      },
    },
    async (request) => {
      expectModel(service, request.params.model);
      const { poster, parameters } = await read(request.body);
      const [outputs] = await service.predict([poster], request.gone);
      if (outputs instanceof OnesheetError) throw outputs;
      const scores = scoresOf(outputs!, parameters?.function_to_apply);
      return genres
        .map((label, i) => ({ label, score: scores[i]! }))
        .sort((a, b) => b.score - a.score)
        .map(({ label, score }) => ({ label, score: roundProbability(score) }))
        .slice(0, parameters?.top_k ?? undefined);
    },
  );
}
