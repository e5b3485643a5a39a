/** @module The door of the training room: posters and a recipe -> a run. */
export { type ChainOptions, type ChainResult, trainChain } from './chain.ts';
export {
  type CrossValidationOptions,
  type CrossValidationResult,
  crossValidate,
} from './crossValidate.ts';
export { PictureHashes } from './data/pictures.ts';
export {
  type Foundations,
  foundationsOf,
  isBegun,
  isEnded,
  type PlannedOptions,
  type PlannedRun,
  type TrainElsewhere,
  trainPlanned,
} from './planned.ts';
export { type FromOptions, normalizationOf, recipeFrom } from './recipe/from.ts';
export { ProgressMeter } from './record/progress.ts';
export { type RefitOptions, type RefitResult, refit } from './refit.ts';
export {
  type RunFacts,
  type RunResult,
  resume,
  type TrainOptions,
  train,
} from './run.ts';
export { adamW } from './step/optimizer.ts';
export { constantRate } from './step/schedule.ts';
export { TrainingStep } from './step/step.ts';
export { type SweepOptions, type SweepPlace, type SweepResult, sweep } from './sweep.ts';
export type { EpochReport, TrainingOutcome } from './training.ts';
