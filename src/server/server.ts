/** @module A model and settings -> the HTTP service, assembled but not listening. */
import { randomUUID } from 'node:crypto';
import fastify, { type FastifyRequest, type FastifyServerOptions, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { findDevice } from '../graph/index.ts';
import type { Model } from '../model/index.ts';
import type { PosterTexts } from '../predict/index.ts';
import type { App } from './app.ts';
import { BodyBudget, bodyPieces, checkAnnounced, drop, Intake, inTurn, wholeBody } from './body.ts';
import { readForm } from './form.ts';
import { InferenceService } from './inference/service.ts';
import { JsonReader } from './json.ts';
import { ServerMetrics } from './metrics.ts';
import { document } from './openapi.ts';
import { completeSettings, type Settings, type settingsSchema } from './options.ts';
import { codedFrom, problemOf, sendProblem } from './problem.ts';
import { addExplain } from './routes/explain.ts';
import { addHuggingFace } from './routes/huggingFace.ts';
import { addModels } from './routes/models.ts';
import { addOpenInference } from './routes/openInference.ts';
import { addPage } from './routes/page.ts';
import { addPredict } from './routes/predict.ts';
import { secure } from './security.ts';

export type ServerOptions = z.input<typeof settingsSchema> & {
  readonly model: Model;
  /** Hears titles and texts that come with posters, as `openTexts` gives it. @default they are refused */
  readonly texts?: PosterTexts;
  /** pino's options, or none for no log. Bodies, names of posters and queries are never logged. */
  readonly logger?: FastifyServerOptions['logger'];
  /** The compiled worker, for programs that bundle onesheet. @default beside this package's server */
  readonly workerFile?: URL;
};

export interface OnesheetServer {
  readonly app: App;
  /** Settles when posters are answered; fails with what prevents it. */
  readonly warm: Promise<void>;
  readonly service: InferenceService;
}

/** An id from a client or proxy is kept if it is plain. */
function requestId({ headers }: { headers: Record<string, string | string[] | undefined> }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}

/** Seconds in which nothing may move on an honest connection: it sends, or waits for its answer. */
function longestWait({ deadline, explanationDeadline, requestSeconds }: Settings): number {
  return Math.ceil(Math.max(deadline + explanationDeadline, requestSeconds));
}

function createApp(settings: Settings, logger: ServerOptions['logger']) {
  return fastify({
    logger: logger ?? false,
    genReqId: requestId,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy:
      settings.trustedProxies > 0 && ((_address: string, hop: number) => hop < settings.trustedProxies),
    bodyLimit: settings.maximumRequestBytes,
    requestTimeout: settings.requestSeconds * 1000,
    // Of a connection on which nothing moves: its client does not read what it asked for.
    connectionTimeout: (longestWait(settings) + 5) * 1000,
    // Longer than what proxies use, so that they do not send into a connection that closes.
    keepAliveTimeout: 72_000,
    // Node takes the longer of the two times for that of the whole request.
    http: {
      headersTimeout: Math.min(15, settings.requestSeconds) * 1000,
      connectionsCheckingInterval: 2000,
    },
    routerOptions: { maxParamLength: 200 },
    // The routes themselves say that the service is closing, as a problem.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply as never),
    clientErrorHandler: ({ code }: NodeJS.ErrnoException, socket) => {
      const isLate = code === 'ERR_HTTP_REQUEST_TIMEOUT';
      const late = onesheetError('REQUEST_LATE', settings.requestSeconds);
      const wrong = onesheetError('REQUEST_INVALID', 'the request', 'HTTP/1.1');
      const problem = problemOf(isLate ? late : wrong, randomUUID());
      const body = JSON.stringify(problem);
      const head = [
        `HTTP/1.1 ${problem.status} ${problem.title}`,
        'content-type: application/problem+json',
        `content-length: ${body.length}`,
        'connection: close',
      ];
      if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
      else socket.destroy();
    },
  }).withTypeProvider<ZodTypeProvider>();
}

/** How long answers to what was given up may take when the service ends, in milliseconds. */
const lastAnswers = 500;
/** Values that JSON may hold beside a tensor and the posters of a request: options, and what clients add to them. */
const spareValues = 1024;

/** Reads bodies ourselves, so that each byte is counted and a stranger's media type is just bytes. */
function readBodies(app: App, settings: Settings, tensorBytes: number): void {
  const budget = new BodyBudget(settings.maximumBufferedBytes);
  const { maximumRequestBytes, maximumJsonBytes, maximumPosterBytes, maximumPosters } = settings;
  app.decorateRequest('intake');
  app.decorateRequest('gone');
  app.addHook('onRequest', async (request, reply) => {
    const leaving = new AbortController();
    const intake = new Intake(budget, maximumRequestBytes);
    Object.assign(request, { intake, gone: leaving.signal });
    reply.raw.once('close', () => {
      intake.release();
      if (!reply.raw.writableFinished) leaving.abort(onesheetError('REQUEST_ABORTED'));
    });
    checkAnnounced(request, maximumRequestBytes);
  });
  app.addHook('onSend', async ({ raw, intake }, reply) => {
    // The framework closes after every body that was refused; what is left of ours is read within limits.
    if (!intake?.isCut) reply.removeHeader('connection');
    else reply.header('connection', 'close');
    if (intake && !intake.isCut && !raw.complete)
      drop(raw, raw.socket, intake.left, settings.requestSeconds * 1000);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request: FastifyRequest) => {
    const isTensor = request.routeOptions.config.tensors === true;
    return wholeBody(request, isTensor ? maximumJsonBytes + tensorBytes : maximumPosterBytes);
  });
  app.addContentTypeParser('multipart/form-data', (request: FastifyRequest) =>
    readForm(bodyPieces(request, maximumRequestBytes), request.headers['content-type']!, settings),
  );
  app.addContentTypeParser('application/json', async (request: FastifyRequest) => {
    const { tensors = false } = request.routeOptions.config;
    const reader = new JsonReader({ values: spareValues + maximumPosters, tensor: tensors });
    for await (const piece of bodyPieces(request, maximumJsonBytes)) reader.write(piece);
    return inTurn(() => reader.end());
  });
}

/** One line and one observation a request. */
function observe(app: App, metrics: ServerMetrics): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'none';
    const status = reply.statusCode;
    metrics.requests.observe({ method, route, status }, reply.elapsedTime / 1000);
    if (route.startsWith('/v2/health/')) return;
    request.log.info(
      { method, route, status, milliseconds: Math.round(reply.elapsedTime * 10) / 10 },
      'answered',
    );
  });
}

/**
 * Builds the service and starts its workers; it does not listen. `app.inject` answers without a socket,
 * `app.listen` opens one, and `app.close` finishes what was let in and ends the workers.
 *
 * @throws {OnesheetError} OPTION_INVALID that names the setting
 * @example
 * const { app, warm } = await buildServer({ model: await loadModel('best.onnx') });
 * await warm;
 * await app.listen({ host: '127.0.0.1', port: 8080 });
 */
export async function buildServer({
  model,
  texts,
  logger,
  workerFile,
  ...given
}: ServerOptions): Promise<OnesheetServer> {
  const settings = completeSettings(given);
  const device = await findDevice(settings.device);
  const metrics = new ServerMetrics();
  const app: App = createApp(settings, logger);
  app.server.maxConnections = settings.maximumConnections;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, request, reply) => {
    const code = codedFrom(error)?.code ?? 'SERVICE_FAILED';
    metrics.refusals.inc({ code });
    return sendProblem(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(onesheetError('ROUTE_UNKNOWN', request.method), request, reply),
  );

  observe(app, metrics);
  const { height, width } = model.metadata.resize;
  readBodies(app, settings, settings.maximumPosters * height * width * 3);
  await secure(app, settings);
  await document(app, settings.tokens.length > 0);

  const service = new InferenceService({
    model,
    settings,
    device,
    metrics,
    workerFile,
    log: (message) => app.log.warn(message),
  });
  app.addHook('onRequest', async ({ method, is404, routeOptions: { config } }) => {
    // Before its body is read.
    if (is404) throw onesheetError('ROUTE_UNKNOWN', method);
    if (config.lane) service.expectRoom(config.lane);
  });
  app.addHook('preClose', async () => {
    service.stopAdmitting();
    // Whoever still sends, or does not read, has had its time.
    const end = setTimeout(() => app.server.closeAllConnections(), settings.drain * 1000 + lastAnswers);
    app.server.once('close', () => clearTimeout(end));
  });
  app.addHook('onClose', () => service.close());

  addPredict(app, service, texts);
  addExplain(app, service);
  addModels(app, service, texts !== undefined);
  addOpenInference(app, service);
  addHuggingFace(app, service);
  app.get(
    '/metrics',
    { schema: { tags: ['operation'], summary: "Prometheus' text format" } },
    async (_, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  await addPage(app, settings.pageFolder);
  return { app, warm: service.warm, service };
}
