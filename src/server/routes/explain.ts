/** @module `POST /v1/explain`: a poster and a genre -> where on the poster it shows, as numbers or as a picture. */
import { z } from 'zod';
import { onesheetError } from '../../errors.ts';
import { attributionMethods, defaultMethod, genreIndex } from '../../explain/index.ts';
import { explainAnswerSchema, explanationOf } from '../answers.ts';
import type { App } from '../app.ts';
import type { InferenceService } from '../inference/service.ts';
import { binarySchema, problemResponse } from '../openapi.ts';
import { readPosters, shortText } from '../posters.ts';

const optionsSchema = z.strictObject({
  genre: shortText.optional().describe('By default the likeliest'),
  method: z.enum(attributionMethods).default(defaultMethod).describe('docs/explanations.md compares them'),
});
const name = shortText.optional().describe('Name of a poster that is sent as raw bytes');

/** The first of what the client accepts that there is; JSON when it does not mind. */
function pictureFor(accept: string | undefined): 'png' | 'webp' | undefined {
  for (const part of (accept ?? '').split(',')) {
    const type = part.split(';', 1)[0]!.trim().toLowerCase();
    if (type === 'image/png' || type === 'image/*') return 'png';
    if (type === 'image/webp') return 'webp';
    if (type === 'application/json' || type === '*/*') return undefined;
  }
  return undefined;
}

export function addExplain(app: App, service: InferenceService): void {
  const { model, settings } = service;
  app.post(
    '/v1/explain',
    {
      config: { lane: 'explanations' },
      schema: {
        tags: ['posters'],
        summary: 'Where on a poster a genre shows',
        description:
          'One poster as a part named `file` of a form, as raw bytes, or as `image` of JSON; options in the query or as ' +
          'fields. The answer is the map in numbers, or, where `Accept` says image/png or image/webp, the map laid over the poster.',
        querystring: optionsSchema.extend({ name }),
        bodies: {
          'multipart/form-data': z.object({ file: binarySchema }),
          'image/*': binarySchema,
          'application/octet-stream': binarySchema,
          'application/json': optionsSchema.extend({
            image: z.string().max(settings.maximumJsonBytes).describe('In base64, as a data URL, or a URL'),
          }),
        },
        response: {
          200: {
            description: 'The map',
            content: {
              'application/json': { schema: explainAnswerSchema },
              'image/png': { schema: binarySchema },
              'image/webp': { schema: binarySchema },
            },
          },
          default: problemResponse,
        },
      },
    },
    async (request, reply) => {
      const { posters, options } = await readPosters(request, optionsSchema, settings);
      const [poster] = posters;
      if (posters.length !== 1) throw onesheetError('REQUEST_INVALID', 'the request', 'one poster');
      if (options.genre !== undefined) genreIndex(model, options.genre);
      const picture = pictureFor(request.headers.accept);
      const wish = { genre: options.genre, method: options.method, picture };
      const [answer] = await service.explain([poster!], wish, request.gone);
      reply.header('vary', 'accept');
      if (answer!.picture) return reply.type(`image/${picture}`).send(Buffer.from(answer!.picture) as never);
      return reply.type('application/json').send({ model: model.id, ...explanationOf(answer!) });
    },
  );
}
