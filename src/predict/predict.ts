/** @module A model's path and posters -> predictions: the library's entry. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionOptions } from '../graph/index.ts';
import { Classifier, loadModel } from '../model/index.ts';
import { runFiles } from '../train/index.ts';
import type { PredictionOutcome } from './prediction.ts';
import { type PosterToPredict, type PredictOptions, predictStream } from './stream.ts';

/** The model of a run's folder, or the file itself. */
export async function modelPathOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? join(path, runFiles.model) : path;
}

/** @throws {OnesheetError} for a file that is missing, damaged or no onesheet model */
export async function openClassifier(path: string, options: SessionOptions = {}): Promise<Classifier> {
  return Classifier.create(await loadModel(await modelPathOf(path)), options);
}

/**
 * Predicts the genres of posters with a model file or the best model of a run.
 *
 * @example
 * for await (const outcome of predict(['poster.jpg'], { model: 'runs/first' })) save(outcome);
 */
export async function* predict(
  posters: AsyncIterable<PosterToPredict | string> | Iterable<PosterToPredict | string>,
  options: PredictOptions & SessionOptions & { readonly model: string },
): AsyncGenerator<PredictionOutcome> {
  const classifier = await openClassifier(options.model, options);
  async function* named(): AsyncGenerator<PosterToPredict> {
    for await (const poster of posters) {
      yield typeof poster === 'string' ? { id: poster, source: { kind: 'file', path: poster } } : poster;
    }
  }
  try {
    yield* predictStream(classifier, named(), options);
  } finally {
    await classifier.release();
  }
}
