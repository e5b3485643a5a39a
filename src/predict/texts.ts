/** @module A network's model and a file of texts -> predictions from the picture and what stands on it together. */
import { type Model, textModelPath } from '../model/index.ts';
import { besideText, loadTextModel, readTexts } from '../text/index.ts';
import type { Predictor } from './prediction.ts';

/** Turns what a network says of a poster into what it and the poster's text say. */
export interface PosterTexts {
  /** Its own decision rules, chosen for both together, and its part in the model's name. */
  readonly predictor: Predictor;
  /** Posters of those judged so far that had texts, be it an empty list. */
  readonly used: () => number;
  /** The first id that has texts, to show what ids there are. */
  readonly example: string | undefined;
  /**
   * @param names of the poster, its id first; the first that has texts counts, and one without is judged by its picture
   * @param network its probabilities, `[genres]`
   * @returns probabilities, `[genres]`
   */
  readonly probabilities: (names: readonly string[], network: ArrayLike<number>) => Float32Array;
}

/**
 * @param modelPath of the file that the model was read from
 * @param path of the texts, JSON lines of `{"id", "texts"}`
 * @throws {OnesheetError} FILE_MISSING for a model without one of texts, and as `loadTextModel` and `readTexts`
 */
export async function openTexts(model: Model, modelPath: string, path: string): Promise<PosterTexts> {
  const { genres } = model.metadata;
  const [textModel, texts] = await Promise.all([
    loadTextModel(textModelPath(modelPath), genres),
    readTexts(path),
  ]);
  const together = besideText(textModel);
  let used = 0;
  return {
    predictor: {
      id: `${model.id}+texts`,
      metadata: { genres, policies: textModel.policies, policyCurves: textModel.policyCurves },
    },
    used: () => used,
    example: texts.keys().next().value,
    probabilities: (names, network) => {
      const name = names.find((each) => texts.has(each));
      if (name !== undefined) used += 1;
      return together(network, name === undefined ? [] : texts.get(name)!);
    },
  };
}
