import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blockedForm } from '../../../src/graph/blocked/blockedForm.ts';
import { blockSize } from '../../../src/graph/blocked/blockSize.ts';
import {
  differentiableForm,
  differentiate,
  emitModel,
  float32,
  Graph,
  operators as op,
  openWeighted,
  Session,
  type Tensor,
  type Value,
} from '../../../src/graph/index.ts';
import { Random } from '../../../src/random.ts';

const block = await blockSize();
const batch = 3;
const random = Random.fromSeed(3);

function drawn(shape: readonly number[], scale = 1): Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return float32(
    Float32Array.from({ length: size }, () => scale * random.normal()),
    shape,
  );
}

interface Layer {
  readonly channels: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly depthwise?: boolean;
  readonly bias?: boolean;
}

/** A graph under construction, whose weights bear the names w0, w1, ... */
class Network {
  readonly graph = new Graph();
  readonly weights = new Map<string, Tensor>();

  weight(shape: readonly number[], scale?: number): Value {
    const name = `w${this.weights.size}`;
    const tensor = drawn(shape, scale);
    this.weights.set(name, tensor);
    return this.graph.initializer(name, tensor, { kind: 'parameter', layer: name, origin: 'fresh' });
  }

  convolution(x: Value, { channels, kernel, stride = 1, depthwise = false, bias = false }: Layer): Value {
    const within = depthwise ? 1 : (x.shape[1] as number);
    const w = this.weight([channels, within, kernel, kernel], 1 / Math.sqrt(within * kernel * kernel));
    const offset = bias ? this.weight([channels]) : undefined;
    const before = Math.floor((kernel - 1) / 2);
    const pads = [before, before, kernel - 1 - before, kernel - 1 - before];
    const group = depthwise ? channels : 1;
    return op.conv(x, w, offset, { pads, strides: [stride, stride], group });
  }
}

type Build = (network: Network, x: Value) => Value;

const cases: readonly (readonly [title: string, channels: number, build: Build])[] = [
  [
    'convolutions of a picture, of whole blocks and of blocks that are filled up',
    3,
    (net, x) => {
      const first = op.relu(net.convolution(x, { channels: 32, kernel: 3, bias: true }));
      const second = net.convolution(first, { channels: 24, kernel: 3 });
      return net.convolution(op.clip(second, 0, 1), { channels: 48, kernel: 1, bias: true });
    },
  ],
  [
    'an inverted residual, with an activation that nothing else reads',
    24,
    (net, x) => {
      const entry = net.convolution(x, { channels: 24, kernel: 1 });
      const wide = op.clip(net.convolution(entry, { channels: 48, kernel: 1, bias: true }), 0, 6);
      const deep = op.clip(
        net.convolution(wide, { channels: 48, kernel: 3, depthwise: true, bias: true }),
        0,
        6,
      );
      return op.add(entry, net.convolution(deep, { channels: 24, kernel: 1, bias: true }));
    },
  ],
  [
    'strides, of kernels that read their channels apart or together',
    16,
    (net, x) => {
      const apart = net.convolution(x, { channels: 16, kernel: 3, stride: 2, depthwise: true });
      const wider = net.convolution(apart, { channels: 16, kernel: 5, depthwise: true });
      return net.convolution(wider, { channels: 32, kernel: 3, stride: 2 });
    },
  ],
  [
    'numbers of each channel, of each picture and of each place',
    16,
    (net, x) => {
      const y = net.convolution(x, { channels: 24, kernel: 3 });
      const scaled = op.multiply(y, net.weight([1, 24, 1, 1]));
      const means = op.reduceMean(scaled, [2, 3], true);
      const gated = op.multiply(scaled, op.sigmoid(means));
      const placed = op.add(gated, net.weight([1, 1, 9, 7]));
      return net.convolution(placed, { channels: 16, kernel: 1 });
    },
  ],
  [
    'poolings and reductions',
    16,
    (net, x) => {
      const y = net.convolution(x, { channels: 32, kernel: 3 });
      const pooled = y.graph.add('AveragePool', [y], { kernel_shape: [2, 2], strides: [2, 2] })[0]!;
      const again = net.convolution(pooled, { channels: 16, kernel: 3 });
      const largest = op.reduceMax(again, [2, 3]);
      return op.add(largest, op.reduceSum(again, [0, 2, 3]));
    },
  ],
  [
    'maxima over windows that cover the map, and over others',
    16,
    (net, x) => {
      const thirds = op.maxPool(net.convolution(x, { channels: 24, kernel: 3 }), { kernel: [3, 7] });
      const others = op.maxPool(net.convolution(x, { channels: 24, kernel: 1 }), { kernel: [3, 3] });
      return op.add(op.multiply(thirds, 2), op.reduceMean(others, [3], true));
    },
  ],
  [
    'kernels that are wide, high, far apart or see more than the map',
    16,
    (net, x) => {
      const w = net.weight([24, 16, 2, 5], 0.1);
      const y = op.conv(x, w, undefined, { pads: [1, 3, 0, 1], strides: [1, 1] });
      const v = net.weight([32, 24, 3, 2], 0.1);
      const z = op.conv(y, v, undefined, { pads: [2, 0, 2, 0], strides: [3, 2] });
      return op.conv(z, net.weight([16, 32, 1, 1], 0.1), undefined, { strides: [2, 1] });
    },
  ],
  [
    'normalization by the batch',
    16,
    (net, x) => {
      const y = net.convolution(x, { channels: 32, kernel: 3 });
      const [scale, offset] = [net.weight([32]), net.weight([32])];
      const [mean, variance] = [net.weight([32]), op.add(op.absolute(net.weight([32])), 1)];
      const normal = op.batchNormalization(y, scale, offset, mean, variance, { epsilon: 1e-3 });
      return net.convolution(op.relu(normal), { channels: 16, kernel: 3 });
    },
  ],
];

interface Made {
  readonly graph: Graph;
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly weights: readonly string[];
}

/** A network's output, and the gradients of all its weights and of its input. */
function made(channels: number, build: Build): Made {
  const network = new Network();
  const x = network.graph.input('x', 'float32', ['batch', channels, 9, 7]);
  network.graph.output('y', build(network, x));
  const { graph } = differentiableForm(network.graph, { training: true });
  const y = graph.value('y');
  const seed = graph.input('seed', 'float32', y.shape);
  const targets = ['x', ...network.weights.keys()].map((name) => graph.value(name));
  for (const [name, gradient] of differentiate(graph, y, targets, seed))
    graph.output(`gradient:${name}`, gradient);
  const shape = y.shape.map((dim) => (dim === 'batch' ? batch : (dim as number)));
  const feeds = {
    x: drawn([batch, channels, 9, 7]),
    seed: drawn(shape),
    ...Object.fromEntries(network.weights),
  };
  return { graph, feeds, weights: [...network.weights.keys()] };
}

async function run(graph: Graph, { feeds, weights }: Made, threads = 1): Promise<Record<string, Tensor>> {
  const session = await Session.create(emitModel(graph, { asInputs: weights }), { threads });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Tensor['data']): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function domainsOf(graph: Graph): Set<string> {
  return new Set(graph.nodes.map(({ domain }) => domain));
}

describe.skipIf(block === undefined)(
  'where onnxruntime has blocked operators, blocked and plain form agree',
  () => {
    for (const [title, channels, build] of cases) {
      test.each([undefined, batch])(`${title}, batch %s`, async (size) => {
        const plain = made(channels, build);
        const blocked = blockedForm(plain.graph, block!, size);
        expect(domainsOf(blocked)).toContain('com.microsoft.nchwc');
        const expected = await run(plain.graph, plain);
        const actual = await run(blocked, plain);
        expect(Object.keys(actual)).toEqual(Object.keys(expected));
        for (const [name, { shape, data }] of Object.entries(expected)) {
          expect(actual[name]!.shape, name).toEqual(shape);
          const scale = Math.max(...Array.from(data as Float32Array, Math.abs));
          const worst = (data as Float32Array).reduce(
            (most, value, i) => Math.max(most, Math.abs(value - (actual[name]!.data[i] as number))),
            0,
          );
          expect(worst / scale, name).toBeLessThan(2e-5);
        }
      });
    }
  },
);

test.skipIf(block === undefined)('maxima that tie share the gradient, without indices', async () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 16, 2, 4]);
  graph.output('y', op.maxPool(x, { kernel: [2, 2] }));
  const { graph: form } = differentiableForm(graph, { training: true });
  const seed = form.input('seed', 'float32', ['batch', 16, 1, 2]);
  const target = form.value('x');
  const gradient = differentiate(form, form.value('y'), [target], seed).get('x')!;
  form.output('gradient', gradient);
  const blocked = blockedForm(form, block!);
  expect(blocked.nodes.map((node) => node.op)).not.toContain('MaxUnpool');
  const map = [1, 1, 3, 2, 1, 1, 3, 3]; // the left window ties four times, the right one three times
  const feeds = {
    x: float32(Array<number[]>(16).fill(map).flat(), [1, 16, 2, 4]),
    seed: float32(Array<number[]>(16).fill([8, 6]).flat(), [1, 16, 1, 2]),
  };
  const results = await run(blocked, { graph: blocked, feeds, weights: [] });
  expect([...results.gradient!.data.slice(0, 8)]).toEqual([2, 2, 2, 0, 2, 2, 2, 2]);
});

test.skipIf(block === undefined)('blocked operators give the same bits in every session', async () => {
  const [, channels, build] = cases[1]!;
  const plain = made(channels, build);
  const blocked = blockedForm(plain.graph, block!, batch);
  const [first, second] = [await run(blocked, plain, 2), await run(blocked, plain, 2)];
  for (const [name, { data }] of Object.entries(first))
    expect(Buffer.compare(bytesOf(data), bytesOf(second[name]!.data)), name).toBe(0);
});

/** The convolutions in the order in which onnxruntime computed them: of weight gradients, `w`, and all others, `.`. */
async function orderOfConvolutions({ graph, feeds, weights }: Made): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'onesheet-order-'));
  try {
    const options = { threads: 1, batch, profilePrefix: join(folder, 'profile') };
    const session = await openWeighted(graph, weights, options);
    await session.run(feeds);
    session.endProfiling();
    await session.release();
    const events = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8')) as {
      readonly args?: {
        readonly op_name?: string;
        readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
      };
    }[];
    return events
      .filter(({ args }) => args?.op_name === 'Conv' && args.input_type_shape)
      .map(({ args }) => (Object.values(args!.input_type_shape![0]!)[0]![0] === 1 ? 'w' : '.'))
      .join('');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.skipIf(block === undefined)(
  'each weight gradient is computed as soon as its map is there, so that maps need not be kept',
  async () => {
    const three = made(16, (net, x) => {
      let y = x;
      for (let i = 0; i < 3; i++) y = op.relu(net.convolution(y, { channels: 16, kernel: 3 }));
      return y;
    });
    expect(await orderOfConvolutions(three)).toMatch(/^\.{3}w+\.w+\.w+\.?$/);
  },
);

test('a graph without convolutions stays as it is', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 16, 4, 4]);
  graph.output('y', op.relu(op.multiply(x, 2)));
  expect(Buffer.compare(emitModel(blockedForm(graph, 16)), emitModel(graph))).toBe(0);
});

test('a convolution whose channels fill less than three quarters of their blocks stays as it is', () => {
  const network = new Network();
  const x = network.graph.input('x', 'float32', ['batch', 3, 4, 4]);
  network.graph.output('y', network.convolution(x, { channels: 4, kernel: 3 }));
  expect(domainsOf(blockedForm(network.graph, 16))).toEqual(new Set(['']));
});
