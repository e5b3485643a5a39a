/** @module `onesheet recipes`: nothing or a name -> the recipes that there are: what for, at what cost, how good; or all of one. */
import { defineCommand } from 'citty';
import { onesheetError } from '../errors.ts';
import { printableIn } from '../printable.ts';
import {
  type Chain,
  commandsOf,
  type InstalledRecipe,
  installedRecipes,
  isChain,
  optionsOf,
  type Plan,
} from '../run/index.ts';
import { choiceOf, listFormat, listFormats } from './arguments.ts';
import { defaultRecipes } from './train.ts';

/** What `--format json` prints of a recipe. */
function factsOf({ name, path, research, recipe }: InstalledRecipe) {
  const { description, cost = null, score = null } = recipe;
  const isDefault = name === defaultRecipes.fresh;
  return {
    name,
    default: isDefault,
    research,
    file: path,
    description,
    commands: commandsOf(recipe),
    cost,
    score,
  };
}

/** The steps of a chain, for programs: what each one does, and whom it needs. */
function stepsOf({ steps }: Chain) {
  return steps.map(({ recipe, ...step }) => ({ ...step, recipe: recipe.name }));
}

function pageOf(installed: InstalledRecipe): object {
  const { recipe } = installed;
  return {
    ...factsOf(installed),
    ...(isChain(recipe)
      ? { minimumSupport: recipe.minimumSupport ?? null, steps: stepsOf(recipe) }
      : { options: optionsOf(recipe) }),
  };
}

function rowsOf(rows: readonly (readonly [label: string, text: string])[], indent = '  '): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `${indent}${label.padEnd(width)}  ${text}\n`).join('');
}

/** For people: a paragraph a recipe. */
function describe(installed: InstalledRecipe): string {
  const { name, description, commands, cost, score, research, ...facts } = printableIn(factsOf(installed));
  const marks = [
    facts.default ? 'default' : [],
    research ? 'research' : [],
    isChain(installed.recipe) ? 'chain' : [],
  ];
  const rows: [string, string][] = [
    ['for', description],
    ...commands.map((line, at): [string, string] => [
      at === 0 ? 'steps' : '',
      commands.length > 1 ? `${at + 1}. ${line}` : line,
    ]),
    ['cost', cost ?? 'not measured'],
    ['score', score ?? 'not measured'],
  ];
  const words = marks.flat();
  return `${name}${words.length > 0 ? ` (${words.join(', ')})` : ''}\n${rowsOf(rows)}`;
}

/** `network.hidden`, `128`: every option with its value. */
function flattened(value: object, prefix = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, part]): [string, string][] =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? flattened(part, `${prefix}${key}.`)
      : [[`${prefix}${key}`, JSON.stringify(part)]],
  );
}

function describeSteps({ steps }: Chain): string {
  const rows = steps.map((step): [string, string] => {
    const from = step.needs.length > 0 ? `, taught by ${step.needs.join(' and ')}` : '';
    if (step.kind === 'refit') return [step.name, `refit of ${step.needs.join()}`];
    const folds = step.kind === 'cross-validate' ? ` in ${step.folds} folds` : '';
    return [step.name, `${step.kind} ${step.recipe.name}${folds}${from}`];
  });
  return rowsOf(rows, '    ');
}

/** For people: all of one recipe. */
function describeAll(installed: InstalledRecipe): string {
  const recipe: Plan = printableIn(installed.recipe);
  const rest = isChain(recipe)
    ? `  runs\n${describeSteps(recipe)}`
    : `  options\n${rowsOf(flattened(optionsOf(recipe)), '    ')}`;
  return `${describe(installed)}${rest}`;
}

export const recipesCommand = defineCommand({
  meta: { name: 'recipes', description: 'List the recipes to train by: purpose, cost and score.' },
  args: {
    name: {
      type: 'positional',
      required: false,
      description: 'Show all of this one: its options, or the runs of a chain',
    },
    format: listFormat,
  },
  async run({ args }) {
    const format = choiceOf(args.format, 'format', listFormats);
    const installed = await installedRecipes();
    const isJson = format === 'json';
    if (args.name !== undefined) {
      const one = installed.find(({ name }) => name === args.name);
      if (one === undefined)
        throw onesheetError('RECIPE_UNKNOWN', args.name, installed.map(({ name }) => name).join(', '));
      process.stdout.write(isJson ? `${JSON.stringify(pageOf(one), null, 2)}\n` : describeAll(one));
      return 0;
    }
    process.stdout.write(
      isJson ? `${JSON.stringify(installed.map(factsOf), null, 2)}\n` : installed.map(describe).join('\n'),
    );
    return 0;
  },
});
