/** @module What the page and the worker that holds the model say to each other. */
import { z } from 'zod';
import { resizeRuleSchema } from '../../src/image/rule.ts';
import { predictorFields } from '../engine.ts';

/** `model/model.json`: the metadata of the browser's model, with its id and size. */
export const browserModelSchema = z.object({
  ...predictorFields,
  /** Sizes of the model's files: as it is, and made ready for WebAssembly. */
  bytes: z.object({ webgpu: z.int().positive(), wasm: z.int().positive() }),
  resize: resizeRuleSchema,
  provenance: z.object({ trainingPosters: z.int() }),
});
export type BrowserModel = z.infer<typeof browserModelSchema>;

/** What computes: a graphics processor, or the processor through WebAssembly. */
export type Backend = 'webgpu' | 'wasm';

/** Jobs are answered by their number; `cancel` names the job that is no longer wanted. */
export type Request =
  | { readonly kind: 'open'; readonly job: number; readonly base: string; readonly model: BrowserModel }
  | { readonly kind: 'predict'; readonly job: number; readonly name: string; readonly picture: Blob }
  | {
      readonly kind: 'explain';
      readonly job: number;
      readonly name: string;
      readonly picture: Blob;
      readonly genre: number;
      readonly height: number;
      readonly width: number;
    }
  | { readonly kind: 'cancel'; readonly job: number };

export type Reply =
  | { readonly kind: 'progress'; readonly job: number; readonly done: number; readonly total: number }
  | { readonly kind: 'opened'; readonly job: number; readonly backend: Backend }
  | { readonly kind: 'values'; readonly job: number; readonly values: Float32Array }
  | { readonly kind: 'failed'; readonly job: number; readonly code: string; readonly message: string };
