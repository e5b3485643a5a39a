import { expect, test } from 'vitest';
import {
  emitModel,
  float32,
  Graph,
  mergeScales,
  operators as op,
  readModel,
  Session,
  type Value,
} from '../../src/graph/index.ts';
import { Random } from '../../src/random.ts';

const random = Random.fromSeed(5);

function numbers(...shape: number[]) {
  const count = shape.reduce((product, side) => product * side, 1);
  return float32(
    Float32Array.from({ length: count }, () => 2 * random.float() - 1),
    shape,
  );
}

/** A network that ends in what `build` makes of a map of 4 channels. */
function networkOf(
  build: (x: Value, weights: (...shape: number[]) => Value, graph: Graph) => Value,
): Uint8Array {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [1, 4, 6, 5]);
  let count = 0;
  const weights = (...shape: number[]) => graph.initializer(`w${count++}`, numbers(...shape));
  graph.output('y', build(x, weights, graph));
  return emitModel(graph);
}

function operatorsOf(bytes: Uint8Array): string[] {
  return readModel(bytes, { source: 'merged' })
    .graph.nodes.map((node) => node.op)
    .filter((name) => name !== 'Identity');
}

/** An operator that has no function of its own. */
function apply(name: string, inputs: readonly Value[], attributes = {}): Value {
  return inputs[0]!.graph.add(name, inputs, attributes)[0]!;
}

/** The largest difference of the results, and the operators that are left. */
async function merged(bytes: Uint8Array) {
  const short = mergeScales(bytes, 'a network');
  const x = numbers(1, 4, 6, 5);
  const results: Float32Array[] = [];
  for (const model of [bytes, short]) {
    const session = await Session.create(model, { threads: 1 });
    results.push((await session.run({ x })).y!.data as Float32Array);
    await session.release();
  }
  const [before, after] = results as [Float32Array, Float32Array];
  const off = before.map((value, i) => Math.abs(value - after[i]!));
  return { difference: Math.max(...off), operators: operatorsOf(short) };
}

const hardSwish = (x: Value): Value => op.divide(op.multiply(x, op.clip(op.add(x, 3), 0, 6)), 6);

test('what scales and shifts a convolution goes into its weights, and a hard swish is two passes', async () => {
  const network = networkOf((x, weights) =>
    hardSwish(op.add(op.multiply(op.conv(x, weights(4, 4, 1, 1), weights(4)), 3.5), -0.75)),
  );
  const { difference, operators } = await merged(network);
  expect(difference).toBeLessThan(1e-5);
  expect(operators).toEqual(['Conv', 'HardSigmoid', 'Mul']);
});

test('what scales and shifts the input of convolutions goes into them, but not a shift that padding would see', async () => {
  const shifted = (x: Value): Value => op.add(op.multiply(x, -0.6), 0.9);
  const plain = networkOf((x, weights) => op.conv(shifted(op.relu(x)), weights(2, 4, 3, 3), weights(2)));
  const found = await merged(plain);
  expect(found.difference).toBeLessThan(1e-5);
  expect(found.operators).toEqual(['Relu', 'Conv']);
  const padded = networkOf((x, weights) =>
    op.conv(shifted(op.relu(x)), weights(4, 1, 3, 3), undefined, { pads: [1, 1, 1, 1], group: 4 }),
  );
  const kept = await merged(padded);
  expect(kept.difference).toBeLessThan(1e-5);
  expect(kept.operators).toEqual(['Relu', 'Add', 'Conv']);
});

test('a shift between convolutions is one of them, of as many channels as the map has', async () => {
  const one = networkOf((x, weights) => {
    const narrow = op.relu(op.conv(x, weights(1, 4, 1, 1), undefined));
    const wide = op.relu(op.conv(x, weights(6, 4, 1, 1), undefined));
    const map = op.add(op.multiply(op.multiply(narrow, wide), -0.6), 0.9);
    return op.conv(map, weights(6, 1, 3, 3), undefined, { pads: [1, 1, 1, 1], group: 6 });
  });
  const { difference, operators } = await merged(one);
  expect(difference).toBeLessThan(1e-5);
  expect(operators).toEqual(['Conv', 'Relu', 'Conv', 'Relu', 'Mul', 'Conv', 'Conv']);
});

test('a map and its gated self are one product', async () => {
  const gated = networkOf((x, weights) => {
    const map = op.conv(x, weights(4, 4, 1, 1), undefined);
    const mean = apply('GlobalAveragePool', [map]);
    const gate = apply('HardSigmoid', [op.conv(mean, weights(4, 4, 1, 1), undefined)]);
    return op.add(map, op.multiply(map, gate));
  });
  const { difference, operators } = await merged(gated);
  expect(difference).toBeLessThan(1e-5);
  expect(operators).not.toContain('Add');
  expect(operators.at(-1)).toBe('Mul');
});

test('transposed convolutions that only enlarge are computed on the small map', async () => {
  const enlarged = networkOf((x, weights, graph) => {
    const first = apply('ConvTranspose', [x, weights(4, 3, 2, 2)], { strides: [2, 2] });
    const sum = op.add(first, weights(1, 3, 1, 1));
    const variance = graph.initializer('variance', float32(Float32Array.of(0.5, 1, 2)));
    const statistics = [weights(3), weights(3), weights(3), variance];
    const open = op.relu(apply('BatchNormalization', [sum, ...statistics]));
    const second = apply('ConvTranspose', [open, weights(3, 2, 3, 3)], { strides: [3, 3] });
    return op.add(second, weights(1, 2, 1, 1));
  });
  const { difference, operators } = await merged(enlarged);
  expect(difference).toBeLessThan(1e-5);
  expect(operators).toEqual(['Conv', 'Relu', 'Conv', 'DepthToSpace']);
});

test('values that others read, and weights that are shared, stay as they are', async () => {
  const read = networkOf((x, weights) => {
    const map = op.conv(x, weights(4, 4, 1, 1), undefined);
    return op.add(op.multiply(map, 2), map);
  });
  expect((await merged(read)).difference).toBeLessThan(1e-5);
  expect(operatorsOf(mergeScales(read, 'a network'))).toEqual(['Conv', 'Mul', 'Add']);
  const shared = networkOf((x, weights) => {
    const own = weights(4, 4, 1, 1);
    return op.conv(op.multiply(op.conv(x, own, undefined), 2), own, undefined);
  });
  const { difference, operators } = await merged(shared);
  expect(difference).toBeLessThan(1e-5);
  expect(operators).toEqual(['Conv', 'Mul', 'Conv']);
});

test('what is no ONNX file is refused by its name', () => {
  expect(() => mergeScales(new TextEncoder().encode('no network'), 'a.onnx')).toThrow(/a\.onnx/);
});
