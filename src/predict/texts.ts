/** @module A network's model and files on posters -> predictions from the picture, what stands on it and its title. */
import { type FilmTitles, readTitles } from '../dataset/index.ts';
import type { PolicyStore } from '../evaluate/index.ts';
import { type Model, textModelPath } from '../model/index.ts';
import {
  besideText,
  type Contributions,
  type Fit,
  type Heard,
  howJudged,
  loadTextModel,
  readTexts,
} from '../text/index.ts';
import type { HeardCount, HeardPoster } from './heard.ts';
import type { Predictor } from './prediction.ts';

/** Files that tell of posters. */
export interface TextSources {
  /** What stands on the posters as text: JSON lines of `{"id", "texts"}`. @default nothing is known of it */
  readonly texts?: string;
  /** A table of films with `id`, `title` and perhaps `year` and `original_title`. @default nothing is known of them */
  readonly titles?: string;
}

/** The same, and whether lines are read from the posters. */
export interface ToldSources extends TextSources {
  readonly read?: boolean;
}

/** Turns what a network says of a poster into what it and what is heard of the poster say. */
export interface PosterTexts {
  /** Its part in the model's name, and the decision rules where all is heard that the files can tell. */
  readonly predictor: Predictor;
  /** Of each file that was given. */
  readonly counts: () => readonly HeardCount[];
  /** What of the files is not heard, one sentence each. */
  readonly notes: readonly string[];
  /** Whether lines of the poster are known, from itself or a file. */
  readonly knowsLines: (poster: HeardPoster) => boolean;
  /** What is known of a poster, which counts as judged with it. */
  readonly heardOf: (poster: HeardPoster) => Heard;
  /**
   * @param network its probabilities, `[genres]`, by which a poster is judged of which nothing is heard
   * @returns probabilities, `[genres]`, and the decision rules that were chosen for what is heard of this poster
   */
  readonly judge: (
    heard: Heard,
    network: ArrayLike<number>,
  ) => { readonly probabilities: Float32Array; readonly predictor: Predictor };
  /** What the picture and each word add to the logits of a poster. */
  readonly contributions: (heard: Heard, network: ArrayLike<number>) => Contributions;
}

/**
 * @param modelPath of the file that the model was read from
 * @throws {OnesheetError} FILE_MISSING for a model without one of texts, and as `loadTextModel`, `readTexts` and
 * `readTitles`
 */
export async function openTexts(model: Model, modelPath: string, sources: ToldSources): Promise<PosterTexts> {
  const { genres } = model.metadata;
  const [textModel, texts, titles] = await Promise.all([
    loadTextModel(textModelPath(modelPath), genres),
    sources.texts === undefined ? undefined : readTexts(sources.texts),
    sources.titles === undefined ? undefined : readTitles(sources.titles),
  ]);
  const used = { texts: 0, titles: 0 };
  const { judge, contributions } = besideText(textModel);
  const id = `${model.id}+texts`;
  const told = { lines: texts !== undefined || sources.read === true, title: titles !== undefined };
  const metadataOf = (fit: Fit | undefined): PolicyStore =>
    fit === undefined ? model.metadata : { genres, policies: fit.policies, policyCurves: fit.policyCurves };
  return {
    predictor: { id, metadata: metadataOf(howJudged(textModel, told)) },
    counts: () => countsOf(sources, used, texts, titles),
    notes: titles?.notes ?? [],
    knowsLines: (poster) => poster.texts !== undefined || firstOf(texts, namesOf(poster)) !== undefined,
    heardOf: (poster) => {
      const names = namesOf(poster);
      const lines = firstOf(texts, names);
      const film = firstOf(titles?.films, names);
      if (lines !== undefined) used.texts += 1;
      if (film !== undefined) used.titles += 1;
      return { lines, ...film, ...ownOf(poster) };
    },
    judge: (heard, network) => {
      const { probabilities, fit } = judge(heard, network);
      return { probabilities, predictor: { id, metadata: metadataOf(fit) } };
    },
    contributions,
  };
}

function namesOf({ id, names = [] }: HeardPoster): readonly string[] {
  return [id, ...names];
}

function ownOf({ texts: lines, title, originalTitle, year }: HeardPoster): Heard {
  return {
    ...(lines !== undefined && { lines }),
    ...(title !== undefined && { title, originalTitle }),
    ...(year !== undefined && { year }),
  };
}

function firstOf<Value>(known: ReadonlyMap<string, Value> | undefined, names: readonly string[]) {
  const name = names.find((each) => known?.has(each));
  return name === undefined ? undefined : known?.get(name);
}

function countsOf(
  sources: TextSources,
  used: Readonly<Record<HeardCount['what'], number>>,
  texts: ReadonlyMap<string, unknown> | undefined,
  titles: FilmTitles | undefined,
): HeardCount[] {
  const examples = { texts: texts?.keys().next().value, titles: titles?.example };
  return (['texts', 'titles'] as const).flatMap((what) => {
    const path = sources[what];
    return path === undefined ? [] : [{ path, what, posters: used[what], example: examples[what] }];
  });
}
