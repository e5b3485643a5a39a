/** @module Features of posters and labels -> a head that gives the labels, and what posters that it had not seen say of it. */
import {
  choosePolicy,
  decide,
  fitPlatt,
  type Policy,
  policyCurvesOf,
  wilsonInterval,
} from '../../src/evaluate/browser.ts';
import { Random } from '../../src/random.ts';
import { fitLogistic, type SparseRows } from '../../src/text/browser.ts';

/** Posters with what the network sees in them and the labels that a person gave them. */
export interface Lesson {
  /** float32 [posters, width] */
  readonly features: Float32Array;
  readonly width: number;
  /** 0 or 1, uint8 [posters, labels] */
  readonly labels: Uint8Array;
  readonly count: number;
}

/** A dense layer on the network's features, and how its logits become probabilities. */
export interface TaughtHead {
  /** float32 [labels, width] */
  readonly weights: Float32Array;
  /** float32 [labels] */
  readonly bias: Float32Array;
  readonly calibration: { readonly scale: number[]; readonly bias: number[] };
}

/** A share with the interval in which it would lie for any number of such posters, with 95 % certainty. */
export interface Measured {
  readonly hits: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

export interface Taught {
  readonly head: TaughtHead;
  readonly policies: readonly Policy[];
  readonly policyCurves: ReturnType<typeof policyCurvesOf>;
  /** [labels] */
  readonly prevalence: readonly number[];
  /** Of posters that were held out in turn: those whose likeliest label is one of theirs. */
  readonly likeliest: Measured;
  /** The same for the one label that most posters have. */
  readonly mostCommon: Measured;
  /** Of the held-out posters of each label, those that were given it: it is likelier than not, or the likeliest. */
  readonly found: readonly Measured[];
  /** Of the held-out posters that were given each label, those that have it. */
  readonly right: readonly Measured[];
}

/** Parts into which posters are cut: each is held out once while the others teach. */
const folds = 5;

/** Of the weights, whose features have unit length on average: weak enough to follow twenty posters. */
const penalty = 0.1;

/** Labels as matrices of the evaluation have them. */
function matrix<Data extends Uint8Array | Float64Array>(data: Data, columns: number) {
  return { rows: data.length / columns, columns, data };
}

/** The part of each poster: posters of a label, the rarest first, are dealt out evenly. */
export function dealt(labels: Uint8Array, count: number): Uint8Array {
  const rows = labels.length / count;
  const random = Random.fromSeed(1);
  const fold = new Uint8Array(rows).fill(255);
  const of = Array.from({ length: count }, (_, label) =>
    Array.from({ length: rows }, (_row, row) => row).filter((row) => labels[row * count + label] === 1),
  );
  let next = 0;
  for (const members of of.sort((a, b) => a.length - b.length)) {
    const open = members.filter((row) => fold[row] === 255);
    const order = open.map((row) => [random.float(), row] as const).sort(([a], [b]) => a - b);
    for (const [, row] of order) fold[row] = next++ % folds;
  }
  return fold;
}

/** A dense layer for some of the posters. */
function headFor({ features, width, labels, count }: Lesson, rows: readonly number[]) {
  const mean = new Float64Array(width);
  const squares = new Float64Array(width);
  for (const row of rows)
    for (let at = 0; at < width; at++) {
      const value = features[row * width + at]!;
      mean[at]! += value / rows.length;
      squares[at]! += value ** 2 / rows.length;
    }
  const scale = squares.map((square, at) => 1 / Math.sqrt(width * Math.max(square - mean[at]! ** 2, 1e-8)));
  const starts = Uint32Array.from({ length: rows.length + 1 }, (_, i) => i * width);
  const places = Uint32Array.from({ length: rows.length * width }, (_, i) => i % width);
  const values = Float32Array.from(places, (at, i) => {
    const row = rows[Math.floor(i / width)]!;
    return (features[row * width + at]! - mean[at]!) * scale[at]!;
  });
  const sparse: SparseRows = { starts, places, values, width };
  const weights = new Float32Array(count * width);
  const bias = new Float32Array(count);
  for (let label = 0; label < count; label++) {
    const truth = rows.map((row) => labels[row * count + label]!);
    const found = fitLogistic(sparse, truth, { penalty });
    let shift = found[width]!;
    for (let at = 0; at < width; at++) {
      weights[label * width + at] = found[at]! * scale[at]!;
      shift -= found[at]! * scale[at]! * mean[at]!;
    }
    bias[label] = shift;
  }
  return { weights, bias };
}

/** Logits of one poster, [labels]. */
export function logitsOf(
  features: ArrayLike<number>,
  { weights, bias }: Pick<TaughtHead, 'weights' | 'bias'>,
): Float64Array {
  return Float64Array.from(bias, (shift, label) => {
    let logit = shift;
    for (let at = 0; at < features.length; at++)
      logit += weights[label * features.length + at]! * features[at]!;
    return logit;
  });
}

export function probabilitiesOf(logits: Float64Array, { calibration }: TaughtHead): Float64Array {
  return logits.map(
    (logit, label) => 1 / (1 + Math.exp(-(calibration.scale[label]! * logit + calibration.bias[label]!))),
  );
}

function measured(hits: number, of: number): Measured {
  return { hits, of, ...wilsonInterval(of === 0 ? 0 : hits / of, of) };
}

/**
 * Logistic regression of each label, cross-validated: every poster is judged once by a head that has not seen it. The
 * head that is kept has learned from all.
 *
 * @param onProgress heads that are done, and how many there are
 */
export function teach(lesson: Lesson, onProgress: (done: number, total: number) => void): Taught {
  const { features, width, labels, count } = lesson;
  const rows = labels.length / count;
  const every = Array.from({ length: rows }, (_, row) => row);
  const fold = dealt(labels, count);
  const heldOut = new Float64Array(labels.length);
  for (let part = 0; part < folds; part++) {
    onProgress(part, folds + 1);
    const head = headFor(
      lesson,
      every.filter((row) => fold[row] !== part),
    );
    for (const row of every.filter((each) => fold[each] === part))
      heldOut.set(logitsOf(features.subarray(row * width, (row + 1) * width), head), row * count);
  }
  onProgress(folds, folds + 1);
  const truth = matrix(labels, count);
  const calibration = fitPlatt(truth, matrix(heldOut, count));
  const head: TaughtHead = { ...headFor(lesson, every), calibration };
  onProgress(folds + 1, folds + 1);
  const probabilities = new Float64Array(heldOut.length);
  for (const row of every)
    probabilities.set(probabilitiesOf(heldOut.subarray(row * count, (row + 1) * count), head), row * count);
  const scores = matrix(probabilities, count);
  const totals = Array.from({ length: count }, (_, label) =>
    every.reduce((sum, row) => sum + labels[row * count + label]!, 0),
  );
  const first = (row: number): number => {
    const own = probabilities.subarray(row * count, (row + 1) * count);
    return own.indexOf(own.reduce((most, each) => Math.max(most, each)));
  };
  const isOf = (row: number, label: number): boolean => labels[row * count + label] === 1;
  const given = decide(scores, Array<number>(count).fill(0.5)).data;
  const givenTo = (label: number) => every.filter((row) => given[row * count + label] === 1);
  const each = Array.from({ length: count }, (_, label) => {
    const named = givenTo(label);
    return { named: named.length, hits: named.filter((row) => isOf(row, label)).length };
  });
  return {
    head,
    policies: ['f1', 'top=1', 'balanced'].map((name) => choosePolicy(name, truth, scores)),
    policyCurves: policyCurvesOf(truth, scores),
    prevalence: totals.map((total) => total / rows),
    likeliest: measured(every.filter((row) => isOf(row, first(row))).length, rows),
    mostCommon: measured(Math.max(...totals), rows),
    found: each.map(({ hits }, label) => measured(hits, totals[label]!)),
    right: each.map(({ hits, named }) => measured(hits, named)),
  };
}
