import { expect, test } from 'vitest';
import { Session } from '../../src/graph/index.ts';
import { decodeImage } from '../../src/image/index.ts';
import { cropLine } from '../../src/read/crop.ts';
import { loadNetworks } from '../../src/read/networks.ts';
import { recognize } from '../../src/read/recognize.ts';
import { drawLettering } from './lettering.ts';

test('lines are read alike together and alone, in their own order', async () => {
  const { recognition, alphabet } = await loadNetworks();
  const session = await Session.create(recognition, { threads: 2 });
  const texts = ['MARTIN', 'ART', 'THE LEADER', 'LEADEN', 'RAT'];
  const drawn = texts.map((text, i) => ({ text, x: 20, y: 20 + 70 * i, height: 30 }));
  const bytes = await drawLettering(400, 380, drawn);
  const picture = await decodeImage({ kind: 'bytes', bytes, name: 'drawn' });
  const lines = drawn.map(({ text, x, y }) => {
    const [right, bottom] = [x + 28 * text.length + 8, y + 40];
    return cropLine(picture, [
      [x - 8, y - 10],
      [right, y - 10],
      [right, bottom],
      [x - 8, bottom],
    ]);
  });
  const together = await recognize(session, lines, alphabet);
  expect(together.map(({ text }) => text)).toEqual(texts);
  for (const [i, line] of lines.entries()) {
    const [alone] = await recognize(session, [line], alphabet);
    expect(alone!.text).toBe(together[i]!.text);
    expect(Math.abs(alone!.confidence - together[i]!.confidence)).toBeLessThan(0.15);
  }
  expect(await recognize(session, [], alphabet)).toEqual([]);
  await session.release();
});
