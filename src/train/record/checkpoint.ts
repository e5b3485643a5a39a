/** @module A training's whole state <-> one file, from which it continues to the same bits. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { onesheetError } from '../../errors.ts';
import type { Graph } from '../../graph/index.ts';
import { deviceOtherThanCpu, type RunConfig } from '../../run/index.ts';
import { readTensors, type StoredTensor, writeTensors } from '../../safetensors.ts';
import type { EarlyStoppingState } from '../earlyStopping.ts';
import type { AverageState } from '../step/average.ts';
import type { OptimizerState } from '../step/optimizer.ts';

/** All that a training needs to continue to the same bits; random numbers follow from the seed and these counts. */
export interface CheckpointState {
  /** Epochs completed. */
  readonly epoch: number;
  /** Steps done of the epoch under way: the next batch begins at this place of the epoch's order. */
  readonly step: number;
  /** Steps done since the training began. */
  readonly updates: number;
  /** Sum of the losses of the epoch under way, so that its mean comes out to the same bit. */
  readonly lossSum: number;
  readonly earlyStopping: EarlyStoppingState;
  /** Parameters and the running statistics of batch normalization. */
  readonly weights: Map<string, Float32Array>;
  readonly average: AverageState;
  readonly optimizer: OptimizerState;
}

/** What a checkpoint must have in common with the run that resumes from it. */
export interface CheckpointIdentity {
  /** Shapes of all weights by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Hash of the run's configuration (data, split, recipe, seed). */
  readonly configHash: string;
  /** Hash of the network's operators and how they are connected. */
  readonly networkSignature: string;
}

/** What ties a checkpoint to its run: shapes, configuration and the network's operators. */
export function identityOf(network: Graph, config: RunConfig): CheckpointIdentity {
  const names = [...network.parameters, ...network.statistics];
  const { recipe, dataHash, splitHash, genres, seed, threads, initialWeightsHash: weightsHash } = config;
  const { targetsHash: predictionsHash } = config;
  const device = deviceOtherThanCpu(config);
  // Nodes of an ONNX network may hold int64 tensors.
  const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
  const sha256 = (value: unknown): string =>
    createHash('sha256').update(JSON.stringify(value, plain)).digest('hex');
  return {
    shapes: new Map(names.map((name) => [name, network.initializers.get(name)!.shape])),
    configHash: sha256(
      [recipe, dataHash, splitHash, genres, seed, threads, weightsHash, predictionsHash, device].filter(
        (part) => part !== undefined,
      ),
    ),
    networkSignature: sha256(network.nodes),
  };
}

const metadataKey = 'onesheet.checkpoint';
const formatVersion = 1;

const count = z.int().nonnegative();
const metadataSchema = z.strictObject({
  version: z.literal(formatVersion),
  epoch: count,
  step: count,
  updates: count,
  lossSum: z.number(),
  earlyStopping: z.strictObject({
    best: z.strictObject({ epoch: count, value: z.number() }).nullable(),
    epochsWithoutImprovement: count,
  }),
  averageStep: count,
  optimizerStep: count,
  configHash: z.string(),
  networkSignature: z.string(),
});

type Metadata = z.infer<typeof metadataSchema>;

/** What a checkpoint's tensors belong to: each name begins with it and a slash. */
type Group = 'weights' | 'average' | 'optimizer';

/** The tensors of a group by their own names; none where the tensors are no checkpoint's. */
export function checkpointGroup<Tensor>(
  tensors: ReadonlyMap<string, Tensor>,
  group: Group,
): ReadonlyMap<string, Tensor> {
  const prefix = `${group}/`;
  return new Map(
    [...tensors].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
    ),
  );
}

/**
 * Saves atomically: whatever goes wrong (a full disk, a kill), the file at `path` is the previous checkpoint or
 * the whole new one. The same state gives the same bytes.
 *
 * @throws {OnesheetError} FILE_UNWRITABLE.
 */
export async function saveCheckpoint(
  path: string,
  state: CheckpointState,
  identity: CheckpointIdentity,
): Promise<void> {
  const { epoch, step, updates, lossSum, earlyStopping, weights, average, optimizer } = state;
  const { shapes, configHash, networkSignature } = identity;
  const tensors = new Map<string, StoredTensor>();
  const put = (group: Group, values: ReadonlyMap<string, Float32Array>) => {
    for (const [name, data] of values)
      tensors.set(`${group}/${name}`, { shape: shapes.get(name) ?? [data.length], data });
  };
  put('weights', weights);
  put('average', average.tensors);
  put('optimizer', optimizer.tensors);
  const metadata: Metadata = {
    version: formatVersion,
    epoch,
    step,
    updates,
    lossSum,
    earlyStopping,
    averageStep: average.step,
    optimizerStep: optimizer.step,
    configHash,
    networkSignature,
  };
  await writeTensors(path, tensors, { [metadataKey]: JSON.stringify(metadata) });
}

/**
 * Loads what {@link saveCheckpoint} saved; give its identity to {@link assertCheckpointMatches} before use.
 *
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE, TENSOR_FILE_DAMAGED (cut short, a bit flipped) or
 *   CHECKPOINT_INVALID (a sound file of another kind).
 */
export async function loadCheckpoint(
  path: string,
): Promise<{ readonly state: CheckpointState; readonly identity: CheckpointIdentity }> {
  const file = await readTensors(path);
  const metadata = parseMetadata(file.metadata[metadataKey], path);
  const weights = new Map<string, Float32Array>();
  const average = new Map<string, Float32Array>();
  const optimizer = new Map<string, Float32Array>();
  const groups = new Map(Object.entries({ weights, average, optimizer }));
  const shapes = new Map<string, readonly number[]>();
  for (const [key, { shape, data }] of file.tensors) {
    const slash = key.indexOf('/');
    const group = groups.get(key.slice(0, slash));
    const name = key.slice(slash + 1);
    if (group === undefined || !(data instanceof Float32Array))
      throw onesheetError('CHECKPOINT_INVALID', path, `its tensor ${key} is none that training saves`);
    group.set(name, data);
    if (group === weights) shapes.set(name, shape);
  }
  const { epoch, step, updates, lossSum, earlyStopping, configHash, networkSignature } = metadata;
  return {
    state: {
      epoch,
      step,
      updates,
      lossSum,
      earlyStopping,
      weights,
      average: { step: metadata.averageStep, tensors: average },
      optimizer: { step: metadata.optimizerStep, tensors: optimizer },
    },
    identity: { shapes, configHash, networkSignature },
  };
}

function parseMetadata(text: string | undefined, path: string): Metadata {
  if (text === undefined)
    throw onesheetError('CHECKPOINT_INVALID', path, `its metadata has no ${metadataKey}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw onesheetError('CHECKPOINT_INVALID', path, `its ${metadataKey} is not JSON`);
  }
  const parsed = metadataSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw onesheetError(
    'CHECKPOINT_INVALID',
    path,
    `its ${[metadataKey, ...issue!.path].join('.')} is wrong (${issue!.message})`,
  );
}

/**
 * Makes sure that the checkpoint at `path` belongs to this run, before any of it is used.
 *
 * @throws {OnesheetError} CHECKPOINT_FOREIGN naming the first parameter that differs and both shapes, or
 *   CHECKPOINT_CONFIG when the network is the same but the configuration is another.
 */
export function assertCheckpointMatches(
  path: string,
  found: CheckpointIdentity,
  expected: CheckpointIdentity,
): void {
  for (const name of new Set([...expected.shapes.keys(), ...found.shapes.keys()])) {
    const [inFile, inNetwork] = [found, expected].map(({ shapes }) => {
      const shape = shapes.get(name);
      return shape === undefined ? 'absent' : `[${shape.join(', ')}]`;
    });
    if (inFile !== inNetwork)
      throw onesheetError('CHECKPOINT_FOREIGN', path, `${name} is ${inFile} there and ${inNetwork} here`);
  }
  if (found.networkSignature !== expected.networkSignature)
    throw onesheetError(
      'CHECKPOINT_FOREIGN',
      path,
      `its parameters have these shapes, but its operators differ (${found.networkSignature} there and ${expected.networkSignature} here)`,
    );
  if (found.configHash !== expected.configHash)
    throw onesheetError('CHECKPOINT_CONFIG', path, found.configHash, expected.configHash);
}
