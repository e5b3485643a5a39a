/** @module A run's configuration -> the network it starts from: fresh weights, or those of a file where it has some. */
import { createHash } from 'node:crypto';
import { onesheetError } from '../errors.ts';
import { readWholeFile } from '../files.ts';
import { formatShape, type Graph } from '../graph/index.ts';
import { buildNetwork, withWeights } from '../nn/index.ts';
import type { Random } from '../random.ts';
import type { RunConfig } from './config.ts';
import { decodeTensors } from './safetensors.ts';

export interface StartingNetwork {
  readonly network: Graph;
  /** Names of the weights that came from the file. */
  readonly trunk: ReadonlySet<string>;
}

/** SHA-256 of the file of initial weights, in hexadecimal. */
export async function initialWeightsHash(path: string): Promise<string> {
  return sha256(await readWholeFile(path, 'initial weights (safetensors)'));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Reads float32 weights by name; the network may have more.
 *
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE, TENSOR_FILE_DAMAGED, or INITIAL_WEIGHTS_FOREIGN when a
 * weight is not the network's, has another shape, or the file is not the one whose hash is given
 */
async function loadInitialWeights(network: Graph, path: string, hash: string): Promise<StartingNetwork> {
  const bytes = await readWholeFile(path, 'initial weights (safetensors)');
  const { tensors } = decodeTensors(bytes, path);
  const found = sha256(bytes);
  if (found !== hash)
    throw onesheetError(
      'INITIAL_WEIGHTS_FOREIGN',
      path,
      `its SHA-256 is ${found}, the run began with ${hash}`,
    );
  const weights = new Map<string, Float32Array>();
  for (const [name, { shape, data }] of tensors) {
    const expected = network.initializers.get(name);
    if (expected === undefined)
      throw onesheetError('INITIAL_WEIGHTS_FOREIGN', path, `the network has no ${name}`);
    const shapes = [shape, expected.shape].map(formatShape);
    if (shapes[0] !== shapes[1])
      throw onesheetError(
        'INITIAL_WEIGHTS_FOREIGN',
        path,
        `${name} is ${shapes[0]} there and ${shapes[1]} here`,
      );
    if (!(data instanceof Float32Array))
      throw onesheetError('INITIAL_WEIGHTS_FOREIGN', path, `${name} is not float32`);
    weights.set(name, data);
  }
  return { network: withWeights(network, weights), trunk: new Set(weights.keys()) };
}

/** Initial biases of the logits; a share of 0 or 1 is drawn a little inwards. */
function logOdds(prevalence: readonly number[]): number[] {
  return prevalence.map((share) => {
    const inner = Math.min(Math.max(share, 1e-4), 1 - 1e-4);
    return Math.log(inner / (1 - inner));
  });
}

/** The network with fresh weights from the run's generator, or with the recipe's initial ones where it has some. */
export async function startingNetwork(config: RunConfig, random: Random): Promise<StartingNetwork> {
  const { recipe, genres, initialWeightsHash: hash } = config;
  const input = { ...recipe.input, genres: genres.length, bias: logOdds(config.prevalence) };
  const network = buildNetwork(recipe.network, input, random.split('network')).graph;
  if (recipe.fineTuning === undefined) return { network, trunk: new Set() };
  return loadInitialWeights(network, recipe.fineTuning.initialWeights, hash ?? '');
}
