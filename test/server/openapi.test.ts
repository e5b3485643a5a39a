import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { errorTable } from '../../src/errors.ts';
import { startServer } from './fixture.ts';

interface Operation {
  readonly requestBody?: { readonly content: object };
  readonly responses: object;
  readonly summary?: string;
}

test('the OpenAPI document is valid 3.1 and describes every route', async () => {
  const { app } = await startServer({ tokens: ['a-token-of-enough-characters'] });
  const authorization = 'Bearer a-token-of-enough-characters';
  const response = await app.inject({ url: '/docs/json', headers: { authorization } });
  const document = response.json();
  const { valid, errors } = await new Validator().validate(document);
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  expect(document.openapi).toBe('3.1.0');
  const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'get /metrics',
    'get /v1/models',
    'get /v2',
    'get /v2/health/live',
    'get /v2/health/ready',
    'get /v2/models/{model}',
    'get /v2/models/{model}/ready',
    'get /v2/models/{model}/versions/{version}',
    'get /v2/models/{model}/versions/{version}/ready',
    'post /models/{model}',
    'post /v1/explain',
    'post /v1/predict',
    'post /v2/models/{model}/infer',
    'post /v2/models/{model}/versions/{version}/infer',
  ]);
  for (const { path, method, operation } of operations) {
    expect([path, operation.summary]).toEqual([path, expect.any(String)]);
    if (method === 'post')
      expect(Object.keys(operation.requestBody?.content ?? {}).length).toBeGreaterThan(1);
  }
  const [predict] = operations.filter(({ path }) => path === '/v1/predict');
  expect(Object.keys(predict!.operation.requestBody!.content)).toContain('multipart/form-data');
});

test('every code that a client may see stands in docs/service.md with its status, and no other', () => {
  const page = readFileSync(new URL('../../docs/service.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [
    code,
    Number(status),
  ]);
  expect(rows.length).toBeGreaterThan(20);
  for (const [code, status] of rows)
    expect([code, status]).toEqual([code, errorTable[code as keyof typeof errorTable]?.status]);
  const codes = rows.map(([code]) => code);
  // What a request can lead to: pictures, URLs, options and everything about requests and the service.
  const visible = Object.keys(errorTable).filter((code) =>
    /^(IMAGE_(?!MISSING|NOT_A_FILE|UNREADABLE)|URL_|REQUEST_|ROUTE_|MODEL_UNKNOWN|PAGE_|TOKEN_|RATE_|SERVICE_|DEADLINE_|WORKER_|DECODER_|GENRE_|OPTION_|EXPLANATION_|READING_)/.test(
      code,
    ),
  );
  expect([...codes].sort()).toEqual(visible.sort());
});
