/** @module Posters and a network whose lower layers are frozen -> batches of what those layers give, computed once. */
import { onesheetError } from '../../errors.ts';
import { type Graph, openGraph, partitionFrozen, type SessionOptions } from '../../graph/index.ts';
import type { PixelSize } from '../../image/index.ts';
import type { Random } from '../../random.ts';
import { type Recipe, readingRule } from '../../run/index.ts';
import type { Networks } from '../networks.ts';
import {
  type BatchSource,
  imageInput,
  labelsOf,
  plainPixels,
  type TrainingPosters,
  targetsOf,
  variedPixels,
} from './batches.ts';

/** Posters that go through the frozen layers at a time. */
const batchSize = 32;
/** 12 GiB of features, all views together. */
const maximumBytes = 12 * 2 ** 30;

export interface FeatureOptions {
  /** Varied copies of each training poster; epoch e learns from copy e modulo their number. */
  readonly views: number;
  /** Names of the parameters that learn. */
  readonly trainable: readonly string[];
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly engine: SessionOptions;
}

/** Features of some posters: for each value of the boundary, [posters, ...shape]. */
class FeatureTable {
  readonly #rows: ReadonlyMap<number, number>;
  readonly #tables: ReadonlyMap<string, { readonly data: Float32Array; readonly shape: readonly number[] }>;

  constructor(rows: readonly number[], shapes: ReadonlyMap<string, readonly number[]>) {
    this.#rows = new Map(rows.map((row, i) => [row, i]));
    this.#tables = new Map(
      [...shapes].map(([name, shape]) => [
        name,
        { data: new Float32Array(rows.length * sizeOf(shape)), shape },
      ]),
    );
  }

  write(name: string, start: number, values: Float32Array): void {
    const { data, shape } = this.#tables.get(name)!;
    data.set(values, start * sizeOf(shape));
  }

  inputs(rows: readonly number[]): BatchInputs {
    const entries = [...this.#tables].map(([name, { data, shape }]) => {
      const size = sizeOf(shape);
      const values = new Float32Array(rows.length * size);
      rows.forEach((row, i) => {
        const at = this.#rows.get(row)! * size;
        values.set(data.subarray(at, at + size), i * size);
      });
      return [name, { dtype: 'float32', shape: [rows.length, ...shape], data: values }] as const;
    });
    return Object.fromEntries(entries);
  }
}
type BatchInputs = ReturnType<BatchSource['evaluation']>['inputs'];

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** A network cut above its frozen layers. */
class CutNetwork {
  readonly upper: Graph;
  readonly #lower: Graph;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;

  /** @throws {OnesheetError} FEATURES_UNCACHED for a network that learns from its first layer on */
  constructor(network: Graph, trainable: readonly string[]) {
    const { lower, upper, boundary } = partitionFrozen(network, new Set(trainable));
    if (lower.parameters.length === 0) throw onesheetError('FEATURES_UNCACHED', 'the first layer learns');
    this.upper = upper;
    this.#lower = lower;
    this.#shapes = new Map(boundary.map((name) => [name, lower.value(name).shape.slice(1) as number[]]));
  }

  /** Bytes of a poster's features. */
  get bytes(): number {
    return [...this.#shapes.values()].reduce((sum, shape) => sum + 4 * sizeOf(shape), 0);
  }

  /** A table for each pass over some posters, whose pixels of this size the pass gives. */
  async tables(
    passes: readonly ((rows: readonly number[], start: number) => Uint8Array)[],
    posters: readonly number[],
    size: PixelSize,
    engine: SessionOptions,
  ): Promise<FeatureTable[]> {
    const session = await openGraph(this.#lower, {}, engine);
    const tables: FeatureTable[] = [];
    for (const pixelsOf of passes) {
      const table = new FeatureTable(posters, this.#shapes);
      for (let start = 0; start < posters.length; start += batchSize) {
        const rows = posters.slice(start, start + batchSize);
        const outputs = await session.run(imageInput(pixelsOf(rows, start), rows.length, size));
        for (const name of this.#shapes.keys()) table.write(name, start, outputs[name]!.data as Float32Array);
      }
      tables.push(table);
    }
    await session.release();
    return tables;
  }
}

/**
 * Runs the frozen layers once over `views` varied copies of each training poster and over the validation posters.
 * Epochs take the copies by turns, so that the network sees no others: what is saved is the frozen layers' time.
 *
 * The copies are not mixed with each other.
 *
 * @throws {OnesheetError} FEATURES_UNCACHED for a network that learns from its first layer on, or features that take
 * more than 12 GiB
 */
export async function featureBatches(
  networks: Networks,
  posters: TrainingPosters,
  recipe: Recipe,
  generator: Random,
  { views, trainable, train, validation, engine }: FeatureOptions,
): Promise<BatchSource> {
  const learning = new CutNetwork(networks.learning, trainable);
  const reading = new CutNetwork(networks.reading, trainable);
  const bytes = learning.bytes * train.length * views + reading.bytes * validation.length;
  if (bytes > maximumBytes)
    throw onesheetError(
      'FEATURES_UNCACHED',
      `they would take ${(bytes / 2 ** 30).toFixed(1)} GiB of at most 12`,
    );
  const passes = Array.from({ length: views }, (_, view) => {
    const random = generator.split('views').split(view);
    return (rows: readonly number[], start: number) =>
      variedPixels(posters, rows, recipe, random.split(start));
  });
  const copies = await learning.tables(passes, train, recipe.input, engine);
  const [plain] = (await reading.tables(
    [(rows) => plainPixels(posters, rows, recipe)],
    validation,
    readingRule(recipe),
    engine,
  )) as [FeatureTable];
  return {
    networks: { learning: learning.upper, reading: reading.upper },
    training: (rows, epoch) => ({
      inputs: copies[epoch % views]!.inputs(rows),
      ...targetsOf(posters, rows),
      size: rows.length,
    }),
    evaluation: (rows) => ({
      inputs: plain.inputs(rows),
      ...labelsOf(posters, rows),
      size: rows.length,
    }),
  };
}
