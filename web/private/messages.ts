/** @module What the page and the worker that holds the model say to each other. */
import { z } from 'zod';
import { type ResizeRule, resizeRuleSchema } from '../../src/image/browser.ts';
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

/**
 * Jobs are answered by their number; `cancel` names the job that is no longer wanted. `load`, with addresses of
 * scripts, comes before `open`, which brings what takes longer to arrive.
 */
export type Request =
  | {
      readonly kind: 'load';
      /** onnxruntime-web itself. */
      readonly script: string;
      /** What starts its WebAssembly. */
      readonly glue: string;
      /** What starts it from a compiled module. */
      readonly starter: string;
    }
  | {
      readonly kind: 'open';
      readonly job: number;
      readonly backend: Backend;
      readonly model: BrowserModel;
      readonly module: WebAssembly.Module;
      /** The model's file. */
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | {
      readonly kind: 'predict';
      readonly job: number;
      readonly name: string;
      readonly picture: Blob;
      /** The model's, so that a picture can be read before the model is there. */
      readonly resize: ResizeRule;
    }
  | {
      readonly kind: 'explain';
      readonly job: number;
      readonly name: string;
      readonly picture: Blob;
      /** Of the maps. */
      readonly height: number;
      readonly width: number;
    }
  | { readonly kind: 'cancel'; readonly job: number };

export type Reply =
  | { readonly kind: 'progress'; readonly job: number; readonly done: number; readonly total: number }
  | { readonly kind: 'opened'; readonly job: number }
  | { readonly kind: 'values'; readonly job: number; readonly values: Float32Array }
  | { readonly kind: 'failed'; readonly job: number; readonly code: string; readonly message: string };
