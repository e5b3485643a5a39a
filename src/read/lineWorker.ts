/** @module A thread that finds lines, or one of several that read them: a picture in -> its answer out, one at a time. */
import { joinCrew, Session } from '../graph/index.ts';
import type { PixelImage } from '../image/index.ts';
import type { ReadingThread } from './crew.ts';
import { detectLines } from './detect.ts';
import type { Letters } from './letters.ts';
import { recognize } from './recognize.ts';
import type { Quadrilateral } from './rectangle.ts';

type Answer = readonly Quadrilateral[] | Letters;

joinCrew(async ({ network, threads, alphabet }: ReadingThread) => {
  // Its threads share cores with those that read lines.
  const session = await Session.create(network, { threads, spinning: false });
  return (picture: PixelImage): Promise<Answer> =>
    alphabet === undefined ? detectLines(session, picture) : recognize(session, picture, alphabet);
});
