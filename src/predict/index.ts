/** @module The door of the prediction room: a model and pictures -> genres, and how good they are. */
import type { Poster } from '../dataset/index.ts';
import type { Classifier, Model } from '../model/index.ts';
import type { EvaluationReport } from '../run/index.ts';
import type { TextModel } from '../text/index.ts';
import type { OutputReport, Predicting } from './catalogue/filling.ts';
import type { MergeReport } from './catalogue/merge.ts';
import type { OutputOptions, OutputPlace } from './catalogue/output.ts';
import type { Begun } from './catalogue/progress.ts';
import type { EvaluateOptions } from './evaluate.ts';
import type { CombinationMeasures, LearnTextsOptions, LearnTextsResult } from './learnTexts.ts';
import type { QuantizeOptions, QuantizeResult } from './quantize.ts';
import type { ScoreOptions, Scores } from './score.ts';
import type { PosterToPredict } from './stream.ts';
import type { TextMaterial, TextMaterialOptions } from './textMaterial.ts';
import type { PosterTexts, ToldSources } from './texts.ts';

export type { OutputProgress, OutputReport, Predicting } from './catalogue/filling.ts';
export type { MergeReport } from './catalogue/merge.ts';
export type { OutputOptions, OutputPlace } from './catalogue/output.ts';
export { outputOfPart, type Part, partOf } from './catalogue/part.ts';
export type { Begun } from './catalogue/progress.ts';
export { countPosters } from './count.ts';
export { type HeardCount, type HeardPoster, sayHeard } from './heard.ts';
export type { PosterInput, PosterInputs } from './inputs.ts';
export type { PredictSettings } from './options.ts';
export { modelPathOf, openClassifier, openPosterReader, predict } from './predict.ts';
export {
  type FailedPrediction,
  failureOf,
  type GenrePrediction,
  isFailed,
  type Prediction,
  type PredictionOutcome,
  type Predictor,
  policyOf,
  predictionOf,
  roundProbability,
  writtenOutcome,
} from './prediction.ts';
export { type ReadingOptions, type ReadPoster, readPosters } from './reading.ts';
export { sheetHeader, sheetRow } from './sheet.ts';
export { pictureAt, postersAt, type SourceOptions } from './sources.ts';
export { type PosterToPredict, type PredictOptions, predictStream } from './stream.ts';
export type { PosterTexts, TextSources, ToldSources } from './texts.ts';
export { type GenreWords, type SpokenWord, textsOf, wordsFor } from './words.ts';
export type {
  CombinationMeasures,
  EvaluateOptions,
  LearnTextsOptions,
  LearnTextsResult,
  QuantizeOptions,
  QuantizeResult,
  Scores,
};

// What needs data sets or runs is loaded when it is called, so that a prediction starts faster.

export async function evaluate(options: EvaluateOptions): Promise<EvaluationReport> {
  return (await import('./evaluate.ts')).evaluate(options);
}

/** Learns which words speak for which genres beside a network, and writes the model of texts. */
export async function learnTexts(options: LearnTextsOptions): Promise<LearnTextsResult> {
  return (await import('./learnTexts.ts')).learnTexts(options);
}

/** What {@link learnTexts} learns from, and the model that it fits to that, for what teaches by it. */
export async function readTextMaterial(options: TextMaterialOptions): Promise<TextMaterial> {
  return (await import('./textMaterial.ts')).readTextMaterial(options);
}

export async function fitTexts(material: TextMaterial): Promise<TextModel> {
  return (await import('./learnTexts.ts')).fitTexts(material).model;
}

/** What files tell of posters, to be heard beside the network; `modelPath` is where its model was read from. */
export async function openTexts(model: Model, modelPath: string, sources: ToldSources): Promise<PosterTexts> {
  return (await import('./texts.ts')).openTexts(model, modelPath, sources);
}

export async function quantize(options: QuantizeOptions): Promise<QuantizeResult> {
  return (await import('./quantize.ts')).quantize(options);
}

/** What a model says of labelled posters beside what is true of them. */
export async function score(
  classifier: Classifier,
  posters: readonly Poster[],
  options?: ScoreOptions,
): Promise<Scores> {
  return (await import('./score.ts')).score(classifier, posters, options);
}

/** Predicts posters into a file that a killed call, made again, goes on with. */
export async function predictInto(
  classifier: Classifier,
  posters: AsyncIterable<PosterToPredict>,
  options: OutputOptions,
): Promise<OutputReport> {
  return (await import('./catalogue/output.ts')).predictInto(classifier, posters, options);
}

/** {@link predictInto} by whatever predicts. */
export async function fillOutput(
  posters: AsyncIterable<PosterToPredict>,
  predict: Predicting,
  options: OutputPlace & { readonly begun: Begun; readonly genres: readonly string[] },
): Promise<OutputReport> {
  return (await import('./catalogue/output.ts')).fillOutput(posters, predict, options);
}

/** What an output will be of, as it is compared when it is gone on with. */
export async function beginningOf(
  model: Model,
  options: Pick<OutputOptions, 'policy' | 'texts' | 'settings'>,
): Promise<Begun> {
  return (await import('./catalogue/output.ts')).beginningOf(model, options);
}

/** What an output depends on through files that tell of posters. */
export async function heardSettings(modelPath: string, heard: ToldSources): Promise<Begun> {
  return (await import('./catalogue/settings.ts')).heardSettings(modelPath, heard);
}

/** What an output that is there was begun with, by the names of options; nothing where there is none. */
export async function begunOf(output: string): Promise<Begun> {
  const { filesOfOutput, readProgress } = await import('./catalogue/progress.ts');
  return (await readProgress(filesOfOutput(output)))?.begun ?? {};
}

/** Joins the parts of an output that were predicted apart. */
export async function mergeParts(
  output: string,
  options: { readonly overwrite?: boolean } = {},
): Promise<MergeReport> {
  return (await import('./catalogue/merge.ts')).mergeParts(output, options);
}
