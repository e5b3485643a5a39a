/** @module `onesheet recipes`: nothing -> the recipes that come with the package: what for, at what cost, how good. */
import { defineCommand } from 'citty';
import { onesheetError } from '../errors.ts';
import { printableIn } from '../printable.ts';
import { type InstalledRecipe, installedRecipes } from '../run/index.ts';
import { defaultRecipes } from './train.ts';

const formats = ['table', 'json'] as const;

/** What `--format json` prints of a recipe. */
function factsOf({ name, path, recipe }: InstalledRecipe) {
  const { description, steps = [], cost = null, score = null } = recipe;
  return { name, default: name === defaultRecipes.fresh, file: path, description, steps, cost, score };
}

/** For people: a paragraph a recipe. */
function describe(installed: InstalledRecipe): string {
  const { name, description, steps, cost, score, ...facts } = printableIn(factsOf(installed));
  const rows = [
    ['for', description],
    ...steps.map((step, at) => [at === 0 ? 'steps' : '', steps.length > 1 ? `${at + 1}. ${step}` : step]),
    ['cost', cost ?? 'not measured'],
    ['score', score ?? 'not measured'],
  ];
  const lines = rows.map(([label, text]) => `  ${label!.padEnd(5)}  ${text}`);
  return `${name}${facts.default ? ' (default)' : ''}\n${lines.join('\n')}\n`;
}

export const recipesCommand = defineCommand({
  meta: { name: 'recipes', description: 'List the recipes to train by: purpose, cost and score.' },
  args: {
    format: {
      type: 'enum',
      options: [...formats],
      default: 'table',
      description: 'table for people, json for programs',
    },
  },
  async run({ args }) {
    if (!formats.includes(args.format as 'table'))
      throw onesheetError('OPTION_INVALID', 'format', formats.join(', '), args.format);
    const installed = await installedRecipes();
    process.stdout.write(
      args.format === 'json'
        ? `${JSON.stringify(installed.map(factsOf), null, 2)}\n`
        : installed.map(describe).join('\n'),
    );
    return 0;
  },
});
