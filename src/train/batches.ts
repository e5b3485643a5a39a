/** @module Posters and rows of them -> batches: varied, mixed and with their targets. */
import { augment, mixBatch } from '../image/index.ts';
import type { Random } from '../random.ts';
import type { Recipe } from './config.ts';
import type { Batch } from './step.ts';

/** Posters in the order of the labels' rows. */
export interface TrainingPosters {
  readonly pixels: { get(index: number): Uint8Array };
  /** uint8 [posters, genres] */
  readonly labels: Uint8Array;
  /** What training aims at instead of the labels, float32 [posters, genres]. @default the labels */
  readonly targets?: Float32Array;
  readonly genres: number;
}

/** The rows of a matrix [posters, genres] as float32. */
function rowsOf(
  matrix: Uint8Array | Float32Array,
  columns: number,
  rows: readonly number[],
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    values.set(matrix.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return values;
}

/** Labels of some posters, float32 [rows, genres]. */
export function labelsOf({ labels, genres }: TrainingPosters, rows: readonly number[]): Float32Array {
  return rowsOf(labels, genres, rows);
}

/** The batch of step `update`, counted from the start: all its noise is drawn from the generator by that number. */
export function trainingBatch(
  posters: TrainingPosters,
  rows: readonly number[],
  { input, augmentation, mixing }: Recipe,
  generator: Random,
  update: number,
): Batch {
  const size = rows.length;
  const stride = input.height * input.width * 3;
  const pixels = new Uint8Array(size * stride);
  const random = generator.split('augmentation').split(update);
  rows.forEach((row, i) => {
    augment(posters.pixels.get(row), input, augmentation, random.split(i), pixels, i * stride);
  });
  const { genres } = posters;
  const labels = rowsOf(posters.targets ?? posters.labels, genres, rows);
  if (mixing === undefined) return { pixels, labels, size };
  const mixtures = mixBatch(pixels, input, mixing, generator.split('mixing').split(update));
  const mixed = labels.map((value, at) => {
    const { partner, share } = mixtures[Math.floor(at / genres)]!;
    return share * value + (1 - share) * labels[partner * genres + (at % genres)]!;
  });
  return { pixels, labels: mixed, size };
}
