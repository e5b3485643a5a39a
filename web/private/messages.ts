/** @module What the page and the worker that holds the model say to each other. */
import type { ResizeRule } from '../../src/image/browser.ts';
import type { Reading } from '../../src/read/browser.ts';
import type { Lesson, Taught, TaughtHead } from '../teaching/head.ts';
import type { Backend, BrowserModel } from './facts.ts';

/** The fields of a job that looks at a poster. */
interface Look {
  readonly job: number;
  readonly name: string;
  readonly picture: Blob;
}

/** What reads posters. */
export interface ReaderFiles {
  /** Bytes of the network that finds lettering, and of the one that reads a line. */
  readonly detection: Uint8Array<ArrayBuffer>;
  readonly recognition: Uint8Array<ArrayBuffer>;
  /** Letters of the second one's classes, after the first, which is none. */
  readonly alphabet: readonly string[];
}

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
  | (Look & {
      readonly kind: 'predict';
      /** The model's, so that a picture can be read before the model is there. */
      readonly resize: ResizeRule;
      /** What stands in for the model's own last layer. */
      readonly head?: TaughtHead;
    })
  | (Look & {
      readonly kind: 'explain';
      /** Of the maps. */
      readonly height: number;
      readonly width: number;
      readonly head?: TaughtHead;
    })
  | (Look & { readonly kind: 'features' })
  | ({ readonly kind: 'openReader'; readonly job: number } & ReaderFiles)
  | (Look & { readonly kind: 'read' })
  | { readonly kind: 'teach'; readonly job: number; readonly lesson: Lesson }
  | { readonly kind: 'cancel'; readonly job: number };

export type Reply =
  | { readonly kind: 'progress'; readonly job: number; readonly done: number; readonly total: number }
  | { readonly kind: 'opened'; readonly job: number }
  | { readonly kind: 'values'; readonly job: number; readonly values: Float32Array }
  | { readonly kind: 'read'; readonly job: number; readonly reading: Reading }
  | { readonly kind: 'taught'; readonly job: number; readonly taught: Taught }
  | { readonly kind: 'failed'; readonly job: number; readonly code: string; readonly message: string };
