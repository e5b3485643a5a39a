import { expect, test } from 'vitest';
import { blockSize } from '../../../src/graph/blocked/blockSize.ts';

test('a block has 8 or 16 channels, or there are none, and onnxruntime is asked once', async () => {
  const first = blockSize();
  expect([undefined, 8, 16]).toContain(await first);
  expect(blockSize()).toBe(first);
});
