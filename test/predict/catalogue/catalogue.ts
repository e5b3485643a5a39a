/** @module A count -> posters of a catalogue, some of them broken, and a small model that predicts them. */
import { onTestFinished } from 'vitest';
import { drawSyntheticPosters } from '../../../src/dataset/index.ts';
import { Classifier, decodeModel } from '../../../src/model/index.ts';
import type { PosterToPredict } from '../../../src/predict/stream.ts';
import { tinyModel } from '../../model/fixture.ts';

const pictures: Uint8Array[] = [];

/** Draws them when the first one is asked for. */
async function picture(at: number): Promise<Uint8Array> {
  if (pictures.length === 0)
    for await (const { bytes } of drawSyntheticPosters({ count: 12, seed: 3, width: 20, height: 30 }))
      pictures.push(bytes);
  return pictures[at % pictures.length]!;
}

export async function classifier(metadata?: Parameters<typeof tinyModel>[0]): Promise<Classifier> {
  const opened = await Classifier.create(decodeModel(tinyModel(metadata), 'tiny.onnx'));
  onTestFinished(() => opened.release());
  return opened;
}

export const idAt = (at: number): string => `film, "${at}"\nline`;

/** @param broken positions whose picture does not decode */
export async function* catalogue(
  count: number,
  broken: readonly number[] = [],
): AsyncGenerator<PosterToPredict> {
  for (let at = 0; at < count; at++) {
    const bytes = broken.includes(at) ? Buffer.from('no picture') : await picture(at);
    const id = idAt(at);
    yield { id, source: { kind: 'bytes', bytes, name: id } };
  }
}
