/** @module A seed and a size -> labels and logits of made-up posters whose true probabilities are known. */
import type { Matrix } from '../../src/evaluate/index.ts';
import { Random } from '../../src/random.ts';

export interface Sampled {
  readonly yTrue: Matrix<Uint8Array>;
  /** Logits of the probabilities from which the labels were drawn, so perfectly calibrated. */
  readonly logits: Matrix<Float64Array>;
  /** Their probabilities. */
  readonly yScore: Matrix<Float64Array>;
  /** The genres' mean logit is this falling line: common genres first. */
  readonly prevalence: number[];
}

/** Genre g of G has logits of mean `-3 g / G` and standard deviation 1.5; labels are drawn from them. */
export function samplePosters(seed: number, rows: number, columns: number): Sampled {
  const random = Random.fromSeed(seed);
  const logits = Float64Array.from(
    { length: rows * columns },
    (_, i) => (-3 * (i % columns)) / columns + 1.5 * random.normal(),
  );
  const yScore = logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  const labels = Uint8Array.from(yScore, (probability) => (random.float() < probability ? 1 : 0));
  const prevalence = Array<number>(columns).fill(0);
  labels.forEach((label, i) => {
    prevalence[i % columns]! += label / rows;
  });
  return {
    yTrue: { rows, columns, data: labels },
    logits: { rows, columns, data: logits },
    yScore: { rows, columns, data: yScore },
    prevalence,
  };
}

/** The posters at `indices`, in that order; a poster may stand twice. */
export function takePosters(matrix: Matrix, indices: ArrayLike<number>): Matrix<Float64Array> {
  const { columns } = matrix;
  const data = new Float64Array(indices.length * columns);
  for (let r = 0; r < indices.length; r++)
    for (let c = 0; c < columns; c++) data[r * columns + c]! = matrix.data[indices[r]! * columns + c]!;
  return { rows: indices.length, columns, data };
}
