/** @module A convolution's input and the gradient of its output, blocked -> the gradient of its weights. */
import { columnSums, concat, reshape, reshapeTo, rowsBetween, slice, transpose } from '../operators.ts';
import { float32 } from '../tensor.ts';
import type { Value, WeightGradient } from '../vocabulary.ts';
import type { Layouts } from './layouts.ts';
import { partsOf } from './shapes.ts';

/**
 * For each column tap one convolution whose kernel is the gradient, as large as a map, and whose channels are posters.
 * Along the width of its input lie the input's channels one after the other, so that it steps from one to the next; row
 * taps are its output's height. Between two channels lie zeros, so that a tap needs no copy of its own: it begins where
 * it sees the first channel, or, if that is within the channel, one step before. A map of one poster lies in memory as
 * such a kernel does, so it need not be moved unless several posters are summed up at once.
 *
 * @param batch posters in the batch
 */
export function denseGradient(meaning: WeightGradient, batch: number, layouts: Layouts): Value {
  const { gradient, x, kernel, strides, pads } = meaning;
  const { block } = layouts;
  const parts = partsOf(meaning, block, batch)!;
  const map = layouts.blocked(gradient.name);
  const [, outputs, ...mapSize] = map.shape as [unknown, number, number, number];
  const [, inputs, ...inputSize] = x.shape as [unknown, number, number, number];
  const [rowTaps, columnTaps] = kernel;
  // Where every place sees itself alone, a map is one row, and lies as it has to.
  const seesItself = [...kernel, ...strides].every((n) => n === 1) && pads.every((n) => n === 0);
  const outputSize = seesItself ? [1, mapSize[0] * mapSize[1]] : mapSize;
  const [height, width] = seesItself ? [1, inputSize[0] * inputSize[1]] : inputSize;
  const plain = layouts.plain(x.name);
  const reach = (outputSize[1]! - 1) * strides[1]! + columnTaps - pads[1]!;
  const step = width + Math.max(pads[1]!, reach - width);
  const rows = seesItself ? plain : withGaps(transpose(plain, [0, 2, 1, 3]), batch, step - width);
  const input = reshape(rows, [1, batch, height, inputs * step]);
  const weights = reshape(asKernels(map, batch, parts, block), [
    parts * outputs,
    batch / parts,
    ...outputSize,
  ]);
  // What the kernel reaches beyond the map's rows, with every tap.
  const beyond = (outputSize[0]! - 1) * strides[0]! + rowTaps - pads[0]! - height;
  const places = rowTaps - Math.min(beyond, 0);
  const seenByTap = Array.from({ length: columnTaps }, (_, tap): Value => {
    const first = tap - pads[1]!;
    const before = first > 0 ? step - first : -first;
    const seen = first > 0 ? inputs + 1 : inputs;
    const sums = layouts.add(
      'Conv',
      [input, weights],
      {
        kernel_shape: outputSize,
        dilations: strides,
        strides: [1, step],
        pads: [pads[0]!, before, Math.max(beyond, 0), 0],
        group: parts,
      },
      [1, parts * outputs, places, seen],
    );
    const total = parts === 1 ? sums : columnSums(reshape(sums, [parts, outputs * places * seen]));
    const columns = reshape(total, [(outputs / block) * places, seen, block]);
    return first > 0 ? rowsBetween(columns, 1, 1, seen) : columns;
  });
  const seen = reshape(concat(seenByTap, 1), [outputs / block, block, places * columnTaps * inputs, 1]);
  const isOneTap = rowTaps * columnTaps === 1;
  // Reshaped no more often than needed: onnxruntime would join that, and then compute in another order.
  const order = isOneTap && places === 1 ? [outputs, inputs, 1, 1] : [outputs, places, columnTaps, inputs];
  const ordered = reshape(layouts.blockFirst(seen), order);
  const filters = gradient.shape[1] as number;
  const whole = places === rowTaps ? ordered : slice(ordered, 1, 0, rowTaps);
  const cropped = filters === outputs ? whole : slice(whole, 0, 0, filters);
  return isOneTap ? reshapeTo(cropped, [filters, inputs, 1, 1]) : transpose(cropped, [0, 3, 1, 2]);
}

/** [batch, height, channels, width] with zeros after each row; joining copies several times as fast as Pad does. */
function withGaps(rows: Value, batch: number, length: number): Value {
  if (length === 0) return rows;
  const [, height, channels] = rows.shape as [unknown, number, number];
  const shape = [batch, height, channels, length];
  const zeros = new Float32Array(batch * height * channels * length);
  return concat([rows, rows.graph.constant(float32(zeros, shape))], 3);
}

/** The maps of a batch in the order of kernels [parts x channels, posters of a part, height, width]. */
function asKernels(map: Value, batch: number, parts: number, block: number): Value {
  const [, channels, height, width] = map.shape as [unknown, number, number, number];
  const posters = batch / parts;
  const size = height * width * block;
  if (posters === 1) return map;
  return transpose(reshape(map, [parts, posters, channels / block, size]), [0, 2, 1, 3]);
}
