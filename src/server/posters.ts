/** @module A request -> its posters and options, whether it is a form, raw bytes or JSON with pictures or URLs. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { Form, nameOf, posterFields, tooBig } from './form.ts';
import type { ReceivedPoster } from './inference/service.ts';
import { JsonBody } from './json.ts';
import type { Settings } from './options.ts';
import { longestUrl, readPictureText } from './pictureText.ts';
import { expectation } from './problem.ts';

/** A short text, such as the name of a policy or of a genre. */
export const shortText = z.string().max(200);

export interface ReceivedRequest<Options> {
  readonly posters: readonly ReceivedPoster[];
  readonly options: Options;
}

/** Reads options from wherever they came. @throws {OnesheetError} REQUEST_INVALID that names the field */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, values: unknown): z.infer<Schema> {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.map(String).join('.') || 'the request';
  throw onesheetError('REQUEST_INVALID', place, expectationOf(issue));
}

/** What a schema expected, as a noun phrase that no request can make long. */
function expectationOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code !== 'unrecognized_keys') return expectation(issue?.message);
  return `no field ${issue.keys
    .slice(0, 3)
    .map((key) => nameOf(key, 40))
    .join(', ')}`;
}

/**
 * @param schema options as strings from a form or a query, and as themselves from JSON
 * @throws {OnesheetError} REQUEST_INVALID, REQUEST_TOO_BIG, URL_FETCH_DISABLED
 */
export async function readPosters<Schema extends z.ZodType>(
  request: FastifyRequest,
  schema: Schema,
  settings: Settings,
): Promise<ReceivedRequest<z.infer<Schema>>> {
  const { body } = request;
  const { name, ...query } = request.query as { name?: string };
  if (body instanceof Form) {
    if (body.posters.length === 0) throw onesheetError('REQUEST_INVALID', 'the form', 'a part named file');
    return { posters: body.posters, options: parseOptions(schema, { ...query, ...body.fields }) };
  }
  if (body instanceof JsonBody) {
    const { posters, rest } = await readJson(body.value, settings);
    return { posters, options: parseOptions(schema, { ...query, ...rest }) };
  }
  if (!Buffer.isBuffer(body) || body.length === 0)
    throw onesheetError('REQUEST_INVALID', 'the body', 'a poster, a form with posters, or JSON with posters');
  return { posters: [rawPoster(body, name, settings)], options: parseOptions(schema, query) };
}

/** A poster whose bytes are the whole body. */
export function rawPoster(
  bytes: Buffer,
  name: string | undefined,
  { maximumPosterBytes: most }: Settings,
): ReceivedPoster {
  return { name: nameOf(name), content: bytes.length > most ? tooBig(nameOf(name), most) : bytes };
}

/** Members of JSON under which posters come: as base64, data URLs or URLs. */
const jsonFields = [...posterFields, 'urls'] as const;

async function readJson(value: unknown, settings: Settings) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw onesheetError('REQUEST_INVALID', 'the body', 'a JSON object with posters');
  const rest: Record<string, unknown> = { ...value };
  const found = jsonFields.filter((field) => Object.hasOwn(value, field));
  const [field] = found;
  if (found.length !== 1 || field === undefined) {
    const others = Object.keys(value)
      .slice(0, 5)
      .map((key) => nameOf(key, 40));
    const received = found.length > 1 ? found.join(' and ') : others.join(', ') || 'nothing';
    throw onesheetError(
      'REQUEST_INVALID',
      'the body',
      `posters in one of ${jsonFields.join(', ')}, not ${received}`,
    );
  }
  const given = rest[field];
  delete rest[field];
  const texts: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (texts.length === 0) throw onesheetError('REQUEST_INVALID', field, 'at least one poster');
  if (texts.length > settings.maximumPosters)
    throw onesheetError('REQUEST_TOO_BIG', 'a request', settings.maximumPosters, 'posters');
  const posters: ReceivedPoster[] = [];
  for (const [i, text] of texts.entries()) {
    const place = Array.isArray(given) ? `${field}.${i}` : field;
    posters.push(await readText(text, place, texts.length === 1 ? 'poster' : `poster ${i + 1}`, settings));
  }
  return { posters, rest };
}

/**
 * A poster that is a text in JSON.
 *
 * @throws {OnesheetError} REQUEST_INVALID, REQUEST_TOO_BIG, URL_FETCH_DISABLED
 */
export async function readText(
  text: unknown,
  place: string,
  name: string,
  { fetching, maximumPosterBytes }: Settings,
): Promise<ReceivedPoster> {
  if (typeof text !== 'string' || text === '')
    throw onesheetError('REQUEST_INVALID', place, 'a picture in base64, a data URL or a URL');
  // What is no URL at all is refused by who fetches, with the reason.
  const isUrl = place.startsWith('urls');
  if (isUrl && text.length > longestUrl)
    throw onesheetError('REQUEST_INVALID', place, `a URL of at most ${longestUrl} characters`);
  const content = isUrl ? { url: text } : await readPictureText(text, place, maximumPosterBytes);
  if (!('url' in content)) return { name, content };
  if (!fetching) throw onesheetError('URL_FETCH_DISABLED', nameOf(content.url));
  return { name: nameOf(content.url, longestUrl), content };
}
