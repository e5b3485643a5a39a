/** @module `GET /v1/models`: which genres and policies there are, and how a picture becomes the input. */
import { adjustablePolicies } from '../../evaluate/index.ts';
import { modelsAnswerSchema, servedPolicy } from '../answers.ts';
import type { App } from '../app.ts';
import type { InferenceService } from '../inference/service.ts';
import { problemResponse } from '../openapi.ts';

/** @param hearing whether there is a model of texts */
export function addModels(app: App, service: InferenceService, hearing: boolean): void {
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
        policies: policies.map(servedPolicy),
        adjustable: adjustablePolicies(metadata),
        ...(policyCurves && { policyCurves }),
        resize,
        measures,
      },
    ],
    fetching: service.settings.fetching,
    hearing,
    reading: hearing && service.settings.reading,
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
