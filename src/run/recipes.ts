/** @module A recipe's name or file -> the recipe, or the chain of runs; and all that come with the package or a clone. */
import { readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onesheetError } from '../errors.ts';
import { type Chain, parseChain } from './chainRecipe.ts';
import { isRecipePath, readExtended } from './extends.ts';
import { parseRecipe, type Recipe } from './recipe.ts';

/** Only a clone has those of research. */
const folders = [
  { folder: 'recipes/', research: false },
  { folder: 'recipes/research/', research: true },
];
const extension = '.json';

/** What `--recipe` names: how to train one run, or several after each other. */
export type Plan = Recipe | Chain;

export interface InstalledRecipe {
  /** What `--recipe` takes: the file's name without `.json`. */
  readonly name: string;
  readonly path: string;
  /** Whether it tells how something was found out, and comes with a clone only. */
  readonly research: boolean;
  readonly recipe: Plan;
}

/** Whether it is several runs. */
export function isChain(plan: Plan): plan is Chain {
  return 'steps' in plan;
}

/** The folder of the package, however deep below it this file was compiled to. */
async function packageFolder(from: URL = new URL('.', import.meta.url)): Promise<URL> {
  const [parent, names] = [new URL('..', from), await readdir(from)];
  return names.includes('package.json') || parent.href === from.href ? from : packageFolder(parent);
}

async function installed(): Promise<Omit<InstalledRecipe, 'recipe'>[]> {
  const root = await packageFolder();
  const found = folders.map(async ({ folder, research }) => {
    const url = new URL(folder, root);
    const files = await readdir(url).catch(() => []);
    const names = files.flatMap((file) => (file.endsWith(extension) ? file.slice(0, -extension.length) : []));
    return names.sort().map((name) => ({
      name,
      path: fileURLToPath(new URL(`${name}${extension}`, url)),
      research,
    }));
  });
  return (await Promise.all(found)).flat();
}

/** @throws {OnesheetError} RECIPE_UNKNOWN, naming those that there are */
async function pathOf(name: string): Promise<string> {
  const known = await installed();
  const found = known.find((each) => each.name === name);
  if (found === undefined)
    throw onesheetError('RECIPE_UNKNOWN', name, known.map((each) => each.name).join(', '));
  return found.path;
}

async function readPlanFile(path: string): Promise<Plan> {
  const json = await readExtended(path, pathOf);
  if (!('steps' in json)) return parseRecipe(json, path);
  return parseChain(json, path, (reference) =>
    readRecipe(isRecipePath(reference) ? resolve(dirname(path), reference) : reference),
  );
}

/**
 * Reads a recipe or a chain of runs by its name, such as `cnn-rnn`, from those of the package, wherever that is installed;
 * or from a file: what has a slash in it or ends in `.json` is a path. What it extends is merged in.
 *
 * @throws {OnesheetError} RECIPE_UNKNOWN, naming those that there are; FILE_MISSING, FILE_UNREADABLE or RECIPE_INVALID
 */
export async function readPlan(nameOrPath: string): Promise<Plan> {
  return readPlanFile(isRecipePath(nameOrPath) ? nameOrPath : await pathOf(nameOrPath));
}

/** {@link readPlan} where only the recipe of one run will do: a chain is RECIPE_INVALID. */
export async function readRecipe(nameOrPath: string): Promise<Recipe> {
  const plan = await readPlan(nameOrPath);
  if (isChain(plan))
    throw onesheetError(
      'RECIPE_INVALID',
      nameOrPath,
      'it is a chain of runs, which only `onesheet train` takes',
    );
  return plan;
}

/** All recipes of the package, in the order of their names, then those of research where this is a clone. */
export async function installedRecipes(): Promise<InstalledRecipe[]> {
  return Promise.all(
    (await installed()).map(async (each) => ({ ...each, recipe: await readPlanFile(each.path) })),
  );
}

/** What trains by it: the commands that make the files it needs, then its own. */
export function commandsOf({ name, prepare = [], command }: Plan): string[] {
  return [...prepare, command ?? `onesheet train --data train.csv --images images --recipe ${name}`];
}
