/** @module Operators that move elements, and reductions -> their results, element by element. */
import {
  at,
  broadcastAt,
  broadcastShape,
  countOf,
  type Dense,
  dense,
  offsetOf,
  positiveAxis,
  range,
  tabulate,
} from './dense.ts';
import type { Operators } from './operator.ts';

function reshaped(x: Dense, shape: readonly number[]): Dense[] {
  return [{ shape, data: x.data }];
}

function reduction(combineAll: (values: readonly number[]) => number): Operators[string] {
  return ({ inputs, ints, int }) => {
    const x = inputs[0]!;
    const given = inputs[1] ? Array.from(inputs[1].data) : ints('axes', []);
    const all = given.length === 0 && int('noop_with_empty_axes', 0) === 0;
    const axes = new Set(
      all ? range(x.shape.length) : given.map((axis) => positiveAxis(axis, x.shape.length)),
    );
    const kept = x.shape.map((dim, axis) => (axes.has(axis) ? 1 : dim));
    const inner = x.shape.map((dim, axis) => (axes.has(axis) ? dim : 1));
    const result = tabulate(kept, (outer) => {
      const values = tabulate(inner, (index) =>
        at(
          x,
          index.map((i, axis) => i + outer[axis]!),
        ),
      );
      return combineAll(Array.from(values.data));
    });
    return int('keepdims', 1) === 1
      ? [result]
      : reshaped(
          result,
          x.shape.filter((_, axis) => !axes.has(axis)),
        );
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

export const layoutOperators: Operators = {
  Reshape: ({ inputs }) => {
    const [x, target] = inputs as [Dense, Dense];
    const shape = Array.from(target.data, (dim, axis) => (dim === 0 ? x.shape[axis]! : dim));
    const open = shape.indexOf(-1);
    if (open >= 0) shape[open] = x.data.length / countOf(shape.toSpliced(open, 1));
    return reshaped(x, shape);
  },
  Flatten: ({ inputs, int }) => {
    const x = inputs[0]!;
    const axis = positiveAxis(int('axis', 1), x.shape.length);
    return reshaped(x, [countOf(x.shape.slice(0, axis)), countOf(x.shape.slice(axis))]);
  },
  Unsqueeze: ({ inputs }) => {
    const [x, axes] = inputs as [Dense, Dense];
    const rank = x.shape.length + axes.data.length;
    const added = new Set(Array.from(axes.data, (axis) => positiveAxis(axis, rank)));
    const dims = [...x.shape];
    return reshaped(
      x,
      range(rank).map((axis) => (added.has(axis) ? 1 : dims.shift()!)),
    );
  },
  Squeeze: ({ inputs }) => {
    const [x, axes] = inputs as [Dense, Dense | undefined];
    const removed = axes && new Set(Array.from(axes.data, (axis) => positiveAxis(axis, x.shape.length)));
    return reshaped(
      x,
      x.shape.filter((dim, axis) => (removed ? !removed.has(axis) : dim !== 1)),
    );
  },
  Transpose: ({ inputs, ints }) => {
    const x = inputs[0]!;
    const order = ints('perm', range(x.shape.length).reverse());
    const shape = order.map((axis) => x.shape[axis]!);
    return [
      tabulate(shape, (index) =>
        at(
          x,
          x.shape.map((_, axis) => index[order.indexOf(axis)]!),
        ),
      ),
    ];
  },
  Concat: ({ inputs, int }) => {
    const parts = inputs as Dense[];
    const axis = positiveAxis(int('axis', 0), parts[0]!.shape.length);
    const shape = parts[0]!.shape.with(axis, total(parts.map((part) => part.shape[axis]!)));
    return [
      tabulate(shape, (index) => {
        let position = index[axis]!;
        const part = parts.find((candidate) => {
          if (position < candidate.shape[axis]!) return true;
          position -= candidate.shape[axis]!;
          return false;
        })!;
        return at(part, index.with(axis, position));
      }),
    ];
  },
  Split: ({ inputs, int, node }) => {
    const x = inputs[0]!;
    const axis = positiveAxis(int('axis', 0), x.shape.length);
    const count = node.outputs.length;
    const chunk = Math.ceil(x.shape[axis]! / count);
    const sizes = inputs[1]
      ? Array.from(inputs[1].data)
      : range(count).map((i) => Math.min(chunk, x.shape[axis]! - i * chunk));
    return sizes.map((size, i) => {
      const start = total(sizes.slice(0, i));
      return tabulate(x.shape.with(axis, size), (index) => at(x, index.with(axis, index[axis]! + start)));
    });
  },
  Slice: ({ inputs }) => {
    const [x, starts, ends, axes, steps] = inputs as [Dense, Dense, Dense, Dense?, Dense?];
    const picked = x.shape.map((dim) => range(dim));
    Array.from(starts.data).forEach((start, i) => {
      const axis = positiveAxis(axes?.data[i] ?? i, x.shape.length);
      const dim = x.shape[axis]!;
      const step = steps?.data[i] ?? 1;
      const end = ends.data[i]! < 0 ? ends.data[i]! + dim : ends.data[i]!;
      let position = start < 0 ? start + dim : start;
      position = step > 0 ? Math.max(position, 0) : Math.min(position, dim - 1);
      picked[axis] = [];
      for (; step > 0 ? position < Math.min(end, dim) : position > Math.max(end, -1); position += step)
        picked[axis].push(position);
    });
    return [
      tabulate(
        picked.map((list) => list.length),
        (index) =>
          at(
            x,
            index.map((i, axis) => picked[axis]![i]!),
          ),
      ),
    ];
  },
  Pad: ({ inputs, text }) => {
    const [x, pads, value, chosen] = inputs as [Dense, Dense, Dense?, Dense?];
    const axes = chosen
      ? Array.from(chosen.data, (axis) => positiveAxis(axis, x.shape.length))
      : range(x.shape.length);
    const before = x.shape.map(() => 0);
    const shape = [...x.shape];
    axes.forEach((axis, i) => {
      before[axis] = pads.data[i]!;
      shape[axis]! += pads.data[i]! + pads.data[i + axes.length]!;
    });
    const edge = text('mode', 'constant') === 'edge';
    return [
      tabulate(shape, (index) => {
        const source = index.map((i, axis) => i - before[axis]!);
        if (edge)
          return at(
            x,
            source.map((i, axis) => Math.min(Math.max(i, 0), x.shape[axis]! - 1)),
          );
        const inside = source.every((i, axis) => i >= 0 && i < x.shape[axis]!);
        return inside ? at(x, source) : (value?.data[0] ?? 0);
      }),
    ];
  },
  Expand: ({ inputs }) => {
    const [x, target] = inputs as [Dense, Dense];
    const shape = broadcastShape(x.shape, Array.from(target.data));
    return [tabulate(shape, (index) => broadcastAt(x, index))];
  },
  Gather: ({ inputs, int }) => {
    const [x, indices] = inputs as [Dense, Dense];
    const axis = positiveAxis(int('axis', 0), x.shape.length);
    const rank = indices.shape.length;
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    return [
      tabulate(shape, (index) => {
        const position = positiveAxis(at(indices, index.slice(axis, axis + rank)), x.shape[axis]!);
        return at(x, [...index.slice(0, axis), position, ...index.slice(axis + rank)]);
      }),
    ];
  },
  ScatterElements: ({ inputs, int, text }) => {
    const [x, indices, updates] = inputs as [Dense, Dense, Dense];
    const axis = positiveAxis(int('axis', 0), x.shape.length);
    const result = dense(x.data, x.shape);
    const sums = text('reduction', 'none') === 'add';
    tabulate(indices.shape, (index) => {
      const position = positiveAxis(at(indices, index), x.shape[axis]!);
      const offset = offsetOf(x.shape, index.with(axis, position));
      result.data[offset] = at(updates, index) + (sums ? result.data[offset]! : 0);
      return 0;
    });
    return [result];
  },
  SpaceToDepth: ({ inputs, int }) => {
    const x = inputs[0]!;
    const block = int('blocksize', 1);
    const [batch, channels, height, width] = x.shape as [number, number, number, number];
    const shape = [batch, channels * block * block, height / block, width / block];
    return [
      tabulate(shape, ([n, c, i, j]) => {
        const within = Math.floor(c! / channels);
        const row = i! * block + Math.floor(within / block);
        return at(x, [n!, c! % channels, row, j! * block + (within % block)]);
      }),
    ];
  },
  DepthToSpace: ({ inputs, int, text }) => {
    const x = inputs[0]!;
    const block = int('blocksize', 1);
    const [batch, depth, height, width] = x.shape as [number, number, number, number];
    const channels = depth / (block * block);
    const columnsFirst = text('mode', 'DCR') === 'CRD';
    return [
      tabulate([batch, channels, height * block, width * block], ([n, c, i, j]) => {
        const within = (i! % block) * block + (j! % block);
        const source = columnsFirst ? c! * block * block + within : within * channels + c!;
        return at(x, [n!, source, Math.floor(i! / block), Math.floor(j! / block)]);
      }),
    ];
  },
  Shape: ({ inputs, int }) => {
    const { shape } = inputs[0]!;
    return [dense(shape.slice(int('start', 0), int('end', shape.length)))];
  },
  ConstantOfShape: ({ inputs, node }) => {
    const value = node.attributes.value;
    const fill = value?.type === 'tensor' ? Number(value.value.data[0]) : 0;
    return [tabulate(Array.from(inputs[0]!.data), () => fill)];
  },
  Range: ({ inputs }) => {
    const [start, limit, step] = inputs.map((input) => input!.data[0]!) as [number, number, number];
    const values: number[] = [];
    for (let x = start; step > 0 ? x < limit : x > limit; x += step) values.push(x);
    return [dense(values)];
  },
  Size: ({ inputs }) => [dense([inputs[0]!.data.length], [])],
  ArgMax: ({ inputs, int }) => {
    const x = inputs[0]!;
    const axis = positiveAxis(int('axis', 0), x.shape.length);
    const best = tabulate(x.shape.with(axis, 1), (index) => {
      const values = range(x.shape[axis]!).map((i) => at(x, index.with(axis, i)));
      return values.indexOf(Math.max(...values));
    });
    return int('keepdims', 1) === 1 ? [best] : reshaped(best, x.shape.toSpliced(axis, 1));
  },
  ReduceSum: reduction(total),
  ReduceMean: reduction((values) => total(values) / values.length),
  ReduceMax: reduction((values) => Math.max(...values)),
  ReduceMin: reduction((values) => Math.min(...values)),
  ReduceSumSquare: reduction((values) => total(values.map((value) => value * value))),
};
