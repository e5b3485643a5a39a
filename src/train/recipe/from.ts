/** @module A recipe and the place of an ONNX network -> the recipe that fine-tunes that network. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { OnesheetError, onesheetError } from '../../errors.ts';
import { readWholeFile } from '../../files.ts';
import { fetchFromHub, type HubOptions, isHubReference } from '../../hub/index.ts';
import { type OnnxNetworkOptions, pictureInputOf, readTrunk } from '../../nn/index.ts';
import { parseRecipe, type Recipe } from '../../run/index.ts';

/** What exported networks expect of pixels in [0, 255]: subtract the mean, divide by the deviation. */
const normalizations = {
  /** Means and deviations of ImageNet's photographs. */
  imagenet: { mean: [123.675, 116.28, 103.53], deviation: [58.395, 57.12, 57.375] },
  /** To [-1, 1]. */
  half: { mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] },
  /** To [0, 1]. */
  unit: { mean: [0, 0, 0], deviation: [255, 255, 255] },
  /** As they are. */
  none: { mean: [0, 0, 0], deviation: [1, 1, 1] },
} as const satisfies Record<string, Pick<OnnxNetworkOptions, 'mean' | 'deviation'>>;

export interface FromOptions extends HubOptions {
  /** Path of an ONNX file, or `hf:owner/name[/file][@revision]`. */
  readonly from: string;
  /** Tensor at which the network is cut. @default what its last dense layer reads, else its output */
  readonly features?: string;
  /**
   * A name of {@link normalizations} or the path of a preprocessor_config.json.
   *
   * @default the hub's preprocessor_config.json where the repository has one, else `imagenet`
   */
  readonly normalize?: string;
}

type Normalization = Pick<OnnxNetworkOptions, 'mean' | 'deviation'>;

const three = z.union([z.number(), z.array(z.number()).length(3)]);
const preprocessorSchema = z.object({
  do_rescale: z.boolean().default(true),
  rescale_factor: z
    .number()
    .positive()
    .default(1 / 255),
  do_normalize: z.boolean().default(true),
  image_mean: three.default([0.485, 0.456, 0.406]),
  image_std: three.default([0.229, 0.224, 0.225]),
});

function tripleOf(value: number | readonly number[]): [number, number, number] {
  const [a, b, c] = typeof value === 'number' ? [value, value, value] : value;
  return [a!, b!, c!];
}

/**
 * Reads the facts of a preprocessor_config.json that concern values: (pixel * rescale_factor - mean) / std.
 *
 * @throws {OnesheetError} PREPROCESSOR_INVALID, naming the field
 */
export function normalizationOf(json: string, source: string): Normalization {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw onesheetError('PREPROCESSOR_INVALID', source, 'it is no JSON');
  }
  const result = preprocessorSchema.safeParse(parsed);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw onesheetError(
      'PREPROCESSOR_INVALID',
      source,
      `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`,
    );
  }
  const { do_rescale, rescale_factor, do_normalize, image_mean, image_std } = result.data;
  const scale = do_rescale ? rescale_factor : 1;
  const mean = do_normalize ? tripleOf(image_mean) : tripleOf(0);
  const deviation = do_normalize ? tripleOf(image_std) : tripleOf(1);
  // Rounded, so that 0.485 / (1 / 255) is 123.675.
  const scaled = (values: readonly number[]) =>
    tripleOf(values.map((value) => Number((value / scale).toPrecision(12))));
  return { mean: scaled(mean), deviation: scaled(deviation) };
}

async function chooseNormalization(
  name: string | undefined,
  given: Normalization | undefined,
): Promise<Normalization> {
  if (name === undefined) return given ?? normalizations.imagenet;
  if (Object.hasOwn(normalizations, name)) return normalizations[name as keyof typeof normalizations];
  if (!name.endsWith('.json'))
    throw onesheetError(
      'OPTION_INVALID',
      'normalize',
      `${Object.keys(normalizations).join(', ')} or a preprocessor_config.json`,
      name,
    );
  return normalizationOf((await readWholeFile(name, 'a preprocessor_config.json')).toString(), name);
}

interface Fetched {
  readonly file: string;
  /** Where it came from and at which revision. */
  readonly source?: string;
  readonly normalization?: Normalization;
}

async function fetchNetwork(options: FromOptions): Promise<Fetched> {
  if (!isHubReference(options.from)) return { file: resolve(options.from) };
  const { network, preprocessor, source } = await fetchFromHub(options.from, options);
  const json = preprocessor === undefined ? undefined : await readFile(preprocessor, 'utf8');
  return {
    file: network,
    source,
    normalization:
      json === undefined ? undefined : normalizationOf(json, `${source}'s preprocessor_config.json`),
  };
}

/**
 * Completes a recipe whose network is `onnx`: fetches the network where it is on the hub, reads it once, so that
 * whatever does not fit is said before any poster is, and settles its normalization and the size of its pictures.
 * That is the recipe's where the network takes it, else the size that the file was exported for.
 *
 * @throws {OnesheetError} OPTION_INVALID for another kind of recipe; the codes of `readTrunk` and of the hub
 */
export async function recipeFrom(recipe: Recipe, options: FromOptions): Promise<Recipe> {
  const { network } = recipe;
  if (network.network !== 'onnx')
    throw onesheetError(
      'OPTION_INVALID',
      'recipe',
      'a recipe whose network is onnx beside --from, such as fine-tune',
      recipe.name,
    );
  const { file, source, normalization } = await fetchNetwork(options);
  const name = source ?? options.from;
  const bytes = await readWholeFile(file, 'a network to start from (.onnx)');
  const picture = pictureInputOf(bytes, name);
  const features = options.features ?? network.features;
  const sizes = [{ height: recipe.input.height, width: recipe.input.width }];
  if (picture.height !== undefined && picture.width !== undefined)
    sizes.push({ height: picture.height, width: picture.width });
  const failures: unknown[] = [];
  for (const size of sizes) {
    try {
      const trunk = await readTrunk(bytes, { source: name, ...size, features });
      const values =
        picture.dtype === 'uint8'
          ? normalizations.none
          : await chooseNormalization(options.normalize, normalization);
      const complete = {
        ...recipe,
        network: { ...network, file, source, features: trunk.features.name, ...values },
        input: { ...recipe.input, ...size },
      };
      return parseRecipe(complete, recipe.name);
    } catch (error) {
      if (!(error instanceof OnesheetError) || error.code !== 'GRAPH_SHAPE') throw error;
      failures.push(error);
    }
  }
  throw failures.at(-1);
}
