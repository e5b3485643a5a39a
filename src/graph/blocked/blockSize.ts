/** @module This machine -> how many channels lie together in onnxruntime's blocked layout, if it has one here. */

import { emitModel } from '../emit.ts';
import { Graph } from '../graph.ts';
import { Session } from '../runtime.ts';
import { float32 } from '../tensor.ts';
import { blockedDomain } from './shapes.ts';

let finding: Promise<number | undefined> | undefined;

/** Reorders four channels, which are filled up to one block. */
async function find(): Promise<number | undefined> {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [1, 4, 1, 1]);
  const types = [{ dtype: 'float32', shape: [1, 'channels', 1, 1] }] as const;
  graph.output(
    'y',
    graph.add('ReorderInput', [x], { channels_last: 0 }, { domain: blockedDomain, types })[0]!,
  );
  let session: Session | undefined;
  try {
    session = await Session.create(emitModel(graph), { threads: 1 });
    const { y } = await session.run({ x: float32([1, 2, 3, 4], [1, 4, 1, 1]) });
    const block = y!.shape[1] as number;
    return block >= 8 ? block : undefined;
  } catch {
    // An onnxruntime without these operators.
    return undefined;
  } finally {
    await session?.release();
  }
}

/**
 * 16 with AVX-512, 8 with AVX2; `undefined` where there are no blocked operators, as in WebAssembly. It is found out
 * once.
 */
export function blockSize(): Promise<number | undefined> {
  finding ??= find();
  return finding;
}
