/** @module The routes' schemas -> the OpenAPI 3.1 document, and the page at /docs that shows it. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import { z } from 'zod';
import { version } from '../version.ts';
import type { App } from './app.ts';
import { problemSchema } from './problem.ts';

/** Any failure of any route. */
export const problemResponse = {
  description: 'A problem: what failed, in one sentence',
  content: { 'application/problem+json': { schema: problemSchema } },
} as const;

/** Bytes, in a document that describes JSON. */
export const binarySchema = z
  .any()
  .meta({ type: 'string', format: 'binary', description: 'The bytes of the picture' });

export async function document(app: App, hasTokens: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'onesheet',
        version,
        description:
          "Predicts a film's genres from its poster, and shows where on the poster they come from.",
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: [
        { name: 'posters', description: 'Posters in, genres and explanations out' },
        { name: 'Open Inference Protocol', description: 'Version 2: tensors in, tensors out' },
        { name: 'Hugging Face', description: 'The shape of image classification' },
        { name: 'operation', description: 'Metrics' },
      ],
      ...(hasTokens && {
        components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
        security: [{ bearer: [] }],
      }),
    },
    transform: (route) => {
      const { bodies, ...schema } = route.schema ?? {};
      const transformed = jsonSchemaTransform({ ...route, schema });
      if (!bodies) return transformed;
      const content = Object.entries(bodies).map(([type, body]) => {
        const { $schema, ...schema } = z.toJSONSchema(body, { io: 'input' });
        return [type, { schema }];
      });
      return {
        ...transformed,
        schema: { ...(transformed.schema as object), body: { content: Object.fromEntries(content) } },
      };
    },
    transformObject: (documented) => {
      const { components, ...rest } = jsonSchemaTransformObject(documented) as OpenAPIV3_1.Document;
      // Each named schema also stands there as an input, and none of them is one.
      const schemas = Object.entries(components?.schemas ?? {}).filter(([name]) => !name.endsWith('Input'));
      return { ...rest, components: { ...components, schemas: Object.fromEntries(schemas) } } as never;
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { deepLinking: true, tryItOutEnabled: true, layout: 'BaseLayout' },
    theme: { title: 'onesheet: routes' },
    staticCSP: {
      'default-src': ["'self'"],
      'base-uri': ["'none'"],
      'img-src': ["'self'", 'data:', 'blob:'],
      'object-src': ["'none'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'frame-ancestors': ["'none'"],
    },
  });
}
