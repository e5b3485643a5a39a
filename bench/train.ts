/** @module The default cnn-rnn's training step here and in PyTorch, in turns -> the ratio of images per second. */
import { networkOptionsSchema } from '../src/nn/index.ts';
import type { BenchResult } from './result.ts';
import { compareSteps } from './steps.ts';

export function benchTraining(flags: readonly string[]): Promise<BenchResult> {
  const options = networkOptionsSchema.parse({ network: 'cnn-rnn' });
  return compareSteps({ part: 'train', options, script: 'peer_train.py', rounds: 11 }, flags);
}
