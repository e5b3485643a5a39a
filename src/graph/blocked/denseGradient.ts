/** @module A convolution's input and the gradient of its output, blocked -> the gradient of its weights. */
import { concat, pad, reduceSum, reshape, slice, transpose } from '../operators.ts';
import type { Value, WeightGradient } from '../vocabulary.ts';
import type { Layouts } from './layouts.ts';
import { partsOf } from './shapes.ts';

/**
 * One convolution whose kernel is the gradient, as large as a map, and whose channels are posters. Along the width of
 * its input lie the input's channels one after the other, so that it steps from one to the next; column taps are copies
 * of these, row taps its output's height. A map of one poster lies in memory as such a kernel does, so it need not be
 * moved unless several posters are summed up at once.
 *
 * @param batch posters in the batch
 */
export function denseGradient(meaning: WeightGradient, batch: number, layouts: Layouts): Value {
  const { gradient, x, kernel, strides, pads } = meaning;
  const { block } = layouts;
  const parts = partsOf(meaning, block, batch)!;
  const map = layouts.blocked(gradient.name);
  const [, outputs, ...mapSize] = map.shape as [unknown, number, number, number];
  const inputs = x.shape[1] as number;
  const [rowTaps, columnTaps] = kernel;
  // Where every place sees itself alone, a map is one row, and lies as it has to.
  const seesItself = [...kernel, ...strides].every((n) => n === 1) && pads.every((n) => n === 0);
  const outputSize = seesItself ? [1, mapSize[0] * mapSize[1]] : mapSize;
  const height = seesItself ? 1 : (x.shape[2] as number);
  const plain = layouts.plain(x.name);
  const columns = seesItself ? plain : columnsSeen(plain, meaning, outputSize[1]!);
  const weights = reshape(asKernels(map, batch, parts, block), [
    parts * outputs,
    batch / parts,
    ...outputSize,
  ]);
  // What the kernel reaches beyond the map's rows, with every tap.
  const beyond = (outputSize[0]! - 1) * strides[0]! + rowTaps - pads[0]! - height;
  const places = rowTaps - Math.min(beyond, 0);
  const width = columnTaps * inputs;
  const sums = layouts.add(
    'Conv',
    [reshape(columns, [1, batch, height, width * outputSize[1]!]), weights],
    {
      kernel_shape: outputSize,
      dilations: [strides[0]!, 1],
      strides: [1, outputSize[1]!],
      pads: [pads[0]!, 0, Math.max(beyond, 0), 0],
      group: parts,
    },
    [1, parts * outputs, places, width],
  );
  const rows = reshape(sums, [parts, outputs * places * width]);
  const total = parts === 1 ? rows : reduceSum(rows, [0]);
  const seen = reshape(total, [outputs / block, places * width, block]);
  const ordered = reshape(transpose(seen, [0, 2, 1]), [outputs, places, columnTaps, inputs]);
  const [filters] = [gradient.shape[1] as number];
  const whole = places === rowTaps ? ordered : slice(ordered, 1, 0, rowTaps);
  const cropped = filters === outputs ? whole : slice(whole, 0, 0, filters);
  const taps = rowTaps * columnTaps;
  const last = taps === 1 ? cropped : transpose(reshape(cropped, [filters, taps, inputs]), [0, 2, 1]);
  return reshape(last, [filters, inputs, rowTaps, columnTaps]);
}

/** For each row of each poster what each column tap saw of each channel, [batch, height, taps x channels, out width]. */
function columnsSeen(x: Value, { kernel, strides, pads }: WeightGradient, outWidth: number): Value {
  const rows = transpose(x, [0, 2, 1, 3]);
  const width = x.shape[3] as number;
  const step = strides[1]!;
  const taps = Array.from({ length: kernel[1] }, (_, tap) => {
    const before = pads[1]! - tap;
    const after = (outWidth - 1) * step + 1 - before - width;
    const seen = before === 0 && after === 0 ? rows : pad(rows, [0, 0, 0, before], [0, 0, 0, after]);
    return step === 1 ? seen : slice(seen, 3, 0, (outWidth - 1) * step + 1, step);
  });
  return concat(taps, 2);
}

/** The maps of a batch in the order of kernels [parts x channels, posters of a part, height, width]. */
function asKernels(map: Value, batch: number, parts: number, block: number): Value {
  const [, channels, height, width] = map.shape as [unknown, number, number, number];
  const posters = batch / parts;
  const size = height * width * block;
  if (posters === 1) return map;
  return transpose(reshape(map, [parts, posters, channels / block, size]), [0, 2, 1, 3]);
}
