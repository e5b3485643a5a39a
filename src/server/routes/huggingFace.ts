/** @module `POST /models/{model}`: a poster -> labels and scores, in the shape of Hugging Face's image classification. */
import { z } from 'zod';
import { OnesheetError, onesheetError } from '../../errors.ts';
import type { App } from '../app.ts';
import type { ClassifyAnswer } from '../inference/messages.ts';
import type { InferenceService } from '../inference/service.ts';
import { binarySchema, problemResponse } from '../openapi.ts';
import { parseOptions } from '../posters.ts';
import { expectModel } from './openInference.ts';

const bodySchema = z.object({
  inputs: z.string().min(1).meta({ contentEncoding: 'base64', description: 'The picture' }),
  parameters: z
    .object({
      top_k: z.int().min(1).nullish().describe('Labels to answer; by default all'),
      function_to_apply: z
        .enum(['sigmoid', 'softmax', 'none'])
        .nullish()
        .describe('From logits to scores; by default the calibrated probability of each genre'),
    })
    .nullish(),
});
const answerSchema = z.array(z.object({ label: z.string(), score: z.number() }));

/** @throws {OnesheetError} REQUEST_INVALID for what is no base64, REQUEST_TOO_BIG */
function decode(text: string, most: number): Buffer {
  const length = Buffer.byteLength(text, 'base64');
  if (length > most) throw onesheetError('REQUEST_TOO_BIG', 'a poster', most, 'bytes');
  const bytes = Buffer.from(text, 'base64');
  // What is no base64 is skipped while it is decoded, so that bytes are missing then.
  if (bytes.length !== length) throw onesheetError('REQUEST_INVALID', 'inputs', 'a picture in base64');
  return bytes;
}

type Parameters = NonNullable<z.infer<typeof bodySchema>['parameters']>;

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
  const { genres } = service.model.metadata;
  app.post(
    '/models/:model',
    {
      config: { lane: 'predictions' },
      schema: {
        tags: ['Hugging Face'],
        summary: 'Labels and scores of one poster',
        params: z.object({ model: z.string() }),
        bodies: { 'application/json': bodySchema, 'image/*': binarySchema },
        response: { 200: answerSchema, default: problemResponse },
      },
    },
    async (request) => {
      expectModel(service, request.params.model);
      const { body } = request;
      const isRaw = Buffer.isBuffer(body);
      const { inputs, parameters } = isRaw
        ? { inputs: body, parameters: {} }
        : parseOptions(bodySchema, body);
      const most = service.settings.maximumPosterBytes;
      const bytes = typeof inputs === 'string' ? decode(inputs, most) : inputs;
      if (bytes.length > most) throw onesheetError('REQUEST_TOO_BIG', 'a poster', most, 'bytes');
      const [outputs] = await service.predict([{ name: 'poster', content: bytes }], request.gone);
      if (outputs instanceof OnesheetError) throw outputs;
      const scores = scoresOf(outputs!, parameters?.function_to_apply);
      return genres
        .map((label, i) => ({ label, score: scores[i]! }))
        .sort((a, b) => b.score - a.score)
        .slice(0, parameters?.top_k ?? undefined);
    },
  );
}
