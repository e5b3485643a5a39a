/** @module A model's path and posters -> predictions: the library's entry. */
import { stat } from 'node:fs/promises';
import { type ComputeOptions, findDevice } from '../graph/index.ts';
import { Classifier, findModel, loadModel } from '../model/index.ts';
import type { PosterReader } from '../read/index.ts';
import { type PosterInputs, postersIn } from './inputs.ts';
import { checkPredictOptions, type PredictSettings } from './options.ts';
import type { PredictionOutcome } from './prediction.ts';
import { predictStream } from './stream.ts';
import type { ToldSources } from './texts.ts';

/**
 * The file of a model: the best one of a run's folder, the path itself, an installed model by its name, or the
 * default one.
 *
 * @throws {OnesheetError} FILE_MISSING, naming the models that are installed
 */
export async function modelPathOf(nameOrPath: string | undefined): Promise<string> {
  const path = await findModel(nameOrPath);
  if (!(await stat(path)).isDirectory()) return path;
  // What needs runs is loaded for runs only: a prediction with a file starts faster without it.
  return (await import('./runModel.ts')).modelOfRun(path);
}

/** @throws {OnesheetError} for a file that is missing, damaged or no onesheet model; DEVICE_MISSING */
export async function openClassifier(nameOrPath?: string, options: ComputeOptions = {}): Promise<Classifier> {
  const model = await loadModel(await modelPathOf(nameOrPath));
  return Classifier.create(model, { ...options, device: await findDevice(options.device) });
}

/**
 * What reads posters for a prediction, on the CPU; what was read is kept in the user's cache.
 *
 * @throws {OnesheetError} READER_MISSING with the command that installs its networks
 */
export async function openPosterReader({ threads }: { readonly threads?: number }): Promise<PosterReader> {
  // What reads is loaded only when it is asked for.
  const { defaultCacheFolder, openReader } = await import('../read/index.ts');
  return openReader({ threads, cache: defaultCacheFolder() });
}

/**
 * Predicts the genres of posters with the installed default model, or another one by its name, its file or its run.
 * A poster that cannot be read gives an outcome with its error; a folder without posters gives none.
 *
 * @example
 * for await (const outcome of predict('posters/')) save(outcome);
 * for await (const outcome of predict(await readFile('poster.jpg'))) save(outcome);
 *
 * @throws {OnesheetError} OPTION_INVALID for what names no posters, and for options of other names, types or ranges; FILE_UNREADABLE for a folder or list
 */
export async function* predict(
  posters: PosterInputs,
  options: PredictSettings = {},
): AsyncGenerator<PredictionOutcome> {
  checkPredictOptions(options);
  const path = await modelPathOf(options.model);
  const classifier = await openClassifier(path, options);
  let reader: PosterReader | undefined;
  try {
    const open = async (sources: ToldSources) =>
      (await import('./texts.ts')).openTexts(classifier.model, path, sources);
    const { texts, titles, read = false } = options;
    const isHeard = read || texts !== undefined || titles !== undefined;
    const heard = isHeard ? await open({ texts, titles, read }) : undefined;
    reader = read ? await openPosterReader(options) : undefined;
    yield* predictStream(classifier, postersIn(posters, options), {
      ...options,
      texts: heard,
      openTexts: () => open({}),
      reader,
    });
  } finally {
    await reader?.release();
    await classifier.release();
  }
}
