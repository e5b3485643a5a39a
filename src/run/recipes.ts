/** @module A recipe's name or file -> the recipe; and all recipes that come with the package. */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { onesheetError } from '../errors.ts';
import { readWholeFile } from '../files.ts';
import { parseJson, parseRecipe, type Recipe } from './recipe.ts';

/** Beside `src/` in a clone and beside `dist/` in the package. */
const folder = new URL('../../recipes/', import.meta.url);
const extension = '.json';

export interface InstalledRecipe {
  /** What `--recipe` takes: the file's name without `.json`. */
  readonly name: string;
  readonly path: string;
  readonly recipe: Recipe;
}

async function names(): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  return files
    .filter((file) => file.endsWith(extension))
    .map((file) => file.slice(0, -extension.length))
    .sort();
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(`${name}${extension}`, folder));
}

/**
 * Reads a recipe by its name, such as `cnn-rnn`, from those of the package, wherever that is installed; or from a
 * file: what has a slash in it or ends in `.json` is a path.
 *
 * @throws {OnesheetError} RECIPE_UNKNOWN, naming those that there are; FILE_MISSING, FILE_UNREADABLE or RECIPE_INVALID
 */
export async function readRecipe(nameOrPath: string): Promise<Recipe> {
  if (/[\\/]|\.json$/i.test(nameOrPath)) return readRecipeFile(nameOrPath);
  const known = await names();
  if (!known.includes(nameOrPath)) throw onesheetError('RECIPE_UNKNOWN', nameOrPath, known.join(', '));
  return readRecipeFile(pathOf(nameOrPath));
}

async function readRecipeFile(path: string): Promise<Recipe> {
  const text = (await readWholeFile(path, 'a recipe (JSON)')).toString();
  return parseRecipe(parseJson(text, path), path);
}

/** All recipes of the package, in the order of their names. */
export async function installedRecipes(): Promise<InstalledRecipe[]> {
  return Promise.all(
    (await names()).map(async (name) => ({
      name,
      path: pathOf(name),
      recipe: await readRecipeFile(pathOf(name)),
    })),
  );
}
