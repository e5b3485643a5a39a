/** @module test/evaluate/golden/measures.json -> typed cases: scikit-learn's answers, made by tools/goldens/measures.py. */
import { readFileSync } from 'node:fs';
import { type Labels, type Matrix, matrixFromRows } from '../../src/evaluate/index.ts';

type Averages = Record<'micro' | 'macro' | 'weighted', number> & {
  samples?: number;
  /** null for a genre of which nothing is known */
  none: (number | null)[];
};
type Averaged = Record<'0' | '1', Required<Averages>>;

export interface GoldenReliability {
  counts: number[];
  positiveRate: number[];
  meanProbability: number[];
  error: number;
}

export interface Expected {
  precision: Averaged;
  recall: Averaged;
  f1: Averaged;
  'f0.5': Averaged;
  f2: Averaged;
  jaccard: Averaged;
  hammingLoss: number;
  accuracy: number;
  averagePrecision: Averages;
  rocAuc?: Averages;
  labelRankingAveragePrecision: number;
  labelRankingLoss?: number;
  coverageError: number;
  precisionAtK: Record<string, number>;
  precisionRecallCurve: { precision: number[]; recall: number[]; thresholds: number[] };
  brierScore: number;
  logLoss: number;
  reliability: Record<string, GoldenReliability>;
  genreErrors: (number | null)[];
}

interface Golden {
  cases: {
    name: string;
    yTrue: number[][];
    /** 0 where nothing is known; absent where everything is. */
    known?: number[][];
    yScore: number[][];
    yPred: number[][];
    expected: Expected;
  }[];
  scaling: {
    yTrue: number[][];
    logits: number[][];
    regularization: number;
    expected: { scale: number[]; bias: number[]; temperatureScale: number };
  };
}

const golden = JSON.parse(readFileSync(new URL('golden/measures.json', import.meta.url), 'utf8')) as Golden;

export interface GoldenCase {
  name: string;
  yTrue: Labels;
  yScore: Matrix;
  yPred: Matrix;
  expected: Expected;
}

export const goldenCases: readonly GoldenCase[] = golden.cases.map(
  ({ name, yTrue, known, yScore, yPred, expected }) => ({
    name,
    yTrue: { ...matrixFromRows(yTrue), known: known && Uint8Array.from(known.flat()) },
    yScore: matrixFromRows(yScore),
    yPred: matrixFromRows(yPred),
    expected,
  }),
);

export const scalingCase = {
  ...golden.scaling,
  yTrue: matrixFromRows(golden.scaling.yTrue),
  logits: matrixFromRows(golden.scaling.logits),
};

/** The greatest distance between numbers, or between lists of numbers, place by place; NaN is what null expects. */
export function distance(
  actual: number | ArrayLike<number>,
  expected: number | ArrayLike<number | null>,
): number {
  const listed = <T>(value: number | ArrayLike<T>) =>
    typeof value === 'number' ? [value] : Array.from(value);
  const [a, b] = [listed(actual), listed(expected)];
  if (a.length !== b.length) return Infinity;
  return a.reduce((most, value, i) => {
    const other = b[i];
    if (other === null) return Number.isNaN(value) ? most : Infinity;
    const apart = Math.abs(value - other!);
    return Number.isNaN(apart) ? Infinity : Math.max(most, apart);
  }, 0);
}
