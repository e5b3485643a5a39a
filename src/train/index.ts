/** @module The door of the training room: posters and a recipe -> a run. */
export {
  type RunData,
  readRunData,
  readRunSplit,
  requireResultsOf,
  requireRunsModel,
  sourceOfRun,
} from './belonging.ts';
export type { ValidationLine } from './best.ts';
export {
  parseRecipe,
  type Recipe,
  type RunConfig,
  readRunConfig,
  recipeSchema,
} from './config.ts';
export type { RunFindings } from './findings.ts';
export { asOnlyWriter, runFiles } from './folder.ts';
export { type FromOptions, normalizationOf, normalizations, recipeFrom } from './from.ts';
export { type HistoryRow, history, timings } from './history.ts';
export type { EpochReport, TrainingOutcome } from './loop.ts';
export { type LossOptions, lossOptionsSchema } from './losses.ts';
export { adamW } from './optimizer.ts';
export { formatDuration, ProgressMeter } from './progress.ts';
export { type InstalledRecipe, installedRecipes, readRecipe } from './recipes.ts';
export type { ProgressObserver } from './record.ts';
export { type RefitOptions, type RefitResult, refit } from './refit.ts';
export {
  type RunFacts,
  type RunResult,
  resume,
  type TrainObserver,
  type TrainOptions,
  train,
} from './run.ts';
export { constantRate } from './schedule.ts';
export { TrainingStep } from './step.ts';
