/** @module A request -> its posters and options, whether it is a form, raw bytes or JSON with URLs. */
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { OnesheetError, onesheetError } from '../errors.ts';
import { reasonOf } from '../files.ts';
import type { ReceivedPoster } from './inference/service.ts';
import type { Settings } from './options.ts';
import { expectation } from './problem.ts';

/** Longer names are cut: they come back in answers and messages. */
const longestName = 200;

export interface ReceivedRequest<Options> {
  readonly posters: readonly ReceivedPoster[];
  readonly options: Options;
}

/** Reads options from wherever they came. @throws {OnesheetError} REQUEST_INVALID that names the field */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, values: unknown): z.infer<Schema> {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw onesheetError(
    'REQUEST_INVALID',
    issue?.path.map(String).join('.') || 'the request',
    issue?.code === 'unrecognized_keys' ? `no field ${issue.keys.join(', ')}` : expectation(issue?.message),
  );
}

function nameOf(text: string | undefined): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names go into messages
  const clean = (text ?? '').replace(/[\x00-\x1f\x7f]/g, '').slice(0, longestName);
  return clean === '' ? 'poster' : clean;
}

/**
 * @param schema options as strings from a form or a query, and as themselves from JSON
 * @throws {OnesheetError} REQUEST_INVALID, REQUEST_TOO_BIG, REQUEST_UNFINISHED, SERVICE_BUSY, URL_FETCH_DISABLED
 */
export async function readPosters<Schema extends z.ZodType>(
  request: FastifyRequest,
  reply: FastifyReply,
  schema: Schema,
  settings: Settings,
): Promise<ReceivedRequest<z.infer<Schema>>> {
  if (request.isMultipart()) {
    const { posters, fields } = await readForm(request, reply, settings);
    if (posters.length === 0) throw onesheetError('REQUEST_INVALID', 'the form', 'a part named file');
    return { posters, options: parseOptions(schema, { ...(request.query as object), ...fields }) };
  }
  const { body } = request;
  if (Buffer.isBuffer(body) && body.length > 0) {
    const { name, ...query } = request.query as { name?: string };
    const content =
      body.length > settings.maximumPosterBytes ? tooBig(nameOf(name), settings.maximumPosterBytes) : body;
    return { posters: [{ name: nameOf(name), content }], options: parseOptions(schema, query) };
  }
  if (typeof body !== 'object' || body === null || Buffer.isBuffer(body))
    throw onesheetError('REQUEST_INVALID', 'the body', 'a poster, a form with posters, or JSON with urls');
  const { urls, ...rest } = body as { urls?: unknown };
  const list = z.array(z.string().min(1).max(4096)).min(1).max(settings.maximumPosters);
  const found = parseOptions(z.object({ urls: list }), { urls }).urls;
  if (!settings.fetching) throw onesheetError('URL_FETCH_DISABLED', found[0]!.slice(0, longestName));
  const posters = found.map((url) => ({ name: url, content: { url } }));
  return { posters, options: parseOptions(schema, { ...(request.query as object), ...rest }) };
}

function tooBig(name: string, most: number): OnesheetError {
  return onesheetError('REQUEST_TOO_BIG', name, most, 'bytes');
}

/**
 * Reads all parts. What is wrong with the form is said after its end, since a connection whose body was left half
 * read cannot be used again; only a body beyond its limit ends the connection.
 */
async function readForm(request: FastifyRequest, reply: FastifyReply, settings: Settings) {
  const { intake } = request;
  const posters: ReceivedPoster[] = [];
  const fields: Record<string, string> = {};
  let wrong: OnesheetError | undefined;
  try {
    const limits = { fileSize: settings.maximumPosterBytes, fieldSize: 1024, fields: 16, headerPairs: 20 };
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') {
        intake.count(String(part.value).length);
        if (part.valueTruncated || typeof part.value !== 'string')
          wrong ??= onesheetError('REQUEST_INVALID', part.fieldname, 'a short text');
        else fields[part.fieldname] = part.value;
        continue;
      }
      if (part.fieldname !== 'file')
        wrong ??= onesheetError('REQUEST_INVALID', `part ${nameOf(part.fieldname)}`, 'the name file');
      else if (posters.length === settings.maximumPosters)
        wrong ??= onesheetError('REQUEST_TOO_BIG', 'a request', settings.maximumPosters, 'posters');
      if (wrong) part.file.resume();
      else posters.push(await readPart(part, request, settings));
    }
  } catch (error) {
    // Nothing reads the rest of the form.
    reply.header('connection', 'close');
    throw formError(error);
  }
  if (wrong) throw wrong;
  return { posters, fields };
}

async function readPart(
  part: MultipartFile,
  request: FastifyRequest,
  { maximumPosterBytes }: Settings,
): Promise<ReceivedPoster> {
  const name = nameOf(part.filename);
  const bytes = await request.intake.collect(part.file);
  return { name, content: part.file.truncated ? tooBig(name, maximumPosterBytes) : bytes };
}

/** The form's parser throws plain errors for what it does not understand. */
function formError(error: unknown): unknown {
  if (error instanceof OnesheetError || (error as { code?: string }).code !== undefined) return error;
  const reason = /terminated early|end of multipart/i.test(reasonOf(error))
    ? 'all of its parts'
    : 'multipart/form-data as in RFC 7578';
  return onesheetError('REQUEST_INVALID', 'the form', reason);
}
