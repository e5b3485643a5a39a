/** @module A recipe's file -> its JSON, with that of the recipe that it extends merged in. */
import { dirname, resolve } from 'node:path';
import { onesheetError } from '../errors.ts';
import { readWholeFile } from '../files.ts';
import { isNullable, parseJson } from './recipe.ts';

type Json = Readonly<Record<string, unknown>>;

/** Said of one recipe, not of those that extend it. */
const ownWords: ReadonlySet<string> = new Set(['name', 'description', 'prepare', 'command', 'cost', 'score']);

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What has a slash in it or ends in `.json` is a path. */
export function isRecipePath(reference: string): boolean {
  return /[\\/]|\.json$/i.test(reference);
}

/**
 * Objects are merged part by part; anything else takes the place of what was there. So does an object that names
 * another kind: `{ "optimizer": "sgd", ... }` keeps nothing of `{ "optimizer": "adamw", ... }`.
 */
function merged(base: unknown, own: unknown, key: string): unknown {
  if (!isObject(base) || !isObject(own)) return own;
  if (own[key] !== undefined && own[key] !== base[key]) return own;
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(own)])].map((part) => [
      part,
      Object.hasOwn(own, part) ? merged(base[part], own[part], part) : base[part],
    ]),
  );
}

function mergedRecipe(base: Json, own: Json): Json {
  const inherited = Object.entries(base).filter(([part]) => !ownWords.has(part));
  const all = merged(Object.fromEntries(inherited), own, '') as Json;
  const said = Object.entries(all).filter(([part, value]) => value !== null || isNullable(part));
  return Object.fromEntries(said);
}

/**
 * Reads a recipe's file. Where it says `"extends": "<name or file>"`, all that it does not say itself is what that recipe
 * says: its words for people are its own, parts are merged, and null takes a part of the base away where it is no value.
 * A file is named from the folder of the file that names it.
 *
 * @param pathOf the file of a recipe that is known by its name
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE; RECIPE_INVALID for what is no JSON object, for a base that does
 * not exist, and for recipes that extend each other in a circle
 */
export async function readExtended(
  path: string,
  pathOf: (name: string) => Promise<string>,
  extending: readonly string[] = [],
): Promise<Json> {
  const text = (await readWholeFile(path, 'a recipe (JSON)')).toString();
  const json = parseJson(text, path);
  if (!isObject(json)) throw onesheetError('RECIPE_INVALID', path, 'the whole: expected an object');
  const { extends: reference, ...own } = json;
  if (reference === undefined) return own;
  if (typeof reference !== 'string' || reference === '')
    throw onesheetError('RECIPE_INVALID', path, "extends: expected a recipe's name or file");
  const base = await basePath(path, reference, pathOf);
  const line = [...extending, resolve(path)];
  if (line.includes(base))
    throw onesheetError(
      'RECIPE_INVALID',
      path,
      `extends: ${[...line.slice(line.indexOf(base)), base].join(' extends ')}, which has no end`,
    );
  const found = await readExtended(base, pathOf, line).catch((error: { code?: string }) => {
    if (error.code !== 'FILE_MISSING') throw error;
    throw onesheetError('RECIPE_INVALID', path, `extends: there is no file ${base}`);
  });
  if ('steps' in found)
    throw onesheetError('RECIPE_INVALID', path, `extends: ${reference} is a chain of runs, not a recipe`);
  return mergedRecipe(found, own);
}

async function basePath(
  path: string,
  reference: string,
  pathOf: (name: string) => Promise<string>,
): Promise<string> {
  if (isRecipePath(reference)) return resolve(dirname(path), reference);
  return pathOf(reference).catch((error: Error & { code?: string }) => {
    if (error.code !== 'RECIPE_UNKNOWN') throw error;
    throw onesheetError(
      'RECIPE_INVALID',
      path,
      `extends: ${error.message.replace(/^T/, 't').replace(/\.$/, '')}`,
    );
  });
}
