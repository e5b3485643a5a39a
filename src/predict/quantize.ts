/** @module A model and posters to calibrate with -> its 8-bit version, written to a file. */
import { type DataSource, loadDataset, type Poster } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { requireWritableFile, writeFileAtomically } from '../files.ts';
import type { SessionOptions } from '../graph/index.ts';
import { preparePixels } from '../image/index.ts';
import { compactModel, loadModel } from '../model/index.ts';
import { Random } from '../random.ts';
import { modelPathOf } from './predict.ts';
import { runOf } from './runOf.ts';

/** Genres of the posters do not matter; a run, and a model file in its folder, has posters of its own. */
export interface QuantizeOptions extends SessionOptions, DataSource {
  /** A model file, a run's folder or the name of an installed model. @default the installed default */
  readonly model?: string;
  /** File to write. */
  readonly out: string;
  /** Posters by which the ranges of the activations are found. @default 64 */
  readonly posters?: number;
}

export interface QuantizeResult {
  /** Sizes of the files. */
  readonly bytes: { readonly before: number; readonly after: number };
  /** Posters that were read. */
  readonly posters: number;
}

/** Posters at a time; every activation of all of them is held in memory. */
const batchSize = 4;

async function calibrationPosters(options: QuantizeOptions): Promise<readonly Poster[]> {
  const { data, images } = options;
  if (data !== undefined || images !== undefined) {
    const { labelled, unlabelled } = await loadDataset({ data, images });
    return [...labelled, ...unlabelled];
  }
  const run = await runOf(options.model);
  if (run === undefined)
    throw onesheetError(
      'OPTION_INVALID',
      'data',
      'posters to calibrate with, since this model has none',
      'none',
    );
  return run.posters('train');
}

/**
 * Writes the version of a model with 8-bit convolutions: under a third of the size, about as fast. Everything that
 * reads models reads it; only explanations by gradients need the float32 model.
 *
 * @throws {OnesheetError} for missing or unreadable data, or when the model has nothing to quantize
 */
export async function quantize(options: QuantizeOptions): Promise<QuantizeResult> {
  const model = await loadModel(await modelPathOf(options.model));
  await requireWritableFile(options.out);
  const shuffled = Random.fromSeed(0)
    .split('calibration')
    .shuffle([...(await calibrationPosters(options))]);
  const chosen = shuffled.slice(0, options.posters ?? 64);
  const batches: Uint8Array[] = [];
  for (let at = 0; at < chosen.length; at += batchSize) {
    const prepared = await Promise.all(
      chosen
        .slice(at, at + batchSize)
        .map(({ source }) => preparePixels(source, model.metadata.resize).catch(() => undefined)),
    );
    const readable = prepared.filter((pixels) => pixels !== undefined);
    if (readable.length > 0) batches.push(new Uint8Array(Buffer.concat(readable)));
  }
  const pixels = batches.reduce((sum, { length }) => sum + length, 0);
  const { height, width } = model.metadata.resize;
  const posters = pixels / (height * width * 3);
  if (posters === 0) throw onesheetError('DATASET_EMPTY', 'the posters to calibrate with', 'a readable one');
  const bytes = await compactModel(model, batches, options);
  await writeFileAtomically(options.out, bytes);
  return { bytes: { before: model.bytes.length, after: bytes.length }, posters };
}
