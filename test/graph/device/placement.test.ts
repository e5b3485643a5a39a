import { readdir } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { placementOf } from '../../../src/graph/device/placement.ts';
import {
  emitModel,
  float32,
  Graph,
  operators as op,
  type Placement,
  Session,
} from '../../../src/graph/index.ts';

import { temporaryFolder } from '../../model/fixture.ts';

const node = (op_name: string, provider: string) => ({ cat: 'Node', args: { op_name, provider } });

test('operators are counted by where they ran, and copies apart from them', () => {
  const [gpu, cpu] = ['WebGpuExecutionProvider', 'CPUExecutionProvider'];
  const events = [
    { cat: 'Session', args: {} },
    node('Conv', gpu),
    node('Conv', gpu),
    node('MemcpyToHost', gpu),
    node('Size', cpu),
    node('MemcpyFromHost', gpu),
  ];
  expect(placementOf(events, 'webgpu')).toEqual({
    device: 'webgpu',
    onDevice: { Conv: 2 },
    onCpu: { Size: 1 },
    copies: 2,
  });
});

test('a session tells once, after its first run, where its operators ran, and leaves no profile behind', async () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 2]);
  graph.output('y', op.tanh(op.matMul(x, graph.initializer('w', float32([1, 2, 3, 4], [2, 2])))));
  const told: Placement[] = [];
  const folder = await temporaryFolder();
  vi.stubEnv('TMPDIR', folder);
  const session = await Session.create(emitModel(graph), {
    onPlacement: (placement) => told.push(placement),
  });
  expect([told, (await readdir(folder)).length]).toEqual([[], 1]);
  for (let i = 0; i < 2; i++) await session.run({ x: float32([1, 1], [1, 2]) });
  expect(told).toEqual([{ device: 'cpu', onDevice: {}, onCpu: { MatMul: 1, Tanh: 1 }, copies: 0 }]);
  expect(await readdir(folder)).toEqual([]);
  await session.release();
});
