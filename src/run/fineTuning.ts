/** @module What a recipe says of continuing from weights that were learned elsewhere. */
import { z } from 'zod';

/** How a training continues from weights that were learned elsewhere. */
export const fineTuningSchema = z.strictObject({
  /**
   * A safetensors file, its path absolute or from the working directory: the weights to start from, by the
   * network's names; of a run's checkpoint the averaged weights, or the last ones where it averages none. They are the
   * trunk; parameters that the file lacks are the head and start fresh. An `onnx` network's trunk has its weights from
   * its own file instead.
   */
  initialWeights: z.string().min(1).optional(),
  /** Names of parameters that never change, e.g. `expanded_conv_1.*`; `*` stands for any characters. */
  freeze: z.array(z.string().min(1)).default([]),
  /** Learning rate of the trunk's last layer, relative to the head's, which has the optimizer's. */
  trunkRate: z.number().min(0).max(10).default(1),
  /** What each layer's rate is multiplied by to give that of the layer before it (Howard & Ruder 2018, section 3.2). */
  learningRateDecay: z.number().positive().max(1).default(1),
  /**
   * Epochs, of all, in which only the head learns; the optimizer and the schedule then start anew for the
   * rest (LP-FT; Kumar et al. 2022). As many as there are epochs make a probe only.
   */
  probeEpochs: z.number().int().min(0).default(0),
  /**
   * Varied copies of each training poster that go through the trunk once, before the probe, which then runs the head
   * only; its epochs take the copies by turns. 0 varies anew for each step and runs all layers.
   */
  probeViews: z.number().int().min(0).max(100).default(0),
});
export type FineTuning = z.infer<typeof fineTuningSchema>;
