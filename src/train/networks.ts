/** @module A run's configuration -> the networks it starts from: fresh weights, or those of a file where it has some. */
import { createHash } from 'node:crypto';
import { onesheetError } from '../errors.ts';
import { readWholeFile } from '../files.ts';
import { formatShape, type Graph } from '../graph/index.ts';
import type { PixelSize } from '../image/index.ts';
import {
  buildNetwork,
  type NetworkInput,
  type OnnxNetworkOptions,
  readTrunk,
  withWeights,
} from '../nn/index.ts';
import type { Random } from '../random.ts';
import type { Recipe, RunConfig } from '../run/index.ts';
import { decodeTensors } from '../safetensors.ts';
import { checkpointGroup } from './record/checkpoint.ts';

/** A network and the same one, with the same weights, for posters in reading size. */
export interface Networks {
  /** What learns, from posters in the size of the recipe's input. */
  readonly learning: Graph;
  /** What is validated and kept: the same object where the sizes are one. */
  readonly reading: Graph;
}

/** SHA-256, in hexadecimal, of the file that the weights start from; `undefined` when all of them start fresh. */
export async function initialWeightsHash({ network, fineTuning }: Recipe): Promise<string | undefined> {
  if (network.network === 'onnx') return sha256(await readWholeFile(network.file, networkFile));
  const path = fineTuning?.initialWeights;
  return path === undefined ? undefined : sha256(await readWholeFile(path, 'initial weights (safetensors)'));
}

const networkFile = 'the network to start from (.onnx)';

function expectHash(path: string, bytes: Uint8Array, hash: string): void {
  const found = sha256(bytes);
  if (found !== hash)
    throw onesheetError(
      'INITIAL_WEIGHTS_FOREIGN',
      path,
      `its SHA-256 is ${found}, the run began with ${hash}`,
    );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Reads float32 weights by name; the network may have more. Of a run's checkpoint these are the averaged weights, or its
 * last ones where it averages none.
 *
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE, TENSOR_FILE_DAMAGED, or INITIAL_WEIGHTS_FOREIGN when a
 * weight is not the network's, has another shape, or the file is not the one whose hash is given
 */
async function loadInitialWeights(network: Graph, path: string, hash: string): Promise<Graph> {
  const bytes = await readWholeFile(path, 'initial weights (safetensors)');
  const { tensors } = decodeTensors(bytes, path);
  expectHash(path, bytes, hash);
  const weights = new Map<string, Float32Array>();
  for (const [name, { shape, data }] of weightsAmong(tensors)) {
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
  return withWeights(network, weights, 'file');
}

/** The tensors themselves, or what a checkpoint among them holds as weights. */
function weightsAmong<Tensor>(tensors: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  const groups = (['weights', 'average'] as const).map((group) => checkpointGroup(tensors, group));
  const weights = new Map(groups.flatMap((group) => [...group]));
  return weights.size === 0 ? tensors : weights;
}

/** Initial biases of the logits; a share of 0 or 1 is drawn a little inwards. */
function logOdds(prevalence: readonly number[]): number[] {
  return prevalence.map((share) => {
    const inner = Math.min(Math.max(share, 1e-4), 1 - 1e-4);
    return Math.log(inner / (1 - inner));
  });
}

/** A network of onesheet's own, whose weights are fresh, or the recipe's initial ones where it has some. */
async function ownNetwork(config: RunConfig, input: NetworkInput, random: Random): Promise<Graph> {
  const { recipe, initialWeightsHash: hash } = config;
  const network = buildNetwork(recipe.network, input, random).graph;
  const path = recipe.fineTuning?.initialWeights;
  return path === undefined ? network : loadInitialWeights(network, path, hash ?? '');
}

/** A fresh head on the trunk of an ONNX file. */
async function onnxNetwork(
  options: OnnxNetworkOptions,
  config: RunConfig,
  input: NetworkInput,
  random: Random,
): Promise<Graph> {
  const bytes = await readWholeFile(options.file, networkFile);
  expectHash(options.file, bytes, config.initialWeightsHash ?? '');
  const { features, file: source } = options;
  const trunk = await readTrunk(bytes, { source, height: input.height, width: input.width, features });
  return buildNetwork(options, input, random, trunk).graph;
}

/** The networks that the recipe starts from; fresh weights come from the run's generator. */
export async function startingNetworks(config: RunConfig, random: Random): Promise<Networks> {
  const { recipe, genres } = config;
  const begin = ({ height, width }: PixelSize): Promise<Graph> => {
    const input = { height, width, genres: genres.length, bias: logOdds(config.prevalence) };
    const generator = random.split('network');
    return recipe.network.network === 'onnx'
      ? onnxNetwork(recipe.network, config, input, generator)
      : ownNetwork(config, input, generator);
  };
  const learning = await begin(recipe.input);
  const reading = recipe.readingSize === undefined ? learning : await begin(recipe.readingSize);
  return { learning, reading };
}
