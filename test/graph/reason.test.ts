import { expect, test } from 'vitest';
import { Session } from '../../src/graph/index.ts';
import { reasonOfRuntime } from '../../src/graph/reason.ts';
import { encode, input, integers, node, plain } from './file.ts';

test('a place in C++ source and its signature are left out, wherever they stand', () => {
  const place =
    '/onnxruntime_src/onnxruntime/core/graph/graph.cc:42 void onnxruntime::Graph::Check(const std::function<void(int)>&, bool) const [with T = float] ';
  expect(reasonOfRuntime(`${place}The shape is wrong.\n`)).toBe('The shape is wrong');
  expect(reasonOfRuntime(`Load failed: ${place}one thing, ${place}another`)).toBe(
    'Load failed: one thing, another',
  );
  expect(reasonOfRuntime('Nothing of that kind (at all).')).toBe('Nothing of that kind (at all)');
  expect(reasonOfRuntime(`failed to call OrtRun(). ERROR_CODE: 6, ERROR_MESSAGE: ${place}No.`)).toBe('No');
});

test('a file of a newer kind is answered with what to do', async () => {
  await expect(Session.create(encode({ ...plain, irVersion: 99 }))).rejects.toMatchObject({
    code: 'MODEL_UNUSABLE',
    message: expect.stringMatching(
      /^onnxruntime cannot use this model: it has IR version 99, but (\d+) is the newest that is known: save it with ir_version=\1\.$/,
    ),
  });
  await expect(Session.create(encode({ ...plain, opset: 99 }))).rejects.toMatchObject({
    code: 'MODEL_UNUSABLE',
    message: expect.stringMatching(
      /^onnxruntime cannot use this model: it needs operator set 99, but (\d+) is the newest that is known: export it with opset_version=\1\.$/,
    ),
  });
});

test('a model that asks for ten million million elements fails with a sentence, in little memory', async () => {
  const nodes = [
    node('ConstantOfShape', ['sizes'], ['grown'], {}, 'grow'),
    node('ReduceMax', ['grown'], ['most'], { keepdims: 0 }),
    node('Add', ['x', 'most'], ['y']),
  ];
  const model = encode({
    nodes,
    inputs: [input('x', ['batch', 3])],
    outputs: [input('y', ['batch', 3])],
    initializers: [integers('sizes', [10_000_000, 1_000_000])],
  });
  const before = process.memoryUsage().rss;
  const failure = (async () => {
    const session = await Session.create(model);
    await session.run({ x: { dtype: 'float32', shape: [1, 3], data: new Float32Array(3) } });
  })();
  await expect(failure).rejects.toMatchObject({
    code: 'MODEL_UNUSABLE',
    message: expect.stringMatching(
      /it asks for 40000000000000 bytes of memory at once, which there are not\.$/,
    ),
  });
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 29);
});
