/** @module Labels, probabilities and decisions -> every headline measure, for any multiplicity of the posters. */
import { mean } from './average.ts';
import { ratio } from './confusion.ts';
import {
  byPoster,
  coverageOfPoster,
  labelRankingAveragePrecisionOfPoster,
  precisionAtKOfPoster,
  rankingLossOfPoster,
} from './labelRanking.ts';
import { knownByPoster, type Labels, type Matrix, requireLabels, requireProbabilities } from './matrix.ts';
import { averagePrecisionOf, type Counts, countOnce, rankGenre, rankPairs, rocAucOf } from './ranked.ts';
import { brierByPoster, logLossByPoster } from './reliability.ts';

/** The headline measures, named as in scikit-learn with the average in front, and where the best value lies. */
export const measureTable = {
  microAveragePrecision: { best: 'high', label: 'micro average precision' },
  macroAveragePrecision: { best: 'high', label: 'macro average precision' },
  macroRocAuc: { best: 'high', label: 'macro ROC AUC' },
  labelRankingAveragePrecision: {
    best: 'high',
    label: 'label-ranking average precision',
  },
  precisionAt1: { best: 'high', label: 'precision at 1' },
  precisionAt3: { best: 'high', label: 'precision at 3' },
  coverageError: { best: 'low', label: 'coverage error' },
  labelRankingLoss: { best: 'low', label: 'label-ranking loss' },
  brierScoreLoss: { best: 'low', label: 'Brier score' },
  logLoss: { best: 'low', label: 'log loss' },
  microPrecision: { best: 'high', label: 'micro precision' },
  microRecall: { best: 'high', label: 'micro recall' },
  microF1: { best: 'high', label: 'micro F1' },
  macroPrecision: { best: 'high', label: 'macro precision' },
  macroRecall: { best: 'high', label: 'macro recall' },
  macroF1: { best: 'high', label: 'macro F1' },
  samplesF1: { best: 'high', label: 'samples F1' },
  samplesJaccard: { best: 'high', label: 'samples Jaccard' },
  subsetAccuracy: { best: 'high', label: 'subset accuracy' },
  hammingLoss: { best: 'low', label: 'Hamming loss' },
} as const;

export type MeasureName = keyof typeof measureTable;

/** `microF1` -> `micro_f1` */
type SnakeCase<Text extends string> = Text extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeCase<Rest>}`
    : `_${Lowercase<First>}${SnakeCase<Rest>}`
  : Text;

/** How columns of a table call a measure of the validation posters; recipes name it so, too. */
export type ValidationColumn<Name extends MeasureName> = `validation_${SnakeCase<Name>}`;

/** The column of a measure, from the one name that it has everywhere else: `microF1` -> `validation_micro_f1`. */
export function validationColumn<Name extends MeasureName>(name: Name): ValidationColumn<Name> {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return `validation_${snake}` as ValidationColumn<Name>;
}

export const measureNames = Object.keys(measureTable) as readonly MeasureName[];

/** All measures of one multiset of posters. */
export interface Measured {
  readonly measures: Record<MeasureName, number>;
  /** `[genres]` */
  readonly averagePrecision: Float64Array;
}

/** Measures that are means over posters of a number that each poster has by itself; NaN where nothing is known of it. */
function posterMeasures(yTrue: Labels, yScore: Matrix, yPred: Matrix) {
  const { rows, columns, known } = yTrue;
  const samplesF1 = new Float64Array(rows);
  const samplesJaccard = new Float64Array(rows);
  const subsetAccuracy = new Float64Array(rows);
  const hammingLoss = new Float64Array(rows);
  for (let r = 0, i = 0; r < rows; r++) {
    let [hits, claims, pairs] = [0, 0, 0]; // tp, and tp + fp + tp + fn
    for (let c = 0; c < columns; c++, i++) {
      if (known?.[i] === 0) continue;
      pairs++;
      hits += yTrue.data[i]! * yPred.data[i]!;
      claims += yTrue.data[i]! + yPred.data[i]!;
    }
    const defined = pairs === 0 ? Number.NaN : 0;
    samplesF1[r] = defined + ratio(2 * hits, claims, 0);
    samplesJaccard[r] = defined + ratio(hits, claims - hits, 0);
    subsetAccuracy[r] = defined + (claims === 2 * hits ? 1 : 0);
    hammingLoss[r] = (claims - 2 * hits) / pairs;
  }
  return {
    labelRankingAveragePrecision: byPoster(labelRankingAveragePrecisionOfPoster, yTrue, yScore),
    precisionAt1: byPoster(precisionAtKOfPoster(1, columns), yTrue, yScore),
    precisionAt3: byPoster(precisionAtKOfPoster(3, columns), yTrue, yScore),
    coverageError: byPoster(coverageOfPoster, yTrue, yScore),
    labelRankingLoss: byPoster(rankingLossOfPoster, yTrue, yScore),
    brierScoreLoss: brierByPoster(yTrue, yScore),
    logLoss: logLossByPoster(yTrue, yScore),
    samplesF1,
    samplesJaccard,
    subsetAccuracy,
    hammingLoss,
  };
}

/** Which posters have, and get, a genre that is known of them: lists are shorter than columns, since most labels are 0. */
function postersWith({ rows, columns, data, known }: Labels, genre: number): number[] {
  const posters: number[] = [];
  for (let r = 0, i = genre; r < rows; r++, i += columns)
    if (data[i] === 1 && known?.[i] !== 0) posters.push(r);
  return posters;
}

function total(posters: readonly number[], counts: Counts): number {
  let sum = 0;
  for (const poster of posters) sum += counts[poster]!;
  return sum;
}

/** The mean of what is defined of posters that count `counts` times each. */
function meanOf(values: Float64Array, counts: Counts): number {
  let sum = 0;
  let posters = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    sum += counts[i]! * values[i]!;
    posters += counts[i]!;
  }
  return sum / posters;
}

/**
 * Sorts and counts once what every resample needs, and gives a function from the posters' multiplicities to
 * all measures. Each equals the public function of the same name on the multiplied posters.
 *
 * yTrue and yPred: 0 or 1, yScore: probabilities in [0, 1], `[posters, genres]`. Zero division scores 0;
 * genres without a positive or a negative are left out of `macroRocAuc`, which is NaN when none is left. Pairs of which
 * nothing is known are left out of everything: a genre without any of macro measures, a poster without any of means
 * over posters.
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels or decisions other than 0 and 1, or
 * scores outside [0, 1].
 */
export function prepareMeasures(yTrue: Labels, yScore: Matrix, yPred: Matrix): (counts: Counts) => Measured {
  requireProbabilities(yTrue, yScore);
  requireLabels(yTrue, yPred);
  const pairs = rankPairs(yTrue, yScore);
  const hitMatrix = { ...yTrue, data: Uint8Array.from(yTrue.data, (truth, i) => truth * yPred.data[i]!) };
  const genres = Array.from({ length: yTrue.columns }, (_, genre) => ({
    ranked: rankGenre(yTrue, yScore, genre),
    hits: postersWith(hitMatrix, genre),
    predicted: postersWith({ ...yPred, known: yTrue.known }, genre),
    support: postersWith(yTrue, genre),
  }));
  const ofPosters = posterMeasures(yTrue, yScore, yPred);
  const knownGenres = yTrue.known && knownByPoster(yTrue);

  return (counts) => {
    // Means over pairs weigh a poster by how many of its genres are known.
    const pairCounts = knownGenres ? counts.map((count, r) => count * knownGenres[r]!) : counts;
    const averagePrecision = new Float64Array(genres.length);
    const precision = new Float64Array(genres.length);
    const recall = new Float64Array(genres.length);
    const f1 = new Float64Array(genres.length);
    const areas: number[] = [];
    let [allHits, allPredicted, allSupport] = [0, 0, 0];
    genres.forEach((genre, g) => {
      averagePrecision[g] = averagePrecisionOf(genre.ranked, counts);
      const area = rocAucOf(genre.ranked, counts);
      if (!Number.isNaN(area)) areas.push(area);
      const hits = total(genre.hits, counts);
      const predicted = total(genre.predicted, counts);
      const support = total(genre.support, counts);
      const defined = Number.isNaN(averagePrecision[g]) ? Number.NaN : 0;
      precision[g] = defined + ratio(hits, predicted, 0);
      recall[g] = defined + ratio(hits, support, 0);
      f1[g] = defined + ratio(2 * hits, predicted + support, 0);
      allHits += hits;
      allPredicted += predicted;
      allSupport += support;
    });
    const measures: Record<MeasureName, number> = {
      microAveragePrecision: averagePrecisionOf(pairs, counts),
      macroAveragePrecision: mean(averagePrecision),
      macroRocAuc: mean(areas),
      labelRankingAveragePrecision: meanOf(ofPosters.labelRankingAveragePrecision, counts),
      precisionAt1: meanOf(ofPosters.precisionAt1, counts),
      precisionAt3: meanOf(ofPosters.precisionAt3, counts),
      coverageError: meanOf(ofPosters.coverageError, counts),
      labelRankingLoss: meanOf(ofPosters.labelRankingLoss, counts),
      brierScoreLoss: meanOf(ofPosters.brierScoreLoss, pairCounts),
      logLoss: meanOf(ofPosters.logLoss, pairCounts),
      microPrecision: ratio(allHits, allPredicted, 0),
      microRecall: ratio(allHits, allSupport, 0),
      microF1: ratio(2 * allHits, allPredicted + allSupport, 0),
      macroPrecision: mean(precision),
      macroRecall: mean(recall),
      macroF1: mean(f1),
      samplesF1: meanOf(ofPosters.samplesF1, counts),
      samplesJaccard: meanOf(ofPosters.samplesJaccard, counts),
      subsetAccuracy: meanOf(ofPosters.subsetAccuracy, counts),
      hammingLoss: meanOf(ofPosters.hammingLoss, pairCounts),
    };
    return { measures, averagePrecision };
  };
}

/** All headline measures of the posters as they are; see {@link prepareMeasures}. */
export function computeMeasures(yTrue: Labels, yScore: Matrix, yPred: Matrix): Measured {
  return prepareMeasures(yTrue, yScore, yPred)(countOnce(yTrue.rows));
}
