/** @module Values of a graph that is rewritten -> their plain and their blocked forms, made once where they are read. */
import { cast, multiply, pad, reshape, reshapeTo, reverse, slice } from '../operators.ts';
import type { Rewriting } from '../rewrite.ts';
import { bindShape, float32, isSymbolic, type Shape } from '../tensor.ts';
import type { Value } from '../vocabulary.ts';
import { blockedDomain, type Convolution, filled } from './shapes.ts';

/** A shape with the size of its batch, if that is known. */
export function boundTo(batch: number | undefined, shape: Shape): Shape {
  return batch === undefined ? shape : bindShape(shape, { batch });
}

/**
 * The forms of every value: plain, [batch, channels, height, width], and blocked, which bears the same dimensions,
 * channels filled up to whole blocks, but lies in memory as [batch, channels / block, height, width, block].
 */
export class Layouts {
  readonly into: Rewriting;
  readonly block: number;
  readonly #batch: number | undefined;
  readonly #blocked = new Map<string, Value>();
  /** Weights in blocked order, by name and kind of convolution. */
  readonly #weights = new Map<string, Value>();

  /** @param batch posters in every batch, if that is known */
  constructor(into: Rewriting, block: number, batch: number | undefined) {
    this.into = into;
    this.block = block;
    this.#batch = batch;
  }

  /** The shape of a value of the source; the batch has its size, if that is known. */
  shapeOf(name: string): Shape {
    return boundTo(this.#batch, this.into.source.value(name).shape);
  }

  /** An operator on blocked maps. */
  add(op: string, inputs: readonly (Value | undefined)[], attributes: object, shape: Shape): Value {
    const types = [{ dtype: 'float32', shape }] as const;
    return this.into.graph.add(op, inputs, { ...attributes }, { domain: blockedDomain, types })[0]!;
  }

  /** Lets a blocked map stand for a value of the source. */
  keepBlocked(name: string, value: Value): void {
    this.#blocked.set(name, value);
  }

  /** The value in ONNX's own order. */
  plain(name: string): Value {
    const blocked = this.#blocked.get(name);
    if (blocked !== undefined && !this.into.isReplaced(name) && !this.into.graph.values.has(name)) {
      const { dtype } = this.into.source.value(name);
      const shape = this.shapeOf(name);
      const attributes = { channels: shape[1] as number, channels_last: 0 };
      const moved = this.add('ReorderOutput', [cast(blocked, 'float32')], attributes, shape);
      this.into.replace(name, cast(moved, dtype));
    }
    return this.into.read(name);
  }

  blocked(name: string): Value {
    const known = this.#blocked.get(name);
    if (known) return known;
    const x = this.plain(name);
    const shape = x.shape.with(1, filled(x.shape[1] as number, this.block));
    const moved = this.add('ReorderInput', [cast(x, 'float32')], { channels_last: 0 }, shape);
    const blocked = cast(moved, x.dtype);
    this.#blocked.set(name, blocked);
    return blocked;
  }

  /** A blocked map as it lies in memory: [batch, channels / block, height, width x block], or with the last two apart. */
  unfolded(map: Value, inRows: boolean): Value {
    const [batch, channels, height, width] = map.shape as [number, number, number, number];
    const first = isSymbolic(batch) ? -1 : batch;
    const row = inRows ? [width * this.block] : [width, this.block];
    return reshape(map, [first, channels / this.block, height, ...row]);
  }

  /** Elements in the order of a blocked map, in its shape. */
  like(x: Value, map: Value): Value {
    return reshape(
      x,
      map.shape.map((dim) => (isSymbolic(dim) ? -1 : dim)),
    );
  }

  /** The inverse of {@link unfolded}: what has the shape of a value of the source. */
  folded(map: Value, name: string): Value {
    const shape = this.shapeOf(name);
    return reshapeTo(map, shape.with(1, filled(shape[1] as number, this.block)));
  }

  /**
   * What broadcasts to a map, such as one number a channel, for {@link unfolded} maps.
   *
   * @param width of maps whose rows are one: then a number a channel is repeated along a row, since runs of one block are
   * computed at less than half the speed
   */
  unfoldedVector(vector: Value, width: number | undefined): Value {
    const { block } = this;
    const [batch, channels, ...extents] = [
      ...Array<number>(4 - vector.shape.length).fill(1),
      ...vector.shape,
    ] as [number, number, number, number];
    const first = isSymbolic(batch) ? -1 : batch;
    if (channels === 1) return reshape(vector, [first, 1, ...extents, 1]);
    const whole = filled(channels, block);
    const axis = vector.shape.length - 3;
    const padded = this.fill(
      vector,
      vector.shape.map((_, i) => (i === axis ? whole - channels : 0)),
    );
    const apart = reshape(padded, [first, whole / block, 1, 1, block]);
    if (width === undefined) return apart;
    const ones = this.into.graph.constant(float32(new Float32Array(width).fill(1), [width, 1]));
    return reshape(multiply(apart, ones), [first, whole / block, 1, width * block]);
  }

  /** Numbers of each filled-up channel, [batch, channels], as those of the source's channels. */
  cropped(values: Value, channels: number): Value {
    return values.shape[1] === channels ? values : slice(values, 1, 0, channels);
  }

  /** Zeros after the elements of each axis. */
  fill(x: Value, counts: readonly number[]): Value {
    if (counts.every((count) => count === 0)) return x;
    return pad(
      x,
      counts.map(() => 0),
      counts,
    );
  }

  /**
   * [rows, block, columns, 1] in the order [rows, columns, block], to be reshaped. A Transpose does the same, but several
   * threads of it are in each other's way: ten times as slow as one.
   */
  blockLast(x: Value): Value {
    return this.add('ReorderInput', [x], { channels_last: 0 }, x.shape);
  }

  /** The inverse of {@link blockLast}: what lies as [rows, columns, block] in the order [rows, block, columns]. */
  blockFirst(x: Value): Value {
    return this.add('ReorderOutput', [x], { channels: this.block, channels_last: 0 }, x.shape);
  }

  /** Weights [out, in, ...kernel] in the order [out / block, in / block, ...kernel, in block, out block]. */
  weights(name: string, convolution: Convolution): Value {
    const { kind, inputs, outputs } = convolution;
    const meaning = this.into.source.meanings.get(name);
    if (kind === 'dense' && meaning?.kind === 'flipped')
      return this.flippedWeights(meaning.weights.name, convolution);
    const key = `${kind}:${name}`;
    const known = this.#weights.get(key);
    if (known) return known;
    const { block } = this;
    const plain = this.plain(name);
    const [out, per, height, width] = plain.shape as [number, number, number, number];
    const within = kind === 'dense' ? inputs : per;
    const whole = this.fill(plain, [outputs - out, within - per, 0, 0]);
    const taps = height * width;
    // For 1x1 kernels once is all.
    const blocks =
      kind === 'dense' && taps > 1
        ? this.blockLast(reshape(whole, [(outputs * inputs) / block, block, taps, 1]))
        : whole;
    const ordered = this.blockLast(reshape(blocks, [outputs / block, block, within * taps, 1]));
    const weights = reshape(ordered, [outputs, within, height, width]);
    this.#weights.set(key, weights);
    return weights;
  }

  /**
   * The weights of a dense convolution with outputs and inputs exchanged and taps reversed, for the convolution that
   * such weights make: made from the blocks of the others, which lie together.
   */
  flippedWeights(name: string, { inputs, outputs }: Convolution): Value {
    const key = `flipped:${name}`;
    const known = this.#weights.get(key);
    if (known) return known;
    const { block } = this;
    const weights = this.weights(name, { kind: 'dense', inputs: outputs, outputs: inputs });
    const [height, width] = weights.shape.slice(2) as [number, number];
    const taps = height * width;
    const [rows, columns] = [outputs / block, inputs / block];
    const order = Array.from({ length: rows * columns * taps }, (_, i) => {
      const [row, column] = [Math.floor(i / taps / columns), Math.floor(i / taps) % columns];
      return (column * rows + row) * taps + (taps - 1 - (i % taps));
    });
    const turned = this.blockLast(reshape(weights, [rows * columns * taps, block, block, 1]));
    const { graph } = this.into;
    const ordered = graph.add('Gather', [turned, graph.integers(order)], { axis: 0 })[0]!;
    const flipped = reshape(ordered, [outputs, inputs, height, width]);
    this.#weights.set(key, flipped);
    return flipped;
  }

  /** The weights of a depthwise convolution with its taps reversed. */
  reversedWeights(name: string, convolution: Convolution): Value {
    const key = `reversed:${name}`;
    const known = this.#weights.get(key);
    if (known) return known;
    const weights = this.weights(name, convolution);
    const [channels, , height, width] = weights.shape as [number, number, number, number];
    const taps = reshape(weights, [channels / this.block, height * width, this.block]);
    const reversed = reshapeTo(reverse(taps, 1), weights.shape);
    this.#weights.set(key, reversed);
    return reversed;
  }
}
