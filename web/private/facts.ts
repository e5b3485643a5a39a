/** @module `model/model.json` -> what the page knows of the model that runs in the browser. */
import { z } from 'zod';
import { resizeRuleSchema } from '../../src/image/browser.ts';
import { predictorFields } from '../engine.ts';

/** `model/model.json`: the metadata of the browser's model, with its id and size. */
export const browserModelSchema = z.object({
  ...predictorFields,
  /** Sizes of the model's files: as it is, made ready for WebAssembly, and the model of texts beside it, if there is one. */
  bytes: z.object({
    webgpu: z.int().positive(),
    wasm: z.int().positive(),
    texts: z.int().positive().optional(),
  }),
  resize: resizeRuleSchema,
  /** The tensor that heads of a person's own read, float32 `[batch, width]`; none in a model without such a vector. */
  features: z.object({ name: z.string(), width: z.int().positive() }).optional(),
  provenance: z.object({ trainingPosters: z.int() }),
});
export type BrowserModel = z.infer<typeof browserModelSchema>;

/** `read/reader.json`: the size of all files in `read/`, roughly; nothing where the page lacks them. */
export const readerFactsSchema = z.object({ bytes: z.int().positive().optional() });

/** What computes: a graphics processor, or the processor through WebAssembly. */
export type Backend = 'webgpu' | 'wasm';
