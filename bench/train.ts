/** @module The default cnn-rnn's training step here and in PyTorch, in turns -> the ratio of images per second. */
import { networkOptionsSchema } from '../src/nn/index.ts';
import type { BenchResult } from './result.ts';
import { compareSteps, type StepComparison } from './steps.ts';

export const training: StepComparison = {
  part: 'train',
  network: networkOptionsSchema.parse({ network: 'cnn-rnn' }),
  script: 'peer_train.py',
  rounds: 11,
};

export function benchTraining(flags: readonly string[]): Promise<BenchResult> {
  return compareSteps(training, flags);
}
