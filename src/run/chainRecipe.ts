/** @module A chain's JSON -> the runs that follow each other: what each one trains by, and which it needs. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { firstProblem, type Recipe, recipeSchema, recipeWords } from './recipe.ts';

const stepName = z.string().regex(/^[a-z0-9][a-z0-9-]*$/i, 'expected letters, digits and dashes');
const reference = z.string().min(1);

const stepSchema = z
  .strictObject({
    /** The folder of what it makes, below the chain's. */
    step: stepName,
    /** The recipe of a run to train. */
    train: reference.optional(),
    /** The recipe of a cross-validation. */
    'cross-validate': reference.optional(),
    /** How many folds it has, 3 where it does not say. */
    folds: z.number().int().min(2).max(1000).optional(),
    /** The earlier step whose run learns from its validation posters too. */
    refit: stepName.optional(),
    /** Earlier steps whose predictions the recipe's distillation learns from. */
    needs: z.array(stepName).min(1).optional(),
    /** The earlier run whose last weights, averaged where it averages them, the recipe's fine-tuning starts from. */
    from: stepName.optional(),
  })
  .superRefine((step, context) => {
    const kinds = (['train', 'cross-validate', 'refit'] as const).filter((kind) => step[kind] !== undefined);
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    if (kinds.length !== 1) refuse('expected one of train, cross-validate and refit');
    else if (step.folds !== undefined && kinds[0] !== 'cross-validate')
      refuse('only a cross-validation has folds');
    else if (step.needs !== undefined && kinds[0] === 'refit') refuse('a refit needs the run that it names');
    else if (step.from !== undefined && kinds[0] !== 'train')
      refuse('only a run to train starts from another');
  });

const chainSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string().default(''),
  ...recipeWords,
  /** Genres with fewer posters are learned by no run, whatever the recipes say. */
  minimumSupport: z.number().int().min(1).optional(),
  steps: z.array(stepSchema).min(1),
});

const storedStep = { name: stepName, needs: z.array(stepName).readonly(), recipe: recipeSchema };

/** A chain as its folder holds it: with the recipes that its steps named. */
export const storedChainSchema = chainSchema.extend({
  steps: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ ...storedStep, kind: z.literal('train'), from: stepName.optional() }),
        z.strictObject({ ...storedStep, kind: z.literal('cross-validate'), folds: z.number().int() }),
        z.strictObject({ ...storedStep, kind: z.literal('refit') }),
      ]),
    )
    .readonly(),
});

/** Runs that follow each other, in the order in which they are done. */
export type Chain = z.infer<typeof storedChainSchema>;
/** A run of a chain, or several, with the recipe that it is by. */
export type ChainStep = Chain['steps'][number];

/**
 * @param readRecipe reads the recipe that a step names
 * @throws {OnesheetError} RECIPE_INVALID for a step that is none, has another's name, needs what does not stand before
 * it, needs predictions without learning from any, or starts from a run without fine-tuning; what reading the recipes
 * throws
 */
export async function parseChain(
  json: unknown,
  source: string,
  readRecipe: (reference: string) => Promise<Recipe>,
): Promise<Chain> {
  const result = chainSchema.safeParse(json);
  if (!result.success) throw onesheetError('RECIPE_INVALID', source, firstProblem(result.error));
  const { steps, ...chain } = result.data;
  const done = new Map<string, ChainStep>();
  for (const [at, { step: name, folds = 3, needs = [], from, refit, ...recipes }] of steps.entries()) {
    const refuse = (field: string, message: string) =>
      onesheetError('RECIPE_INVALID', source, `steps.${at}.${field}: ${message}`);
    const earlier = (field: string, other: string): ChainStep => {
      const found = done.get(other);
      if (found) return found;
      const known = done.size === 0 ? 'there is none' : `those are ${[...done.keys()].join(', ')}`;
      throw refuse(field, `expected a step that stands before ${name} but received ${other}; ${known}`);
    };
    if (done.has(name)) throw refuse('step', `two steps are called ${name}`);
    if (refit !== undefined) {
      const { kind, recipe } = earlier('refit', refit);
      if (kind !== 'train') throw refuse('refit', `${refit} is no run that is trained`);
      done.set(name, { name, kind: 'refit', recipe, needs: [refit] });
      continue;
    }
    const kind = recipes.train === undefined ? 'cross-validate' : 'train';
    const recipe = await readRecipe((recipes.train ?? recipes['cross-validate'])!);
    for (const need of needs)
      if (earlier('needs', need).kind === 'refit')
        throw refuse('needs', `${need} has seen the validation posters, so that nobody learns from it`);
    if (needs.length > 0 && recipe.distillation === undefined)
      throw refuse('needs', `the recipe ${recipe.name} has no distillation, so that it learns from nobody`);
    if (from !== undefined && earlier('from', from).kind !== 'train')
      throw refuse('from', `${from} is no run that is trained`);
    if (from !== undefined && recipe.fineTuning?.initialWeights === undefined)
      throw refuse(
        'from',
        `the recipe ${recipe.name} has no fineTuning.initialWeights, so that it starts fresh`,
      );
    done.set(
      name,
      kind === 'train'
        ? { name, kind, recipe, needs, ...(from !== undefined && { from }) }
        : { name, kind, recipe, folds, needs },
    );
  }
  return { ...chain, steps: [...done.values()] };
}
