/** @module What a program calls posters: paths, bytes, URLs, or many of them -> a stream of posters with their ids. */
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { stemOf } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import type { ImageSource } from '../image/index.ts';
import { checkHeard } from './heard.ts';
import { baseOf, kindOf, pictureAt, posterAtUrl, postersAt, type SourceOptions } from './sources.ts';
import type { PosterToPredict } from './stream.ts';

/**
 * One thing that names posters: a path of a picture, folder, table or list as on the command line; the bytes of a
 * picture; a `file:`, `http:` or `https:` URL, which is fetched from public addresses only; a source; or a poster with
 * an id of your own.
 */
export type PosterInput = string | URL | Uint8Array | ArrayBuffer | ImageSource | PosterToPredict;

/** One, or any number of them. */
export type PosterInputs = PosterInput | Iterable<PosterInput> | AsyncIterable<PosterInput>;

/**
 * Posters with the ids that the command line gives them. Paths in an array are relative to the deepest folder that
 * holds them all; in any other iterable, which may never end, to the working directory, and each is taken as it comes.
 * Bytes are called `poster-1` and so on, by their place.
 *
 * @throws {OnesheetError} OPTION_INVALID for anything else
 */
export async function* postersIn(
  inputs: PosterInputs,
  options: SourceOptions = {},
): AsyncGenerator<PosterToPredict> {
  if (inputs instanceof Readable && !inputs.readableObjectMode) yield* postersAt(['-'], inputs, options);
  else if (isIterable(inputs) && !isOne(inputs)) {
    const base = Array.isArray(inputs) ? await baseOfPaths(inputs) : process.cwd();
    let place = 0;
    for await (const input of inputs) yield* posterIn(input, ++place, { base, ...options });
  } else yield* posterIn(inputs, 1, options);
}

/** Of one path by itself, its own place says more. */
async function baseOfPaths(inputs: readonly unknown[]): Promise<string | undefined> {
  const paths = inputs.flatMap((input) => pathOf(input) ?? []);
  return paths.length > 1 ? baseOf(await Promise.all(paths.map(kindOf))) : undefined;
}

async function* posterIn(
  input: unknown,
  place: number,
  options: SourceOptions,
): AsyncGenerator<PosterToPredict> {
  const path = pathOf(input);
  const name = `poster-${place}`;
  if (path !== undefined) yield* postersAt([path], Readable.from([]), options);
  else if (input instanceof URL && /^https?:$/.test(input.protocol))
    yield { ...posterAtUrl(input.href), fetch: true };
  else if (input instanceof Uint8Array) yield { id: name, source: { kind: 'bytes', bytes: input, name } };
  else if (input instanceof ArrayBuffer)
    yield { id: name, source: { kind: 'bytes', bytes: new Uint8Array(input), name } };
  else if (isSource(input)) yield await posterOfSource(input, options);
  else if (isPoster(input)) {
    checkHeard(input);
    yield input;
  } else
    throw onesheetError(
      'OPTION_INVALID',
      'posters',
      'a path, the bytes of a picture, a URL of a file or of the web, { id, source }, or several of these',
      describe(input),
    );
}

async function posterOfSource(source: ImageSource, { base }: SourceOptions): Promise<PosterToPredict> {
  if (source.kind === 'url') return posterAtUrl(source.url);
  if (source.kind === 'bytes') return { id: stemOf(source.name), source };
  return pictureAt(source.path, base);
}

/** A path, also as a URL of a file; `-` is no more than a name here. */
function pathOf(input: unknown): string | undefined {
  if (input instanceof URL) return input.protocol === 'file:' ? fileURLToPath(input) : undefined;
  if (typeof input !== 'string') return undefined;
  if (input === '') throw onesheetError('OPTION_INVALID', 'posters', 'a path', 'an empty text');
  return input === '-' ? './-' : input;
}

function isOne(input: unknown): boolean {
  return typeof input === 'string' || input instanceof Uint8Array;
}

function isIterable(input: unknown): input is Iterable<unknown> | AsyncIterable<unknown> {
  return (
    typeof input === 'object' && input !== null && (Symbol.iterator in input || Symbol.asyncIterator in input)
  );
}

function isSource(input: unknown): input is ImageSource {
  const { kind, path, url, bytes, name } = (input ?? {}) as Record<string, unknown>;
  if (kind === 'file') return typeof path === 'string' && path !== '';
  if (kind === 'url') return typeof url === 'string';
  return kind === 'bytes' && bytes instanceof Uint8Array && typeof name === 'string';
}

function isPoster(input: unknown): input is PosterToPredict {
  const { id, source } = (input ?? {}) as Record<string, unknown>;
  return typeof id === 'string' && isSource(source);
}

function describe(input: unknown): string {
  if (input === null || input === undefined) return String(input);
  if (input instanceof Promise) return 'a promise, which has to be awaited first';
  if (input instanceof URL) return `a URL of the kind ${input.protocol}`;
  if (typeof input !== 'object') return `${String(input)} of type ${typeof input}`;
  const keys = Object.keys(input);
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 5).join(', ')}`;
}
