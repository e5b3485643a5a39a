/** @module What a recipe says of learning from other models' predictions. */
import { z } from 'zod';

export const distillationSchema = z.strictObject({
  /**
   * Files as `onesheet predict --format jsonl` writes them, whose probabilities are averaged where several name a
   * poster. Of a data set's own training posters they should come from models that have not seen the poster, as
   * `onesheet cross-validate` makes them.
   */
  predictions: z.array(z.string().min(1)).min(1),
  /**
   * The target is `(1 - weight) label + weight probability` (Hinton et al. 2015, at temperature 1); the probability alone
   * where nothing is known of the label.
   */
  weight: z.number().positive().max(1).default(0.5),
  /** Whether posters without labels are learned too, by their predictions alone (self-training). */
  unlabelled: z.boolean().default(false),
});
export type Distillation = z.infer<typeof distillationSchema>;
