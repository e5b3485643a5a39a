/** @module The Open Inference Protocol v2 over HTTP: health, metadata, and tensors in -> tensors out. */
import { z } from 'zod';
import { onesheetError } from '../../errors.ts';
import { version } from '../../version.ts';
import type { App } from '../app.ts';
import type { InferenceService } from '../inference/service.ts';
import { binarySchema, problemResponse } from '../openapi.ts';
import { type InferAnswer, inferAnswerSchema, inferRequestSchema, readInfer, writeInfer } from './tensors.ts';

const tags = ['Open Inference Protocol'];
const tensorSchema = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.int()) });

/** @throws {OnesheetError} MODEL_UNKNOWN for another name or version than the model's */
export function expectModel({ model }: InferenceService, name: string, hash?: string): void {
  const { id, metadata } = model;
  const isName = name === metadata.name || name === id;
  if (isName && (hash === undefined || hash === versionOf(id))) return;
  const asked = hash === undefined ? name : `${name}, version ${hash}`;
  throw onesheetError('MODEL_UNKNOWN', asked.slice(0, 200), `${metadata.name}, version ${versionOf(id)}`);
}

function versionOf(id: string): string {
  return id.slice(id.lastIndexOf('@') + 1);
}

/** @throws {OnesheetError} SERVICE_CLOSING, SERVICE_STARTING; SERVICE_BUSY when no poster comes to its end */
function expectReady(service: InferenceService): void {
  if (service.ready) return;
  if (service.closing) throw onesheetError('SERVICE_CLOSING');
  if (service.stalled) throw onesheetError('SERVICE_BUSY', service.predictions.admission.retryAfter);
  throw onesheetError('SERVICE_STARTING');
}

function addHealth(app: App, service: InferenceService): void {
  app.get(
    '/v2/health/live',
    {
      config: { open: true },
      schema: {
        tags,
        summary: 'Whether the process answers',
        response: { 200: z.object({ live: z.literal(true) }) },
      },
    },
    async () => ({ live: true as const }),
  );
  app.get(
    '/v2/health/ready',
    {
      config: { open: true },
      schema: {
        tags,
        summary: 'Whether posters are answered: 200 when the model is warm, else 503',
        response: { 200: z.object({ live: z.boolean(), ready: z.boolean() }), default: problemResponse },
      },
    },
    async () => {
      expectReady(service);
      return { live: true, ready: true };
    },
  );
}

/** The protocol's routes for the model; each also exists for the model's only version. */
export function addOpenInference(app: App, service: InferenceService): void {
  const { model, settings } = service;
  const { name, genres, resize } = model.metadata;
  const modelVersion = versionOf(model.id);
  addHealth(app, service);

  app.get(
    '/v2',
    {
      schema: {
        tags,
        summary: 'The server',
        response: {
          200: z.object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }),
          default: problemResponse,
        },
      },
    },
    async () => ({ name: 'onesheet', version, extensions: ['binary_tensor_data'] }),
  );

  const params = z.object({ model: z.string().max(200), version: z.string().max(200).optional() });
  const metadataSchema = z.object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(tensorSchema),
    outputs: z.array(tensorSchema),
  });
  for (const path of ['/v2/models/:model', '/v2/models/:model/versions/:version']) {
    app.get(
      path,
      {
        schema: {
          tags,
          summary: 'The model and its tensors',
          params,
          response: { 200: metadataSchema, default: problemResponse },
        },
      },
      async ({ params: asked }) => {
        expectModel(service, asked.model, asked.version);
        const output = { datatype: 'FP32', shape: [-1, genres.length] };
        return {
          name,
          versions: [modelVersion],
          platform: 'onnx_onnxv1',
          inputs: [{ name: 'image', datatype: 'UINT8', shape: [-1, resize.height, resize.width, 3] }],
          outputs: [
            { name: 'probability', ...output },
            { name: 'logit', ...output },
          ],
        };
      },
    );
    app.get(
      `${path}/ready`,
      {
        schema: {
          tags,
          summary: 'Whether the model is warm',
          params,
          response: { 200: z.object({ name: z.string(), ready: z.boolean() }), default: problemResponse },
        },
      },
      async ({ params: asked }) => {
        expectModel(service, asked.model, asked.version);
        expectReady(service);
        return { name, ready: true };
      },
    );
    app.post(
      `${path}/infer`,
      {
        config: { lane: 'predictions', tensors: true },
        schema: {
          tags,
          summary: 'Tensors in, tensors out',
          description:
            'Pixels as the metadata of the model says; the resize rule is in /v1/models. JSON, or the extension ' +
            'binary_tensor_data with the header Inference-Header-Content-Length.',
          params,
          bodies: { 'application/json': inferRequestSchema, 'application/octet-stream': binarySchema },
          response: { 200: inferAnswerSchema, default: problemResponse },
        },
      },
      async (request, reply) => {
        expectModel(service, request.params.model, request.params.version);
        const header = request.headers['inference-header-content-length'];
        const asked = await readInfer(request.body, header, resize, settings);
        const outputs = await service.classify(asked.pixels, request.gone);
        const answer: InferAnswer = { model_name: name, model_version: modelVersion, outputs: [] };
        const { body, headerLength } = writeInfer(answer, asked, outputs, genres.length);
        if (headerLength === undefined) return body as never;
        reply.header('inference-header-content-length', headerLength);
        return reply.type('application/octet-stream').send(body as never);
      },
    );
  }
}
