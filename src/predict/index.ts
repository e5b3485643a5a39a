/** @module The door of the prediction room: a model and pictures -> genres, and how good they are. */
export { type CrossValidationOptions, type CrossValidationResult, crossValidate } from './crossValidate.ts';
export { type EvaluateOptions, type EvaluationReport, evaluate } from './evaluate.ts';
export { modelPathOf, openClassifier, predict } from './predict.ts';
export {
  type FailedPrediction,
  type GenrePrediction,
  isFailed,
  type Prediction,
  type PredictionOutcome,
  type Predictor,
  policyOf,
  predictionOf,
} from './prediction.ts';
export { postersAt } from './sources.ts';
export { type PosterToPredict, type PredictOptions, predictStream } from './stream.ts';
