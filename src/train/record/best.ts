/** @module The best epoch's weights and validation logits -> a calibrated one-file model with its policies. */
import { basename } from 'node:path';
import {
  applyCalibration,
  choosePolicy,
  defaultPolicyNames,
  fitPlatt,
  identityCalibration,
  type Labels,
  type Matrix,
  policyCurvesOf,
} from '../../evaluate/index.ts';
import type { Graph } from '../../graph/index.ts';
import { decodeModel, encodeModel, type ModelMetadata, type Provenance } from '../../model/index.ts';
import { activationOf } from '../../nn/index.ts';
import {
  deviceOtherThanCpu,
  type RunConfig,
  readingRule,
  runFiles,
  type ValidationLine,
} from '../../run/index.ts';
import { version } from '../../version.ts';
import { probabilitiesOf } from '../measures.ts';
import type { EpochReport } from '../training.ts';

export interface BestEpoch {
  readonly config: RunConfig;
  /** For posters in reading size. */
  readonly network: Graph;
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly report: EpochReport;
  /** Of the validation posters, in the order of the report's logits: ids, and labels as far as they are known. */
  readonly ids: readonly string[];
  readonly yTrue: Labels;
  readonly trainingPosters: number;
}

/**
 * Calibrates on the known pairs of the validation posters (Platt scaling of each genre; none where genres compete in a softmax),
 * chooses the decision policies on the calibrated probabilities, and packs all of it with the weights.
 */
export function packBestModel(best: BestEpoch): { model: Uint8Array; validation: ValidationLine[] } {
  const { config, report, ids, yTrue } = best;
  const { recipe, genres } = config;
  const [rows, columns] = [ids.length, genres.length];
  const activation = activationOf(recipe.loss);
  const logits: Matrix<Float32Array> = { rows, columns, data: report.logits };
  const calibration = activation === 'sigmoid' ? fitPlatt(yTrue, logits) : identityCalibration(columns);
  const yScore: Matrix =
    activation === 'sigmoid'
      ? applyCalibration(calibration, logits)
      : { rows, columns, data: probabilitiesOf(report.logits, columns, activation) };
  const metadata: ModelMetadata = {
    name: recipe.name,
    genres,
    prevalence: config.prevalence,
    activation,
    resize: readingRule(recipe),
    calibration,
    policies: defaultPolicyNames.map((name) => choosePolicy(name, yTrue, yScore, config.prevalence)),
    policyCurves: policyCurvesOf(yTrue, yScore),
    measures: measuresOf(report),
    provenance: {
      recipe: recipe.name,
      seed: config.seed,
      epoch: report.epoch,
      dataHash: config.dataHash,
      splitHash: config.splitHash,
      trainingPosters: best.trainingPosters,
      validationPosters: rows,
      version,
      startedFrom: startOf(config),
      device: deviceOtherThanCpu(config),
    },
  };
  const rowOf = (data: ArrayLike<number>, row: number): number[] =>
    Array.from({ length: columns }, (_, g) => data[row * columns + g]!);
  const model = encodeModel(best.network, metadata, best.weights);
  const { id: name } = decodeModel(model, runFiles.model);
  const genresIn = (data: ArrayLike<number>, row: number): string[] =>
    genres.filter((_, g) => data[row * columns + g] === 1);
  const validation = ids.map((id, row) => ({
    model: name,
    id,
    genres: genresIn(yTrue.data, row),
    known: yTrue.known && rowOf(yTrue.known, row).includes(0) ? genresIn(yTrue.known, row) : undefined,
    logits: rowOf(logits.data, row),
    probabilities: rowOf(yScore.data, row),
  }));
  return { model, validation };
}

/** The ONNX network that the trunk came from. */
function startOf({ recipe: { network }, initialWeightsHash }: RunConfig): Provenance['startedFrom'] {
  if (network.network !== 'onnx' || initialWeightsHash === undefined) return undefined;
  return { source: network.source ?? basename(network.file), sha256: initialWeightsHash };
}

function measuresOf(report: EpochReport): Record<string, number> {
  return Object.fromEntries(
    Object.entries(report).filter((entry): entry is [string, number] => entry[0].startsWith('validation_')),
  );
}
