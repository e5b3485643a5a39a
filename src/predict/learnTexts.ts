/** @module A network and what is heard of posters and films -> the model of texts that speaks beside the network. */
import { onesheetError } from '../errors.ts';
import { computeMeasures, expectedCalibrationError, type Matrix, matrixFromRows } from '../evaluate/index.ts';
import { writeFileAtomically } from '../files.ts';
import { textModelPath } from '../model/index.ts';
import { type Combination, encodeTextModel, fitTextModel } from '../text/index.ts';
import { readTextMaterial, type TextMaterial, type TextMaterialOptions } from './textMaterial.ts';

export interface LearnTextsOptions extends TextMaterialOptions {
  /** File to write. @default `best.texts.safetensors` beside the network, where `predict` looks for it */
  readonly out?: string;
  /** Told what is learned now. */
  readonly onProgress?: (what: string) => void;
}

interface TextMeasures {
  readonly microAveragePrecision: number;
  readonly macroAveragePrecision: number;
  readonly expectedCalibrationError: number;
}

/** Of the validation posters of which a combination is heard. */
export interface CombinationMeasures {
  readonly combination: Combination;
  readonly posters: number;
  readonly picture: TextMeasures;
  /** Weights and calibration were fitted to these posters: a little better than the truth. */
  readonly together: TextMeasures;
  /** What each linear model counts beside the network, by the text that it hears. */
  readonly weights: Readonly<Record<string, number>>;
}

export interface LearnTextsResult {
  readonly path: string;
  readonly bytes: number;
  /** Words, pairs of words, groups of letters, and words by their meaning. */
  readonly features: number;
  /** Posters whose lines, and films whose titles were learned. */
  readonly posters: number;
  readonly films: number;
  /** Rows of the tables of films. */
  readonly filmRows: number;
  /** Films that were left out since their posters are kept apart to validate or to test. */
  readonly keptApart: number;
  readonly validation: readonly CombinationMeasures[];
}

function measuresOf(truth: Matrix, scores: Matrix): TextMeasures {
  const decisions = { ...scores, data: Uint8Array.from(scores.data, (p) => Number(p > 0.5)) };
  const { microAveragePrecision, macroAveragePrecision } = computeMeasures(truth, scores, decisions).measures;
  return {
    microAveragePrecision: microAveragePrecision!,
    macroAveragePrecision: macroAveragePrecision!,
    expectedCalibrationError: expectedCalibrationError(truth, scores),
  };
}

/** Fits the text model beside a network. */
export function fitTexts(
  { genres, prevalence, films, rowsOf, training, validation, vectors }: TextMaterial,
  { onProgress }: Pick<LearnTextsOptions, 'onProgress'> = {},
) {
  const posters = rowsOf(training);
  return fitTextModel({ genres, posters, films, validation, prevalence, vectors, onProgress });
}

/**
 * Learns which words speak for which genres, and how much they count beside a network.
 *
 * @throws {OnesheetError} for files that are missing or do not belong together; DATASET_EMPTY when nothing is heard of
 * enough validation posters
 */
export async function learnTexts(options: LearnTextsOptions): Promise<LearnTextsResult> {
  const { model: network, texts, titles, onProgress } = options;
  const sources = [texts ?? [], titles ?? []].flat();
  if (sources.length === 0)
    throw onesheetError('OPTION_INVALID', 'texts', 'texts or titles to learn from', 'none');
  const material = await readTextMaterial(options);
  const { ids, labels, known } = material.validation;
  const { model, validation } = fitTexts(material, { onProgress });
  if (validation.length === 0)
    throw onesheetError(
      'DATASET_EMPTY',
      sources.join(', '),
      `texts or titles of training and at least 10 validation posters of ${network}, such as ${ids[0]}`,
    );
  const path = options.out ?? textModelPath(material.modelPath);
  const bytes = encodeTextModel(model);
  await writeFileAtomically(path, bytes);
  const heads = Object.values(model.heads);
  return {
    path,
    bytes: bytes.length,
    features: heads.reduce(
      (sum, { features, meanings }) => sum + features.keys.length + meanings.keys.length,
      0,
    ),
    posters: model.posters,
    films: model.films,
    filmRows: material.filmRows,
    keptApart: material.keptApart,
    validation: validation.map(({ combination, posters, probability }) => {
      const of = (list: readonly ArrayLike<number>[]) => matrixFromRows(posters.map((row) => list[row]!));
      const truth = { ...of(labels), ...(known && { known: Uint8Array.from(of(known).data) }) };
      const { terms } = model.fits[combination]!;
      return {
        combination,
        posters: posters.length,
        picture: measuresOf(truth, of(material.validation.probabilities)),
        together: measuresOf(truth, probability),
        weights: Object.fromEntries(
          terms.map(({ head, of: source, weight }) => [`${head} of ${source}`, weight]),
        ),
      };
    }),
  };
}
