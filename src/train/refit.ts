/** @module A finished run -> a model that has learned from its validation posters too. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDataset, readSplit, withoutValidation } from '../dataset/index.ts';
import { writeFileAtomically } from '../files.ts';
import { encodeModel, loadModel } from '../model/index.ts';
import { Random } from '../random.ts';
import { version } from '../version.ts';
import { readRunConfig } from './config.ts';
import { RunFolder, runFiles } from './folder.ts';
import { gatherPosters } from './gather.ts';
import { Trainer, type TrainingOutcome } from './loop.ts';
import { checkpointingHooks, identityOf, type RecordingOptions } from './record.ts';
import { startingNetwork } from './start.ts';

export interface RefitOptions extends RecordingOptions {
  /** The folder of a run whose training has ended. */
  readonly run: string;
  /** Folder for pixels, so that they need not be decoded again. @default none */
  readonly cache?: string;
  readonly onStart?: (facts: { readonly posters: number; readonly epochs: number }) => void;
}

export interface RefitResult {
  readonly outcome: TrainingOutcome;
  /** The file of the model, once it is finished. */
  readonly model: string;
  /** Posters that it learned from, and epochs done. */
  readonly posters: number;
  readonly epochs: number;
}

/**
 * Trains a run's recipe once more, with its seed, on its training and validation posters together, for as many epochs
 * as its best model had, and writes `refit.onnx` into the run. Nothing is left to choose or calibrate by, so calibration
 * and policies are those of the run's best model, which is the same recipe with fewer posters. Called again after an
 * interruption, it goes on to the same bits.
 *
 * @throws {OnesheetError} FILE_MISSING for a run without a best model, and as `resume`
 */
export async function refit(options: RefitOptions): Promise<RefitResult> {
  const { run } = options;
  const own = await readRunConfig(join(run, runFiles.config));
  const best = await loadModel(join(run, runFiles.model));
  options.onPreparation?.('reading the table', 0, 0);
  const dataset = await loadDataset({ data: own.data, images: own.images });
  const split = withoutValidation(await readSplit(join(run, runFiles.split), dataset));
  const config = { ...own, splitHash: split.hash };
  const { recipe, seed, threads } = config;
  const random = Random.fromSeed(seed);
  const { data } = await gatherPosters(config, dataset, split, { ...options, validates: false });
  const { network, reader, trunk } = await startingNetwork(config, random);
  const trainer = new Trainer({ recipe, network, reader, data, random, threads, trunk });
  const state = trainer.initialState();
  const folder = join(run, runFiles.refit);
  await mkdir(folder, { recursive: true });
  const files = new RunFolder(folder, identityOf(network, config));
  await files.restore(state);
  const { provenance } = best.metadata;
  const model = join(run, runFiles.refitModel);
  const posters = data.train.length;
  options.onStart?.({ posters, epochs: provenance.epoch });
  try {
    const hooks = checkpointingHooks(files, Math.min(recipe.batchSize, posters), options);
    const outcome = await trainer.run(state, hooks, provenance.epoch);
    if (outcome !== 'interrupted') {
      const metadata = {
        ...best.metadata,
        provenance: { ...provenance, trainingPosters: posters, version, calibratedBy: best.sha256 },
      };
      await writeFileAtomically(model, encodeModel(reader, metadata, state.average.tensors));
    }
    return { outcome, model, posters, epochs: state.epoch };
  } finally {
    await trainer.release();
  }
}
