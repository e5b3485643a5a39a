/** @module A step that fine-tunes all of MobileNetV2 1.4 here and in PyTorch, in turns -> the ratio of images per second. */
import { networkOptionsSchema } from '../src/nn/index.ts';
import type { BenchResult } from './result.ts';
import { compareSteps } from './steps.ts';

export function benchFineTuning(flags: readonly string[]): Promise<BenchResult> {
  const options = networkOptionsSchema.parse({ network: 'mobilenet-v2' });
  return compareSteps({ part: 'finetune', options, script: 'peer_finetune.py', rounds: 7 }, flags);
}
