/** @module Posters and rows of them -> batches: varied, mixed and with their targets, as far as these are known. */
import { type Tensor, uint8 } from '../../graph/index.ts';
import { augment, type Mixture, mixBatch, type PixelSize } from '../../image/index.ts';
import type { Random } from '../../random.ts';
import { type Recipe, readingRule } from '../../run/index.ts';
import type { Networks } from '../networks.ts';
import type { Batch } from '../step/step.ts';
import type { Targets } from './targets.ts';

/** Posters in the order of the labels' rows. */
export interface TrainingPosters {
  /** Posters to train on in the size of the recipe's input, those to validate on in its reading size. */
  readonly pixels: { get(index: number): Uint8Array };
  /** uint8 [posters, genres] */
  readonly labels: Uint8Array;
  /** uint8 [posters, genres]: 0 where nothing is known of a label. @default everything is known */
  readonly known?: Uint8Array;
  /** What training aims at instead of the labels, where it is known. @default the labels */
  readonly targets?: Targets;
  readonly genres: number;
}

/** Where batches come from, and what they go through. */
export interface BatchSource {
  /** The networks from the batches' inputs to the logits: all of them, or what stands above the frozen layers. */
  readonly networks: Networks;
  /** The batch of step `update`, counted from the start of the training, in epoch `epoch`, counted from 0. */
  training(rows: readonly number[], epoch: number, update: number): Batch;
  /** Posters in reading size as they are, with their labels. */
  evaluation(rows: readonly number[]): Batch;
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

type Aims = Pick<Batch, 'labels' | 'known'>;

/** Labels of some posters, and what is known of them. */
export function labelsOf({ labels, known, genres }: TrainingPosters, rows: readonly number[]): Aims {
  return { labels: rowsOf(labels, genres, rows), known: known && rowsOf(known, genres, rows) };
}

/** What training aims at. */
export function targetsOf(posters: TrainingPosters, rows: readonly number[]): Aims {
  const { targets, genres } = posters;
  if (targets === undefined) return labelsOf(posters, rows);
  const { values, known } = targets;
  return { labels: rowsOf(values, genres, rows), known: known && rowsOf(known, genres, rows) };
}

/** What mixed posters aim at: their targets in the same shares. It is known where it is known of each that has a share. */
function mixAims({ labels, known }: Aims, mixtures: readonly Mixture[], genres: number): Aims {
  const mixed = (values: Float32Array, mix: (own: number, other: number, share: number) => number) =>
    values.map((value, at) => {
      const { partner, share } = mixtures[Math.floor(at / genres)]!;
      return mix(value, values[partner * genres + (at % genres)]!, share);
    });
  return {
    labels: mixed(labels, (own, other, share) => share * own + (1 - share) * other),
    known: known && mixed(known, (own, other, share) => (share === 0 ? 1 : own) * (share === 1 ? 1 : other)),
  };
}

/**
 * Posters to train on, each varied by a generator of its own.
 *
 * @param random gives the generator of the i-th row as `random.split(i)`
 * @returns uint8 [rows, height, width, 3]
 */
export function variedPixels(
  { pixels: source }: TrainingPosters,
  rows: readonly number[],
  { input, augmentation }: Recipe,
  random: Random,
): Uint8Array {
  const stride = input.height * input.width * 3;
  const pixels = new Uint8Array(rows.length * stride);
  rows.forEach((row, i) => {
    augment(source.get(row), input, augmentation, random.split(i), pixels, i * stride);
  });
  return pixels;
}

/** Posters to validate on in reading size, uint8 [rows, height, width, 3]. */
export function plainPixels(
  { pixels: source }: TrainingPosters,
  rows: readonly number[],
  recipe: Recipe,
): Uint8Array {
  const rule = readingRule(recipe);
  const stride = rule.height * rule.width * 3;
  const pixels = new Uint8Array(rows.length * stride);
  rows.forEach((row, i) => {
    pixels.set(source.get(row), i * stride);
  });
  return pixels;
}

/** Pixels as the network's input. */
export function imageInput(
  pixels: Uint8Array,
  size: number,
  { height, width }: PixelSize,
): Record<'image', Tensor> {
  return { image: uint8(pixels, [size, height, width, 3]) };
}

/** Batches of pixels, augmented and mixed: all noise is drawn from the generator by the number of the step. */
export function pixelBatches(
  networks: Networks,
  posters: TrainingPosters,
  recipe: Recipe,
  generator: Random,
): BatchSource {
  const { genres } = posters;
  return {
    networks,
    training(rows, _epoch, update) {
      const size = rows.length;
      const pixels = variedPixels(posters, rows, recipe, generator.split('augmentation').split(update));
      const aims = targetsOf(posters, rows);
      const { mixing, input } = recipe;
      if (mixing === undefined) return { inputs: imageInput(pixels, size, input), ...aims, size };
      const mixtures = mixBatch(pixels, input, mixing, generator.split('mixing').split(update));
      const inputs = imageInput(pixels, size, input);
      return { inputs, ...mixAims(aims, mixtures, genres), size };
    },
    evaluation(rows) {
      const size = rows.length;
      const inputs = imageInput(plainPixels(posters, rows, recipe), size, readingRule(recipe));
      return { inputs, ...labelsOf(posters, rows), size };
    },
  };
}
