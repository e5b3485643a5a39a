/** @module A finished run -> a model that has learned from its validation posters too. */
import { withoutValidation } from '../dataset/index.ts';
import { makeFolder, writeFileAtomically } from '../files.ts';
import type { SessionOptions } from '../graph/index.ts';
import type { Lock } from '../lock.ts';
import { encodeModel } from '../model/index.ts';
import { asOnlyWriter, Run } from '../run/index.ts';
import { version } from '../version.ts';
import { identityOf } from './record/checkpoint.ts';
import { RunFolder } from './record/folder.ts';
import { checkpointingHooks, type RecordingOptions } from './record/hooks.ts';
import { Training, type TrainingOutcome } from './training.ts';

export interface RefitOptions extends RecordingOptions {
  /** The folder of a run whose training has ended. */
  readonly run: string;
  /** Folder for pixels, so that they need not be decoded again. @default none */
  readonly cache?: string;
  /** Is told of each session, after its first run, which operators ran where. */
  readonly onPlacement?: SessionOptions['onPlacement'];
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
  // Before a folder is made for a run that is not there.
  await Run.open(options.run);
  return asOnlyWriter(options.run, 'refit', (lock) => refitRun(options, lock));
}

async function refitRun(options: RefitOptions, lock: Lock): Promise<RefitResult> {
  const run = await Run.open(options.run);
  const best = await run.model();
  options.onPreparation?.('reading the table', 0, 0);
  const { dataset, split: own } = await run.data();
  const split = withoutValidation(own);
  const config = { ...run.config, splitHash: split.hash };
  const folder = run.path('refit');
  const training = await Training.open({ config, dataset, split }, { ...options, validates: false });
  const { gathered, networks, state } = training;
  const files = new RunFolder(folder, identityOf(networks.learning, config), lock);
  await makeFolder(folder);
  await files.restore(state);
  const { provenance } = best.metadata;
  const model = run.path('refitModel');
  const posters = gathered.data.train.length;
  options.onStart?.({ posters, epochs: provenance.epoch });
  try {
    const hooks = checkpointingHooks(files, Math.min(config.recipe.batchSize, posters), options);
    const outcome = await training.run(hooks, provenance.epoch);
    if (outcome !== 'interrupted') {
      const metadata = {
        ...best.metadata,
        provenance: { ...provenance, trainingPosters: posters, version, calibratedBy: best.sha256 },
      };
      await lock.confirm();
      await writeFileAtomically(model, encodeModel(networks.reading, metadata, state.average.tensors));
    }
    return { outcome, model, posters, epochs: state.epoch };
  } finally {
    await training.close();
  }
}
