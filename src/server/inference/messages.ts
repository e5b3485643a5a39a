/** @module What travels between the service and its worker threads: tasks, answers, failures. */
import { type ErrorCode, OnesheetError } from '../../errors.ts';
import type { AttributionMethod } from '../../explain/index.ts';
import type { Device } from '../../graph/index.ts';
import type { PixelImage, ScaledImage } from '../../image/index.ts';

/** What a worker is started with. */
export interface WorkerSetup {
  /** The model's file, and its name for messages. */
  readonly bytes: Uint8Array;
  readonly source: string;
  /** Threads of the engine. */
  readonly threads: number;
  /** @default 'cpu' */
  readonly device?: Device;
  /** Which tasks it will get: decides what is warmed up. */
  readonly kind: Task['kind'];
}

/** One prepared poster, uint8 [height, width, 3]. */
export interface ClassifyTask {
  readonly kind: 'classify';
  readonly pixels: Uint8Array;
}

/** A poster whose picture was decoded before, where a decoder can be stopped. */
export interface ExplainTask {
  readonly kind: 'explain';
  /** Prepared for the network, uint8 [height, width, 3]. */
  readonly pixels: Uint8Array;
  /** By default the likeliest. */
  readonly genre: string | undefined;
  readonly method: AttributionMethod;
  /** Size of the map that is answered as numbers, in places. */
  readonly size: { readonly height: number; readonly width: number };
  /** The poster to lay the map over, and how to encode it; without it the answer is numbers. */
  readonly picture: { readonly poster: PixelImage; readonly format: 'png' | 'webp' } | undefined;
}

/** A poster in the size in which it is read. */
export interface ReadTask {
  readonly kind: 'read';
  readonly picture: ScaledImage;
}

export type Task = ClassifyTask | ExplainTask | ReadTask;

/** One poster's outputs, [genres] each. */
export interface ClassifyAnswer {
  readonly probabilities: Float32Array;
  readonly logits: Float32Array;
}

export interface ExplainAnswer {
  readonly genre: string;
  readonly method: AttributionMethod;
  readonly probability: number;
  /** An encoded picture, if it was asked for. */
  readonly picture: Uint8Array | undefined;
  /** From 0 to 1, row-major, in the poster's own proportions; the longer side has 64 places at most. */
  readonly map:
    | { readonly height: number; readonly width: number; readonly values: Float32Array }
    | undefined;
}

/** Lines of text, from top to bottom. */
export interface ReadAnswer {
  readonly texts: readonly string[];
}

export type AnswerTo<T extends Task> = T extends ClassifyTask
  ? ClassifyAnswer
  : T extends ReadTask
    ? ReadAnswer
    : ExplainAnswer;

/** An error as it survives the way between threads. */
export interface Failure {
  readonly failure: { readonly code: ErrorCode | undefined; readonly message: string };
}

/**
 * To the worker: a list of tasks of one kind, or the end. A thread must not be terminated from outside while the
 * engine runs in it, which would end the whole process; so it is asked, and ends at a moment when that is safe:
 * `idle` after what it has, `now` before its next step.
 */
export type PoolMessage = { readonly tasks: readonly Task[] } | { readonly stop: 'idle' | 'now' };

/**
 * From the worker: what its engine has to say, if anything; once that it is warm; then one list of answers for every
 * list of tasks.
 */
export type WorkerMessage =
  | { readonly notice: string }
  | { readonly ready: true }
  | { readonly answers: readonly (AnswerTo<Task> | Failure)[] };

export function failureFrom(error: unknown): Failure {
  if (error instanceof OnesheetError) return { failure: { code: error.code, message: error.message } };
  // A bug: where it is matters more than what it says.
  return { failure: { code: undefined, message: (error as Error)?.stack ?? String(error) } };
}

export function errorFrom({ failure }: Failure): Error {
  if (failure.code === undefined) return new Error(failure.message);
  return new OnesheetError(failure.code, failure.message);
}
