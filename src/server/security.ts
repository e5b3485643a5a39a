/** @module Settings -> who may call what, how often, and the headers that keep browsers strict. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import cors from '@fastify/cors';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';
import { onesheetError } from '../errors.ts';
import type { Settings } from './options.ts';

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * Compares with every token, each in constant time, so that neither a token nor which one was near shows in the time.
 *
 * @returns whether a request carries one of the tokens; always true when there are none
 */
function tokenCheck(tokens: readonly string[]): (request: FastifyRequest) => boolean {
  const known = tokens.map(digest);
  return ({ headers }) => {
    const given = digest(headers.authorization?.match(/^Bearer +(\S+) *$/i)?.[1] ?? '');
    let matches = known.length === 0 ? 1 : 0;
    for (const each of known) matches |= timingSafeEqual(each, given) ? 1 : 0;
    return matches === 1;
  };
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a token. */
    open?: boolean;
    /** Work that is done there: it counts for the rate limit and is refused early when there is too much. */
    lane?: 'predictions' | 'explanations';
    /** Bodies may hold a batch of tensors. */
    tensors?: boolean;
  }
}

/** The page's files and paths that nothing answers need no token; the route decides, since paths can be disguised. */
function isOpen({ routeOptions: { config, url } }: FastifyRequest): boolean {
  return config.open === true || url === undefined || url === '/' || url === '/*';
}

const strictness: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      // The network runs in the page as WebAssembly, on threads of its own.
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      workerSrc: ["'self'", 'blob:'],
      connectSrc: ["'self'"],
      imgSrc: ["'self'", 'blob:', 'data:'],
      styleSrc: ["'self'", "'unsafe-inline'"],
      mediaSrc: ["'self'", 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  crossOriginEmbedderPolicy: { policy: 'require-corp' },
  crossOriginOpenerPolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
  referrerPolicy: { policy: 'no-referrer' },
  // Whether there is TLS is the proxy's business.
  strictTransportSecurity: false,
};

/** The headers of every answer. They are the same for all, so they are composed once and not for each request. */
function strictHeaders(): Readonly<Record<string, string>> {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  helmet(strictness)(response.req, response, (error) => {
    if (error !== undefined) throw error;
  });
  return response.getHeaders() as Record<string, string>;
}

export async function secure(app: FastifyInstance, settings: Settings): Promise<void> {
  const headers = strictHeaders();
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  if (settings.origins.length > 0) {
    await app.register(cors, {
      origin: settings.origins.includes('*') ? '*' : [...settings.origins],
      methods: ['GET', 'POST'],
      allowedHeaders: ['authorization', 'content-type', 'x-request-id'],
      exposedHeaders: ['x-request-id', 'retry-after'],
      maxAge: 600,
    });
    // Other origins may read what they were allowed to ask for.
    app.addHook('onSend', async (_request, reply) => {
      reply.header('cross-origin-resource-policy', 'cross-origin');
    });
  }
  const limit = await rateLimiter(app, settings);
  const isKnown = tokenCheck(settings.tokens);
  app.addHook('onRequest', async (request, reply) => {
    const isRefused = !isOpen(request) && !isKnown(request);
    // Guessing tokens is work too, on whatever route.
    if (isRefused || request.routeOptions.config.lane !== undefined) await limit(request, reply);
    if (isRefused) throw onesheetError('TOKEN_INVALID');
  });
}

/** Counts a request against the limit of its address. @throws {OnesheetError} RATE_EXCEEDED */
type Limiter = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

async function rateLimiter(app: FastifyInstance, { rateLimit: max }: Settings): Promise<Limiter> {
  if (max === 0) return async () => undefined;
  await app.register(rateLimit, { global: false });
  const count = app.createRateLimit({ max, timeWindow: 60_000 });
  return async (request, reply) => {
    const counted = await count(request);
    if (counted.isAllowed) return;
    const seconds = Math.max(1, counted.ttlInSeconds);
    reply.headers({
      'x-ratelimit-limit': max,
      'x-ratelimit-remaining': counted.remaining,
      'x-ratelimit-reset': seconds,
    });
    if (!counted.isExceeded) return;
    reply.header('retry-after', seconds);
    throw onesheetError('RATE_EXCEEDED', max, seconds);
  };
}
