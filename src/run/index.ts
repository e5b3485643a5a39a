/** @module The door of the run room: a run's folder <-> what stands in its files. */
export { requireResultsOf, requireRunsModel } from './belonging.ts';
export {
  isChainFolder,
  readChainConfig,
  type StepIdentity,
  StepRecords,
  writeChainConfig,
} from './chainFolder.ts';
export type { Chain, ChainStep } from './chainRecipe.ts';
export { deviceOtherThanCpu, type RunConfig, writeRunConfig } from './config.ts';
export type { Distillation } from './distillation.ts';
export { runFiles } from './files.ts';
export type { FineTuning } from './fineTuning.ts';
export {
  type HistoryRow,
  history,
  type TimingsRow,
  timings,
  type ValidationMeasures,
  validationMeasureNames,
  validationRow,
} from './history.ts';
export { labelsOf } from './labels.ts';
export { type Machine, machineHere } from './machine.ts';
export { type EvaluationReport, type Metrics, type UnlearnedPoster, writeMetrics } from './metrics.ts';
export { hasEnded } from './outcome.ts';
export { foldFolder, outOfFoldFile, readOutOfFold } from './outOfFold.ts';
export { optionsOf, parseRecipe, type Recipe, readingRule } from './recipe.ts';
export {
  commandsOf,
  type InstalledRecipe,
  installedRecipes,
  isChain,
  type Plan,
  readPlan,
  readRecipe,
} from './recipes.ts';
export { Run, type RunData } from './run.ts';
export {
  type ValidationLine,
  validationScores,
  writeValidation,
} from './validation.ts';
export { asOnlyWriter } from './writer.ts';
