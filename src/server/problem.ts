/** @module Anything that was thrown -> a problem (RFC 9457): status, code and one sentence, never a stack or a path. */
import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { OnesheetError, onesheetError } from '../errors.ts';

/** Content codings of bodies that are read. */
export const codings = 'gzip, deflate, br';

export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('One sentence for people'),
    code: z.string().describe('One of the codes of docs/service.md'),
    instance: z.string().describe("The request's id, as in the log and in the header X-Request-Id"),
    error: z.string().optional().describe('The detail again, where clients of another protocol look for it'),
  })
  .meta({ id: 'Problem', description: 'A failure, by RFC 9457.' });
export type Problem = z.infer<typeof problemSchema>;

/** Fastify's own errors, by their codes, as ours. */
const frameworkErrors: Readonly<Record<string, () => OnesheetError>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => onesheetError('REQUEST_INVALID', 'Content-Type', 'a media type'),
  FST_ERR_BAD_URL: () => onesheetError('REQUEST_INVALID', 'the path', 'a valid URL'),
  FST_ERR_MAX_PARAM_LENGTH: () => onesheetError('REQUEST_INVALID', 'the path', 'shorter names'),
  ECONNRESET: () => onesheetError('REQUEST_ABORTED'),
};

/** The coded error behind whatever was thrown; `undefined` for what is a bug of ours. */
export function codedFrom(error: unknown): OnesheetError | undefined {
  if (error instanceof OnesheetError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [issue] = error.validation;
    const field = issue?.instancePath.replaceAll('/', '.').replace(/^\./, '');
    const part = (error as FastifyError).validationContext ?? 'request';
    return onesheetError('REQUEST_INVALID', field ? `${part} ${field}` : part, expectation(issue?.message));
  }
  const { code, statusCode } = error as FastifyError;
  const known = frameworkErrors[code ?? ''];
  if (known) return known();
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return onesheetError('REQUEST_INVALID', 'the request', 'another form');
  return undefined;
}

/** zod's sentence as a noun phrase: "Invalid input: expected number, received NaN" -> "number, received NaN". */
export function expectation(message = 'something else'): string {
  return message.replace(/^Invalid (input|option): /, '').replace(/^expected /, '');
}

/** The problem of a coded error; `instance` is the request's id. */
export function problemOf(error: OnesheetError, instance: string): Problem {
  const { status, code, message } = error;
  const title = STATUS_CODES[status] ?? 'Client Closed Request';
  return { type: 'about:blank', title, status, detail: message, code, instance };
}

/** Clients of these protocols read the member `error`. */
function isForeign(url: string): boolean {
  return /^\/(v2|models)(\/|\?|$)/.test(url);
}

/** Answers with the problem; a bug is logged with its stack and answered without. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const coded = codedFrom(error);
  if (!coded) request.log.error({ err: error }, 'this is a bug');
  const problem = problemOf(coded ?? onesheetError('SERVICE_FAILED'), request.id);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  if (problem.code === 'REQUEST_ENCODING') reply.header('accept-encoding', codings);
  if (problem.status === 503 && !reply.hasHeader('retry-after')) {
    reply.header('retry-after', problem.detail.match(/again in (\d+) s/)?.[1] ?? '1');
  }
  const body = isForeign(request.url) ? { ...problem, error: problem.detail } : problem;
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(body));
}
