/** @module A run's configuration, data and split -> a trainer in its first state, and the folder of its checkpoints. */
import type { Dataset, Split } from '../dataset/index.ts';
import type { Graph } from '../graph/index.ts';
import type { Lock } from '../lock.ts';
import { Random } from '../random.ts';
import type { RunConfig } from '../run/index.ts';
import { type GatheredPosters, type GatherOptions, gatherPosters } from './data/gather.ts';
import { RunFolder } from './folder.ts';
import { Trainer, type TrainingState } from './loop.ts';
import { startingNetwork } from './networks.ts';
import { identityOf } from './record.ts';

/** What a training is of. */
export interface Prepared {
  readonly config: RunConfig;
  readonly dataset: Dataset;
  readonly split: Split;
}

export interface ReadyTraining {
  readonly gathered: GatheredPosters;
  /** For posters in reading size. */
  readonly reader: Graph;
  readonly trainer: Trainer;
  readonly state: TrainingState;
  readonly files: RunFolder;
}

/** @throws {OnesheetError} for posters, weights or a recipe that do not fit */
export async function prepareTraining(
  { config, dataset, split }: Prepared,
  folder: string,
  lock: Lock,
  options: GatherOptions,
): Promise<ReadyTraining> {
  const { recipe, seed, threads } = config;
  const random = Random.fromSeed(seed);
  const gathered = await gatherPosters(config, dataset, split, options);
  const { network, reader } = await startingNetwork(config, random);
  const { data } = gathered;
  const trainer = new Trainer({ recipe, network, reader, data, random, threads });
  const files = new RunFolder(folder, identityOf(network, config), lock);
  return { gathered, reader, trainer, state: trainer.initialState(), files };
}
