/** @module A step that fine-tunes all of MobileNetV2 1.4 here and in PyTorch, in turns -> the ratio of images per second. */
import { networkOptionsSchema } from '../src/nn/index.ts';
import type { BenchResult } from './result.ts';
import { compareSteps, type StepComparison } from './steps.ts';

export const fineTuning: StepComparison = {
  part: 'finetune',
  network: networkOptionsSchema.parse({ network: 'mobilenet-v2' }),
  script: 'peer_finetune.py',
  rounds: 7,
};

export function benchFineTuning(flags: readonly string[]): Promise<BenchResult> {
  return compareSteps(fineTuning, flags);
}
