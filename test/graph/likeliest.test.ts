import { expect, test } from 'vitest';
import { float32, Session, withLikeliest } from '../../src/graph/index.ts';
import { encode, input } from './file.ts';

test('of probabilities the likeliest class of each place is given, the first of equals, and how likely it is', async () => {
  const network = encode({
    opset: 11,
    inputs: [input('x', ['batch', 'places', 3])],
    outputs: [input('y', ['batch', 'places', 3])],
    nodes: [{ opType: 'Relu', input: ['x'], output: ['y'] }],
  });
  const names = { classes: 'best', probabilities: 'how' };
  const session = await Session.create(withLikeliest(network, 'a network', names), { threads: 1 });
  const x = float32(Float32Array.of(0.25, 0.5, 0.125, 0.75, 0, 0.75), [1, 2, 3]);
  const { best, how, ...others } = await session.run({ x });
  await session.release();
  expect(others).toEqual({});
  expect(best!.shape).toEqual([1, 2]);
  expect([...(best!.data as BigInt64Array)]).toEqual([1n, 0n]);
  expect([...(how!.data as Float32Array)]).toEqual([0.5, 0.75]);
});

test('what is no ONNX file is refused by its name', () => {
  const names = { classes: 'best', probabilities: 'how' };
  expect(() => withLikeliest(new TextEncoder().encode('no network'), 'a.onnx', names)).toThrow(/a\.onnx/);
});
