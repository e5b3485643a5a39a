/** @module The bytes of a form, piece by piece -> its posters and fields, within limits of parts and bytes. */
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { OnesheetError, onesheetError } from '../errors.ts';
import { reasonOf } from '../files.ts';
import type { ReceivedPoster } from './inference/service.ts';
import type { Settings } from './options.ts';

/** Longer names are cut: they come back in answers and messages. */
const longestName = 200;
/** Longest delimiter between parts, by RFC 2046; a longer one only makes searching for it slow. */
const longestBoundary = 70;
/** Parts beside posters: options, and what browsers add. */
const mostFields = 16;

/** Fields under which posters come; `[]` behind the name is what some libraries add to lists. */
export const posterFields = ['file', 'files', 'image', 'images'] as const;
const isPosterField = (name: string): boolean => /^(files?|images?)(\[\d*\])?$/.test(name);

/** What a form says. */
export class Form {
  readonly posters: readonly ReceivedPoster[];
  readonly fields: Readonly<Record<string, string>>;

  constructor(posters: readonly ReceivedPoster[], fields: Readonly<Record<string, string>>) {
    this.posters = posters;
    this.fields = fields;
  }
}

/** A name as it can stand in an answer: short, and without control characters. */
export function nameOf(text: string | undefined, most = longestName): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names go into messages
  const clean = (text ?? '').replace(/[\x00-\x1f\x7f]/g, '').slice(0, most);
  return clean === '' ? 'poster' : clean;
}

export function tooBig(name: string, most: number): OnesheetError {
  return onesheetError('REQUEST_TOO_BIG', name, most, 'bytes');
}

const invalid = (place: string, expected: string) => onesheetError('REQUEST_INVALID', place, expected);

/**
 * Reads all parts. What is wrong with the form is said after its end, since a connection whose body was left half read
 * cannot be used again.
 *
 * @throws {OnesheetError} REQUEST_INVALID, REQUEST_TOO_BIG; what the pieces throw
 */
export async function readForm(
  pieces: AsyncIterable<Buffer>,
  contentType: string,
  { maximumPosters, maximumPosterBytes }: Settings,
): Promise<Form> {
  const posters: ReceivedPoster[] = [];
  const fields = new Map<string, string>();
  let wrong: OnesheetError | undefined;
  const parser = parserFor(contentType, maximumPosters, maximumPosterBytes);
  const ended = new Promise<void>((resolve, reject) => {
    parser.on('finish', resolve).on('error', reject);
  });
  // It is awaited after the last piece; what is thrown before that is not lost.
  ended.catch(() => undefined);
  parser.on('field', (field: string | undefined, value: string, _isNameCut: boolean, isCut: boolean) => {
    const name = nameOf(field);
    if (field === undefined) wrong ??= invalid('the form', 'a name for each part');
    else if (isPosterField(field)) wrong ??= invalid(`part ${name}`, 'a file');
    else if (isCut || name !== field) wrong ??= invalid(name, 'a short text');
    else if (name in Object.prototype) wrong ??= invalid('the form', 'other field names');
    else fields.set(name, value);
  });
  parser.on('file', (field: string | undefined, file: BusboyFileStream, filename?: string) => {
    const name = nameOf(filename);
    file.on('error', () => undefined);
    if (!isPosterField(field ?? '')) wrong ??= invalid(`part ${nameOf(field)}`, 'the name file or image');
    else if (posters.length === maximumPosters)
      wrong ??= onesheetError('REQUEST_TOO_BIG', 'a request', maximumPosters, 'posters');
    if (wrong) return void file.resume();
    const place = posters.push({ name, content: new Uint8Array() }) - 1;
    const chunks: Buffer[] = [];
    file.on('data', (chunk: Buffer) => chunks.push(chunk));
    file.on('end', () => {
      const content = file.truncated ? tooBig(name, maximumPosterBytes) : Buffer.concat(chunks);
      posters[place] = { name, content };
    });
  });
  parser.on('partsLimit', () => {
    wrong ??= invalid('the form', 'fewer parts');
  });
  parser.on('fieldsLimit', () => {
    wrong ??= invalid('the form', 'fewer fields');
  });
  try {
    for await (const piece of pieces) {
      if (!parser.write(piece)) await Promise.race([drained(parser), ended]);
    }
    parser.end();
    await ended;
  } catch (error) {
    throw formError(error);
  }
  if (wrong) throw wrong;
  return new Form(posters, Object.fromEntries(fields));
}

function parserFor(contentType: string, maximumPosters: number, fileSize: number): BusboyInstance {
  const boundary = /;\s*boundary=(?:"([^"]*)"|([^;\s]*))/i.exec(contentType)?.slice(1).join('') ?? '';
  if (boundary === '' || boundary.length > longestBoundary)
    throw invalid(
      'Content-Type',
      `multipart/form-data with a boundary of 1 to ${longestBoundary} characters`,
    );
  const parts = maximumPosters + 2 * mostFields;
  const limits = { fileSize, parts, fields: mostFields, fieldSize: 1024, headerPairs: 20, headerSize: 8192 };
  return new Busboy({
    headers: { 'content-type': contentType },
    limits,
    // The folder before a name is a part of the poster's id.
    preservePath: true,
    isPartAFile: (_name, type, filename) =>
      filename !== undefined || type === 'application/octet-stream' || (type ?? '').startsWith('image/'),
  });
}

function drained(parser: BusboyInstance): Promise<void> {
  return new Promise((resolve) => parser.once('drain', resolve));
}

/** The form's parser throws plain errors for what it does not understand. */
function formError(error: unknown): unknown {
  if (error instanceof OnesheetError || (error as { code?: string }).code !== undefined) return error;
  const reason = /terminated early|end of multipart/i.test(reasonOf(error))
    ? 'all of its parts'
    : 'multipart/form-data as in RFC 7578';
  return invalid('the form', reason);
}
