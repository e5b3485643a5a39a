/** @module recipes/ -> docs/recipes.md: what each recipe is for, what trains by it, its cost, its score and what it says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { commandsOf, type InstalledRecipe, installedRecipes, isChain } from '../src/run/index.ts';
import { root } from './root.ts';

const words = ['name', 'extends', 'description', 'prepare', 'command', 'cost', 'score'];
const width = 108;

/** JSON in which what fits a line stands on one. */
function compact(value: unknown, indent = '', taken = 0): string {
  const line = JSON.stringify(value, null, 1)
    .replace(/\n\s*/g, ' ')
    .replace(/\[ /g, '[')
    .replace(/ \]/g, ']');
  if (indent.length + taken + line.length <= width || typeof value !== 'object' || value === null)
    return line;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((part) => compact(part, inner))
    : Object.entries(value).map(([key, part]) => `"${key}": ${compact(part, inner, key.length + 4)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${parts.map((part) => `${inner}${part}`).join(',\n')}\n${indent}${close}`;
}

function sectionOf({ name, path, recipe }: InstalledRecipe): string[] {
  const json = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const own = Object.fromEntries(Object.entries(json).filter(([key]) => !words.includes(key)));
  const base = json.extends === undefined ? undefined : `\`${json.extends}\``;
  return [
    `### \`${name}\``,
    '',
    recipe.description,
    '',
    ...commandsOf(recipe).map((line) => `    ${line}`),
    '',
    `- **Cost.** ${recipe.cost ?? 'Not measured.'}`,
    `- **Score.** ${recipe.score ?? 'Not measured.'}`,
    '',
    base === undefined ? (isChain(recipe) ? 'Its runs:' : 'It says:') : `It is ${base} but for:`,
    '',
    '```json',
    compact(own),
    '```',
    '',
  ];
}

export async function renderRecipes(): Promise<string> {
  const installed = await installedRecipes();
  const sections = (research: boolean) =>
    installed.filter((each) => each.research === research).flatMap(sectionOf);
  const lines = [
    '# Recipes',
    '',
    'A recipe is a JSON file that says how to train: `onesheet train --recipe <name or file>`. `onesheet recipes <name>` shows',
    'one with all its options. This page is written by `npm run tool -- recipes` from `recipes/`.',
    '',
    '## A recipe of your own',
    '',
    '```json',
    '{ "name": "mine", "extends": "cnn-rnn", "epochs": 20, "optimizer": { "learningRate": 0.001 } }',
    '```',
    '',
    '`extends` names a recipe, or a file from the folder of the one that names it; what the file does not say is what that',
    'one says. Parts are merged, lists take the place of lists, and `null` takes a part away (`"mixing": null`) where it is no',
    'value (`"maximumNorm": null`). An object of another kind keeps nothing: `"optimizer": { "optimizer": "sgd", ... }`. Name,',
    "description, cost and score are those of the file itself. A run's `config.json` holds the recipe as it came out.",
    '',
    '## Several runs after each other',
    '',
    "A recipe with `steps` is a chain of runs, trained by the same command. Each step is a folder below the run's: a run to",
    '`train`, a `cross-validate` with its `folds`, or the `refit` of an earlier step. A run that `needs` earlier steps learns',
    'from their predictions, by its `distillation`: those of a cross-validation are out of sample, those of a run are of all',
    'posters but those of the test. A run `from` an earlier one starts from its last weights, averaged where it averages',
    "them, in place of its `fineTuning`'s `initialWeights`. All steps have the same split, genres and seed.",
    '',
    '```json',
    '{',
    '  "name": "taught",',
    '  "steps": [',
    '    { "step": "teacher", "train": "cnn-rnn" },',
    '    { "step": "student", "train": "student.json", "needs": ["teacher"] },',
    '    { "step": "final", "refit": "student" }',
    '  ]',
    '}',
    '```',
    '',
    'Here `student.json` extends `cnn-rnn` and says `"distillation": { "predictions": ["teacher.jsonl"] }`, for which the',
    "chain puts the teacher's predictions. After a kill the same command goes on, in the step and at the checkpoint where it",
    'was, to the same bits; so does `onesheet train --resume <folder>`. A step that was finished, and whose recipe, data, seed and',
    'predictions have the hashes that it was finished with, is skipped.',
    '',
    '## Recipes of the package',
    '',
    ...sections(false),
    '## Recipes of research',
    '',
    'How the model that ships came to be and what was compared on the way ([experiments.md](experiments.md)). They lie in',
    '`recipes/research/`, which comes with a clone of the repository and not with the package.',
    '',
    ...sections(true),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

export async function writeRecipes(): Promise<void> {
  writeFileSync(new URL('docs/recipes.md', root), await renderRecipes());
}
