/** @module `GET /v1/models`: which genres and policies there are, and how a picture becomes the input. */
import { adjustablePolicies } from '../../evaluate/index.ts';
import { modelsAnswerSchema } from '../answers.ts';
import type { App } from '../app.ts';
import type { InferenceService } from '../inference/service.ts';
import { problemResponse } from '../openapi.ts';

export function addModels(app: App, service: InferenceService): void {
  const { id, metadata } = service.model;
  const { name, genres, prevalence, policies, policyCurves, resize, measures } = metadata;
  const answer = {
    models: [
      {
        id,
        name,
        default: true,
        genres,
        prevalence,
        policies: policies.map((policy) => ({
          name: policy.name,
          kind: policy.kind,
          ...(policy.kind === 'threshold' && { thresholds: policy.thresholds }),
        })),
        adjustable: adjustablePolicies(metadata),
        ...(policyCurves && { policyCurves }),
        resize,
        measures,
      },
    ],
    fetching: service.settings.fetching,
  };
  app.get(
    '/v1/models',
    {
      schema: {
        tags: ['posters'],
        summary: 'The model, its genres and its policies',
        response: { 200: modelsAnswerSchema, default: problemResponse },
      },
    },
    async () => answer,
  );
}
