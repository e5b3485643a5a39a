/** @module The door of the evaluation room: probabilities and labels -> measures, floors, thresholds, calibration, intervals. */
export type { Average } from './average.ts';
export {
  type BootstrapOptions,
  type BootstrappedMeasures,
  bootstrapInterval,
  bootstrapMeasures,
  type Interval,
} from './bootstrap.ts';
export {
  applyCalibration,
  type Calibration,
  calibrationSchema,
  fitPlatt,
  fitTemperature,
  identityCalibration,
  type PlattOptions,
} from './calibration.ts';
export {
  type AverageOptions,
  accuracyScore,
  f1Score,
  fBetaScore,
  hammingLoss,
  jaccardScore,
  precisionScore,
  recallScore,
} from './classification.ts';
export {
  type ConfidentJoint,
  findLabelErrors,
  type LabelCandidate,
  type LabelErrors,
  postersByLoss,
} from './confidentLearning.ts';
export { recallThreshold } from './conformal.ts';
export { type DoubtSources, findPosterErrors, type PosterErrors } from './errorSources.ts';
export {
  type Evaluation,
  type EvaluationOptions,
  evaluateProbabilities,
  type GenreEvaluation,
  type Measure,
} from './evaluation.ts';
export { expectedF1Thresholds } from './expectedF1.ts';
export { adjustablePolicies, findPolicy, type PolicyStore } from './findPolicy.ts';
export { type FloorName, floorNames, floors, mostCommonGenres } from './floors.ts';
export { formatEvaluation } from './format.ts';
export { formatDoubts, formatLosses } from './formatErrors.ts';
export {
  coverageError,
  labelRankingAveragePrecisionScore,
  labelRankingLoss,
  precisionAtK,
} from './labelRanking.ts';
export { knownOfGenre, type Labels, type Matrix, matrixFromRows, valuesAt } from './matrix.ts';
export {
  computeMeasures,
  type Measured,
  type MeasureName,
  measureNames,
  measureTable,
  type ValidationColumn,
  validationColumn,
} from './measures.ts';
export { compareMeasures, type MeasureDifference, type ScoredDecisions } from './paired.ts';
export {
  applyPolicy,
  choosePolicy,
  defaultPolicyNames,
  genresNeverGiven,
  type Policy,
  type PolicyRequest,
  parsePolicyName,
  policySchema,
  sayNeverGiven,
} from './policies.ts';
export { type PolicyCurves, policyCurvesField, policyCurvesOf, policyCurvesSchema } from './policyCurves.ts';
export {
  type DoubtedLabel,
  doubtLabels,
  type GenreDoubts,
  highestLosses,
  type LabelDoubts,
  type LossyPoster,
  type NamedScores,
  stackScores,
} from './posterErrors.ts';
export type { Counts } from './ranked.ts';
export {
  averagePrecisionScore,
  type PrecisionRecallCurve,
  precisionRecallCurve,
  type RankingOptions,
  rocAucScore,
  withoutPositives,
} from './ranking.ts';
export {
  type BinOptions,
  brierScoreLoss,
  expectedCalibrationError,
  logLoss,
  type ReliabilityBin,
  reliabilityDiagram,
} from './reliability.ts';
export {
  type DecideOptions,
  decide,
  type Fallback,
  never,
} from './thresholds.ts';
export { wilsonInterval } from './wilson.ts';
