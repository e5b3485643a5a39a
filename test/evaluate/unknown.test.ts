import { describe, expect, test } from 'vitest';
import {
  applyCalibration,
  bootstrapMeasures,
  choosePolicy,
  compareMeasures,
  computeMeasures,
  doubtLabels,
  evaluateProbabilities,
  findLabelErrors,
  fitPlatt,
  fitTemperature,
  floors,
  formatEvaluation,
  highestLosses,
  type Labels,
  type Matrix,
  matrixFromRows,
  measureNames,
  never,
  recallThreshold,
  stackScores,
} from '../../src/evaluate/index.ts';
import { prepareMeasures } from '../../src/evaluate/measures.ts';
import { Random } from '../../src/random.ts';
import { samplePosters, takePosters } from './sampled.ts';

const [rows, columns] = [160, 5];
const genres = ['Drama', 'Comedy', 'Action', 'Western', 'Musical'];
const { yTrue: labels, logits, yScore, prevalence } = samplePosters(31, rows, columns);
const random = Random.fromSeed(32);
/** A third of the pairs, all of Western on half of the posters, and all of ten posters. */
const known = Uint8Array.from({ length: rows * columns }, (_, i) => {
  const [poster, genre] = [Math.floor(i / columns), i % columns];
  const open = random.float() < 1 / 3 || (genre === 3 && poster < 80) || (poster >= 100 && poster < 110);
  return open ? 0 : 1;
});
const yTrue: Labels = { ...labels, known };
const yPred: Matrix = { ...labels, data: yScore.data.map((score) => (score > 0.4 ? 1 : 0)) };

/** The same matrix with other values where nothing is known. */
function changed<M extends Matrix>(matrix: M, seed: number): M {
  const other = Random.fromSeed(seed);
  const data = matrix.data.map((value, i) => (known[i] === 1 ? value : Number(other.float() < 0.5)));
  return { ...matrix, data };
}

/** The rows of some posters at which one genre is known, as vectors. */
function ofGenre(genre: number, ...matrices: Matrix[]): Matrix[] {
  const posters = Array.from({ length: rows }, (_, r) => r).filter((r) => known[r * columns + genre] === 1);
  return matrices.map(({ data }) => matrixFromRows(posters.map((r) => [data[r * columns + genre]!])));
}

describe('pairs of which nothing is known', () => {
  test('change no measure, whatever their labels, scores and decisions', () => {
    const measured = computeMeasures(yTrue, yScore, yPred);
    const other = computeMeasures(changed(yTrue, 1), changed(yScore, 2), changed(yPred, 3));
    expect(other).toEqual(measured);
    expect(Object.values(measured.measures).every(Number.isFinite)).toBe(true);
    const everything = computeMeasures(labels, yScore, yPred);
    for (const name of measureNames)
      expect(measured.measures[name], name).not.toBe(everything.measures[name]);
  });

  test('are left out of intervals and paired differences', () => {
    const options = () => ({ resamples: 30, random: Random.fromSeed(5) });
    const [a, b] = [
      bootstrapMeasures(yTrue, yScore, yPred, options()),
      bootstrapMeasures(changed(yTrue, 1), changed(yScore, 2), changed(yPred, 3), options()),
    ];
    expect(b).toEqual(a);
    const rival = { yScore: changed(yScore, 4), yPred: changed(yPred, 5) };
    const differences = compareMeasures(yTrue, { yScore, yPred }, rival, options());
    for (const name of measureNames)
      expect(differences[name], name).toEqual({ difference: 0, interval: [0, 0], exceedsNoise: false });
  });

  test('stay out when posters are drawn several times', () => {
    const counts = Float64Array.from({ length: rows }, () => random.integer(3));
    const draws = [...counts].flatMap((count, poster) => Array<number>(count).fill(poster));
    const take = (matrix: Matrix) => takePosters(matrix, draws);
    const mask = take({ rows, columns, data: known });
    const repeated = { ...take(labels), known: Uint8Array.from(mask.data) };
    const expected = computeMeasures(repeated, take(yScore), take(yPred)).measures;
    const { measures } = prepareMeasures(yTrue, yScore, yPred)(counts);
    for (const name of measureNames) expect(measures[name], name).toBeCloseTo(expected[name], 12);
  });

  test('are left out of the floors', () => {
    expect(floors(prevalence, changed(yTrue, 6))).toEqual(floors(prevalence, yTrue));
    const { allOne } = floors(prevalence, yTrue);
    let [positives, pairs] = [0, 0];
    for (let i = 0; i < known.length; i++) {
      if (known[i] === 0) continue;
      pairs++;
      positives += labels.data[i]!;
    }
    expect(allOne.measures.microPrecision).toBeCloseTo(positives / pairs, 12);
  });

  test('teach calibration nothing: each genre is fitted as if its other posters were not there', () => {
    const fitted = fitPlatt(changed(yTrue, 7), logits);
    for (let genre = 0; genre < columns; genre++) {
      const [truth, values] = ofGenre(genre, labels, logits) as [Matrix, Matrix];
      const alone = fitPlatt(truth, values);
      expect(fitted.scale[genre]).toBe(alone.scale[0]);
      expect(fitted.bias[genre]).toBe(alone.bias[0]);
    }
    const pairs = [...known.keys()].filter((i) => known[i] === 1);
    const column = ({ data }: Matrix) => matrixFromRows(pairs.map((i) => [data[i]!]));
    expect(fitTemperature(changed(yTrue, 7), logits).scale[0]).toBe(
      fitTemperature(column(labels), column(logits)).scale[0],
    );
    const without = { ...yTrue, known: known.map((one, i) => (i % columns === 2 ? 0 : one)) };
    const { scale, bias } = fitPlatt(without, logits);
    expect([scale[2], bias[2]]).toEqual([1, 0]);
    expect(applyCalibration({ scale, bias }, logits).data.every(Number.isFinite)).toBe(true);
  });

  test('are no evidence for a policy', () => {
    for (const name of ['top=3', 'f1', 'balanced', 'precision=0.6', 'recall=0.8']) {
      const policy = choosePolicy(name, yTrue, yScore);
      expect(choosePolicy(name, changed(yTrue, 8), yScore), name).toEqual(policy);
    }
    const precision = choosePolicy('precision=0.6', yTrue, yScore);
    const alone = Array.from({ length: columns }, (_, genre) => {
      const [truth, values] = ofGenre(genre, labels, yScore) as [Matrix, Matrix];
      const policy = choosePolicy('precision=0.6', truth, values);
      return policy.kind === 'threshold' ? policy.thresholds[0] : undefined;
    });
    expect(precision).toMatchObject({ thresholds: alone });
    const none = { ...yTrue, known: known.map((one, i) => (i % columns === 0 ? 0 : one)) };
    expect(choosePolicy('precision=0.6', none, yScore)).toMatchObject({
      thresholds: [never, ...alone.slice(1)],
    });
  });

  test('are no genres that a recall promises, and posters of which nothing is known none that it counts', () => {
    const recall = 0.7;
    const threshold = recallThreshold(yTrue, yScore, recall);
    const missed = (t: number) => {
      const shares: number[] = [];
      for (let r = 0; r < rows; r++) {
        const own = Array.from({ length: columns }, (_, g) => r * columns + g).filter((i) => known[i] === 1);
        if (own.length === 0) continue;
        const positives = own.filter((i) => labels.data[i] === 1);
        const below = positives.filter((i) => yScore.data[i]! < t);
        shares.push(positives.length === 0 ? 0 : below.length / positives.length);
      }
      const n = shares.length;
      expect(n).toBeLessThanOrEqual(150);
      return (shares.reduce((sum, share) => sum + share, 0) + 1) / (n + 1);
    };
    expect(missed(threshold)).toBeLessThanOrEqual(1 - recall + 1e-9);
    const above = [...yScore.data].filter(
      (score, i) => score > threshold && known[i]! * labels.data[i]! === 1,
    );
    expect(missed(Math.min(...above) + 1e-12)).toBeGreaterThan(1 - recall);
  });

  test('are never doubted, and leave the doubts on others as they are', () => {
    const errors = findLabelErrors(changed(yTrue, 9), changed(yScore, 10));
    expect(errors).toEqual(findLabelErrors(yTrue, yScore));
    expect(errors.candidates.length).toBeGreaterThan(10);
    for (const { poster, genre } of errors.candidates) expect(known[poster * columns + genre]).toBe(1);
    for (let genre = 0; genre < columns; genre++) {
      const [truth, values] = ofGenre(genre, labels, yScore) as [Matrix, Matrix];
      expect(errors.joints[genre]).toEqual(findLabelErrors(truth, values).joints[0]);
    }
  });

  test('count neither in the losses of posters nor in the number of labels', () => {
    const ids = Array.from({ length: rows }, (_, r) => `poster ${r}`);
    const scores = { ids, yTrue, yScore };
    const losses = highestLosses(scores, genres, rows);
    expect(losses.map(({ id }) => id)).not.toContain('poster 105');
    expect(losses.length).toBe(
      rows - ids.filter((_, r) => !known.subarray(r * columns, (r + 1) * columns).includes(1)).length,
    );
    const doubts = doubtLabels(scores, genres, 5);
    const pairs = known.reduce((sum, one) => sum + one, 0);
    expect(doubts.labels).toBe(pairs);
    expect(doubts.genres.reduce((sum, row) => sum + row.with + row.without, 0)).toBe(pairs);
    expect(losses[0]).toEqual(highestLosses({ ids, yTrue: changed(yTrue, 11), yScore }, genres, 1)[0]);
  });

  test('stay unknown where posters of several sources are joined', () => {
    const whole = {
      ids: ['a', 'b'],
      yTrue: matrixFromRows([[1], [0]]),
      yScore: matrixFromRows([[0.4], [0.2]]),
    };
    const part = {
      ids: ['b', 'c'],
      yTrue: { ...matrixFromRows([[1], [1]]), known: Uint8Array.of(0, 0) },
      yScore: matrixFromRows([[0.4], [0.2]]),
    };
    expect(stackScores([whole, part]).yTrue.known).toEqual(Uint8Array.of(1, 1, 0));
    expect(stackScores([whole]).yTrue.known).toBe(undefined);
  });

  test('are refused where they are told in another shape, or where they are everything', () => {
    const measure = (mask: Uint8Array) => () => computeMeasures({ ...labels, known: mask }, yScore, yPred);
    expect(measure(Uint8Array.of(1, 0))).toThrow('Expected 800 values for yTrue.known but received 2.');
    expect(measure(new Uint8Array(800).fill(2))).toThrow('only 0 and 1 for yTrue.known');
    expect(measure(new Uint8Array(800))).toThrow('at least one pair of which something is known');
  });
});

describe('the evaluation of posters that are known in part', () => {
  const options = { genres, thresholds: Array<number>(columns).fill(0.4), trainPrevalence: prevalence };
  const evaluate = (truth: Labels) =>
    evaluateProbabilities(truth, yScore, { ...options, resamples: 20, random: Random.fromSeed(1) });
  const evaluation = evaluate(yTrue);

  test('says how much is unknown, in all and of each genre', () => {
    expect(evaluation.posters).toBe(rows);
    expect(evaluation.unknownPairs).toBe(known.filter((one) => one === 0).length);
    expect(evaluation.genres.map((row) => row.known)).toEqual(
      genres.map((_, genre) => ofGenre(genre, labels)[0]!.rows),
    );
    const text = formatEvaluation(evaluation);
    const { unknownPairs } = evaluation;
    const [drama] = evaluation.genres;
    expect(text).toContain(
      `Of ${unknownPairs} of 800 poster-genre pairs nothing is known; they are left out of all that is measured: Drama ${rows - drama!.known}, Comedy `,
    );
    expect(formatEvaluation(evaluate(labels))).not.toContain('nothing is known');
  });

  test('measures each genre on the posters of which it is known', () => {
    evaluation.genres.forEach((row, genre) => {
      const [truth, values] = ofGenre(genre, labels, yScore) as [Matrix, Matrix];
      const alone = evaluateProbabilities(truth, values, {
        genres: [row.genre],
        thresholds: { name: 'thresholds', kind: 'threshold', thresholds: [0.4], fallback: 'none' },
        trainPrevalence: [0.5],
        resamples: 1,
        random: Random.fromSeed(1),
      }).genres[0]!;
      for (const name of ['support', 'averagePrecision', 'averagePrecisionFloor', 'rocAuc'] as const)
        expect(row[name], name).toBe(alone[name]);
      expect(row.expectedCalibrationError).toBeCloseTo(alone.expectedCalibrationError!, 12);
    });
  });

  test('has no figures for a genre that is known of no poster, and leaves it out of macro measures', () => {
    const truth = { ...yTrue, known: known.map((one, i) => (i % columns === 4 ? 0 : one)) };
    const partial = evaluate(truth);
    expect(JSON.parse(JSON.stringify(partial))).toEqual(partial);
    expect(partial.genres[4]).toMatchObject({
      known: 0,
      support: 0,
      precision: null,
      recall: null,
      f1: null,
      averagePrecision: null,
      averagePrecisionInterval: [null, null],
      averagePrecisionFloor: null,
      rocAuc: null,
      expectedCalibrationError: null,
    });
    expect(partial.genresWithoutPositives).toEqual([]);
    const own = partial.genres.slice(0, 4).map((row) => row.averagePrecision!);
    expect(partial.measures.macroAveragePrecision.value).toBeCloseTo(
      own.reduce((sum, value) => sum + value, 0) / 4,
      12,
    );
    expect(formatEvaluation(partial)).toContain('Musical 160');
  });
});
