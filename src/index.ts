/** @module The library: train, evaluate and predict, and the types of what goes in and comes out. */
import { silenceTelemetry } from './graph/index.ts';

export { type Dataset, describeSkipped, loadDataset, type Poster, Skipped } from './dataset/index.ts';
export { type ErrorCode, OnesheetError } from './errors.ts';
export type { Evaluation } from './evaluate/index.ts';
export {
  type AttributionMap,
  type AttributionMethod,
  createExplainer,
  type Explainer,
  type ExplainerOptions,
  posterOverlay,
} from './explain/index.ts';
export { type Device, type DeviceChoice, findDevice, type Placement } from './graph/index.ts';
export { type ImageSource, preparePixels } from './image/index.ts';
export {
  Classifier,
  type InstalledModel,
  installedModels,
  loadModel,
  type Model,
  type ModelMetadata,
} from './model/index.ts';
export {
  evaluate,
  type FailedPrediction,
  type LearnTextsOptions,
  type LearnTextsResult,
  learnTexts,
  type PosterInput,
  type PosterInputs,
  type PosterToPredict,
  type Prediction,
  type PredictionOutcome,
  type PredictSettings,
  predict,
  type QuantizeOptions,
  type QuantizeResult,
  quantize,
} from './predict/index.ts';
export {
  type Chain,
  type EvaluationReport,
  type InstalledRecipe,
  installedRecipes,
  isChain,
  type Plan,
  type Recipe,
  type RunConfig,
  readPlan,
  readRecipe,
} from './run/index.ts';
export {
  type ChainOptions,
  type ChainResult,
  type FromOptions,
  type RefitOptions,
  type RefitResult,
  type RunResult,
  recipeFrom,
  refit,
  resume,
  train,
  trainChain,
} from './train/index.ts';
export { version } from './version.ts';

// At once, so that threads which a program starts later are silent too.
silenceTelemetry();
