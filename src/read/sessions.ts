/** @module PaddleOCR's networks -> the same made ready to run, and what finds lines and reads them in this thread. */
import { mergeScales, Session, type SessionOptions, withLikeliest } from '../graph/index.ts';
import { type Engine, engineOf } from './engine.ts';
import { loadNetworks, type ReaderNetworks } from './networks.ts';
import { letterOutputs } from './recognize.ts';

/** @throws {OnesheetError} READER_MISSING with the command that installs the networks; MODEL_UNREADABLE */
export async function prepareNetworks(): Promise<ReaderNetworks> {
  const { detection, recognition, alphabet } = await loadNetworks();
  const source = 'the reader';
  return {
    detection: mergeScales(detection, source),
    recognition: withLikeliest(mergeScales(recognition, source), source, letterOutputs),
    alphabet,
  };
}

/** @throws what `Session.create` throws */
export async function createEngine(
  { detection, recognition, alphabet }: ReaderNetworks,
  options: SessionOptions,
): Promise<Engine> {
  const [finder, letters] = await Promise.all([
    Session.create(detection, options),
    Session.create(recognition, options),
  ]);
  return engineOf(finder, letters, alphabet);
}
