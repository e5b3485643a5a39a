/** @module A training under way -> its run's folder kept up to date, and its observer informed. */

import type { EpochReport, TrainingHooks, TrainingState } from '../training.ts';
import type { packBestModel } from './best.ts';
import type { RunFolder } from './folder.ts';
import type { EventWriter } from './tensorboard.ts';

/** What a training tells while it goes on. */
export interface ProgressObserver {
  /** A preparation begins or goes on: reading, hashing, decoding. */
  readonly onPreparation?: (what: string, done: number, total: number) => void;
  readonly onStep?: (progress: {
    epoch: number;
    step: number;
    stepsPerEpoch: number;
    loss: number;
    images: number;
  }) => void;
  readonly onEpoch?: (report: EpochReport) => void;
}

export interface RecordingOptions extends ProgressObserver {
  /** Finishes the step under way, saves, and returns with the outcome `interrupted`. */
  readonly signal?: AbortSignal;
  /** Seconds between checkpoints within an epoch. @default 60 */
  readonly checkpointSeconds?: number;
}

/** Hooks that save the state now and then and after each epoch; `images` are those of a step. */
export function checkpointingHooks(
  files: RunFolder,
  images: number,
  options: RecordingOptions,
): Required<Omit<TrainingHooks, 'signal'>> & Pick<TrainingHooks, 'signal'> {
  const interval = (options.checkpointSeconds ?? 60) * 1000;
  let lastSaved = performance.now();
  const save = async (state: TrainingState): Promise<void> => {
    await files.save(state);
    lastSaved = performance.now();
  };
  return {
    signal: options.signal,
    onStep: async (state, loss, stepsPerEpoch) => {
      options.onStep?.({ epoch: state.epoch + 1, step: state.step, stepsPerEpoch, loss, images });
      if (options.signal?.aborted || performance.now() - lastSaved > interval) await save(state);
    },
    onEpoch: async (state, report) => {
      await save(state);
      options.onEpoch?.(report);
    },
  };
}

/** {@link checkpointingHooks} that also record each epoch, and the best model with what it says of validation. */
export function recordingHooks(
  files: RunFolder,
  events: EventWriter,
  pack: (report: EpochReport) => ReturnType<typeof packBestModel>,
  images: number,
  options: RecordingOptions,
): TrainingHooks {
  const checkpointing = checkpointingHooks(files, images, options);
  let [epochStart, trainingEnd] = [performance.now(), performance.now()];
  let steps = 0;
  return {
    signal: options.signal,
    onStep: async (state, loss, stepsPerEpoch) => {
      steps += 1;
      trainingEnd = performance.now();
      await checkpointing.onStep(state, loss, stepsPerEpoch);
    },
    onEpoch: async (state, report) => {
      const now = performance.now();
      if (report.isBest) {
        const { model, validation } = pack(report);
        await files.writeValidation(validation);
        await files.writeModel(model);
      }
      const times = {
        trainingSeconds: (trainingEnd - epochStart) / 1000,
        validationSeconds: (now - trainingEnd) / 1000,
        images: steps * images,
      };
      await files.recordEpoch(report, times, events);
      await checkpointing.onEpoch(state, report);
      [epochStart, steps] = [performance.now(), 0];
    },
  };
}
