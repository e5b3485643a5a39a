/** @module Values and named parameters -> values: the layers that networks are made of. */
import { float32, type Graph, operators as op, type Role, type Value } from '../graph/index.ts';
import type { Random } from '../random.ts';
import {
  constantValue,
  glorotGates,
  glorotUniform,
  heNormal,
  type Initializer,
  orthogonalGates,
  rememberingBiases,
} from './initialize.ts';

/**
 * Where a layer puts its parameters: a graph, a dotted path of names and the generator of that path. The children of the
 * root are the layers that learn at one rate and freeze together.
 */
export class Scope {
  readonly graph: Graph;
  readonly path: string;
  readonly #layer: string;
  readonly #random: Random;

  constructor(graph: Graph, random: Random, path = '', layer = '') {
    this.graph = graph;
    this.path = path;
    this.#layer = layer;
    this.#random = random;
  }

  child(name: string): Scope {
    const path = this.path === '' ? name : `${this.path}.${name}`;
    return new Scope(this.graph, this.#random.split(name), path, this.#layer || name);
  }

  /** What gradients change. */
  parameter(name: string, shape: readonly number[], initialize: Initializer): Value {
    return this.#initializer(name, shape, initialize, {
      kind: 'parameter',
      layer: this.#layer,
      origin: 'fresh',
    });
  }

  /** What follows the batches. */
  statistic(name: string, shape: readonly number[], initialize: Initializer): Value {
    return this.#initializer(name, shape, initialize, { kind: 'statistic', layer: this.#layer });
  }

  #initializer(name: string, shape: readonly number[], initialize: Initializer, role: Role): Value {
    const values = initialize(shape, this.#random.split(name));
    return this.graph.initializer(`${this.path}.${name}`, float32(values, shape), role);
  }
}

export interface ConvolutionLayerOptions {
  readonly channels: number;
  readonly kernel: number;
  /** @default 1 */
  readonly stride?: number;
}

/** Convolution without bias, same padding: x [batch, in, h, w] -> [batch, channels, h / stride, w / stride]. */
export function convolution(scope: Scope, x: Value, options: ConvolutionLayerOptions): Value {
  const { channels, kernel, stride = 1 } = options;
  const weight = scope.parameter('weight', [channels, x.shape[1] as number, kernel, kernel], heNormal);
  const before = Math.floor((kernel - 1) / 2);
  const after = kernel - 1 - before;
  return op.conv(x, weight, undefined, { strides: [stride, stride], pads: [before, before, after, after] });
}

/** Batch normalization (Ioffe & Szegedy 2015) of [batch, channels, ...]. */
export function normalization(scope: Scope, x: Value): Value {
  const channels = [x.shape[1] as number];
  const scale = scope.parameter('scale', channels, constantValue(1));
  const offset = scope.parameter('offset', channels, constantValue(0));
  const mean = scope.statistic('running_mean', channels, constantValue(0));
  const variance = scope.statistic('running_variance', channels, constantValue(1));
  return op.batchNormalization(x, scale, offset, mean, variance, { epsilon: 1e-5 });
}

/** x [batch, in] -> [batch, out]. */
export function dense(
  scope: Scope,
  x: Value,
  out: number,
  bias: Initializer = constantValue(0),
  weight: Initializer = glorotUniform,
): Value {
  const weights = scope.parameter('weight', [out, x.shape[1] as number], weight);
  return op.gemm(x, weights, scope.parameter('bias', [out], bias), { transposeB: true });
}

/** Zeroes units with this probability while training (Srivastava et al. 2014); the identity otherwise. */
export function dropout(x: Value, rate: number): Value {
  return rate === 0 ? x : x.graph.add('Dropout', [x, x.graph.scalar(rate)])[0]!;
}

export interface RecurrenceOptions {
  readonly cell: 'gru' | 'lstm';
  readonly hidden: number;
}

export interface Recurrence {
  /** [batch, time, 2 * hidden] */
  readonly outputs: Value;
  /** Each direction's state after its last step: [batch, 2 * hidden] */
  readonly last: Value;
}

/**
 * A bidirectional GRU (Cho et al. 2014, reset after the product as in cuDNN) or LSTM (Hochreiter & Schmidhuber
 * 1997) over x [batch, time, features].
 */
export function bidirectional(scope: Scope, x: Value, options: RecurrenceOptions): Recurrence {
  const { cell, hidden } = options;
  const gru = cell === 'gru';
  const gates = gru ? 3 : 4;
  const time = x.shape[1] as number;
  const features = x.shape[2] as number;
  const weights = [
    scope.parameter('input_weight', [2, gates * hidden, features], glorotGates),
    scope.parameter('recurrent_weight', [2, gates * hidden, hidden], orthogonalGates),
    scope.parameter('bias', [2, 2 * gates * hidden], gru ? constantValue(0) : rememberingBiases),
  ];
  const sequence = op.transpose(x, [1, 0, 2]); // [time, batch, features]
  const attributes = {
    direction: 'bidirectional',
    hidden_size: hidden,
    linear_before_reset: gru ? 1 : undefined,
  };
  const [outputs, last] = scope.graph.add(gru ? 'GRU' : 'LSTM', [sequence, ...weights], attributes, {
    outputs: 2,
  });
  return {
    outputs: op.reshape(op.transpose(outputs!, [2, 0, 1, 3]), [-1, time, 2 * hidden]),
    last: op.reshape(op.transpose(last!, [1, 0, 2]), [-1, 2 * hidden]),
  };
}

/**
 * Additive attention with a learned query (Bahdanau, Cho & Bengio 2015; Yang et al. 2016): a weighted mean of
 * x [batch, time, features] over time -> [batch, features].
 */
export function attention(scope: Scope, x: Value, size: number): Value {
  const time = x.shape[1] as number;
  const features = x.shape[2] as number;
  const projection = scope.parameter('projection', [features, size], glorotUniform);
  const bias = scope.parameter('bias', [size], constantValue(0));
  const query = scope.parameter('query', [size, 1], glorotUniform);
  const keys = op.tanh(op.add(op.matMul(x, projection), bias)); // [batch, time, size]
  const scores = op.reshape(op.matMul(keys, query), [-1, time]);
  const weights = op.unsqueeze(op.softmax(scores, 1), [1]); // [batch, 1, time]
  return op.squeeze(op.matMul(weights, x), [1]);
}

/** Sums up a feature map [batch, channels, h, w] as [batch, 2 * channels]: its mean and its maximum. */
export function globalPooling(x: Value): Value {
  return op.concat([op.reduceMean(x, [2, 3]), op.reduceMax(x, [2, 3])], 1);
}

/** Reads a feature map [batch, channels, h, w] as its rows, top to bottom: [batch, h, 2 * channels]. */
export function rowsOf(x: Value): Value {
  const rows = op.concat([op.reduceMean(x, [3]), op.reduceMax(x, [3])], 1); // [batch, 2 * channels, h]
  return op.transpose(rows, [0, 2, 1]);
}

export interface Normalization {
  /** Means of red, green and blue in [0, 255]. */
  readonly mean: readonly number[];
  /** Deviations of red, green and blue, on the same scale. */
  readonly deviation: readonly number[];
}

/** uint8 sRGB [batch, h, w, 3] -> normalized float32 [batch, 3, h, w]. */
export function normalizedPixels(image: Value, statistics: Normalization): Value {
  const { graph } = image;
  const channels = op.transpose(op.cast(image, 'float32'), [0, 3, 1, 2]);
  const { mean, deviation } = statistics;
  // One number for all channels is a scalar: onnxruntime is slow to repeat three numbers along the last axis, which
  // is where it moves them.
  const constantOf = (values: readonly number[]): Value =>
    values.every((value) => value === values[0])
      ? graph.scalar(values[0]!)
      : graph.constant(float32(values, [1, 3, 1, 1]));
  const slope = constantOf(deviation.map((d) => 1 / d));
  const offset = constantOf(mean.map((m, i) => -m / deviation[i]!));
  return op.add(op.multiply(channels, slope), offset);
}
