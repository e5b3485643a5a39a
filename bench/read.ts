/** @module Posters -> what is read on them, and how fast, beside @gutenye/ocr-node, which runs the same networks. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { postersAt } from '../src/predict/index.ts';
import { openReader } from '../src/read/index.ts';
import { agreementOf, type PlacedText } from './readMatch.ts';
import { type BenchResult, median } from './result.ts';

/** What the peer says of a picture, with places in pixels of what it was given, on a ground of multiples of 32. */
export interface PeerReading {
  readonly seconds: number;
  readonly lines: readonly PlacedText[];
}

const postersFolder = process.env.ONESHEET_POSTERS ?? '../shared/posters';
const enlargement = 2;
const leastConfidence = 0.5;

/** The poster in twice its size, as the peer gets it, and how its places become those on the poster. */
async function enlarge(path: string, to: string) {
  const { width = 0 } = await sharp(path).metadata();
  const large = await sharp(path)
    .toColourspace('srgb')
    .resize({ width: enlargement * width })
    .png({ compressionLevel: 1 })
    .toFile(to);
  const ground = [large.width, large.height].map((side) => Math.ceil(side / 32) * 32) as [number, number];
  const scale = Math.min(ground[0] / large.width, ground[1] / large.height);
  const [left, above] = [(ground[0] - scale * large.width) / 2, (ground[1] - scale * large.height) / 2];
  return ([x, y]: readonly [number, number]) =>
    [(x - left) / scale / enlargement, (y - above) / scale / enlargement] as const;
}

/**
 * Poster after poster in turns; the peer is given the enlarged picture and finds lines and letters in it, this package
 * is given the file. Both have two threads.
 *
 * @param flags how many posters (300)
 */
export async function benchReading([count = '300']: readonly string[]): Promise<BenchResult> {
  const scratch = await mkdtemp(join(tmpdir(), 'onesheet-bench-'));
  const peer = spawn(process.execPath, [new URL('./readPeer.js', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const reader = await openReader({ threads: 2 });
  const [ours, theirs]: [number[], number[]] = [[], []];
  const sums = { lines: 0, found: 0, letters: 0, equal: 0 };
  const differences: { id: string; peer: string; onesheet: string }[] = [];
  let first = true;
  for await (const { id, source } of postersAt([join(postersFolder, 'images')], process.stdin)) {
    if (ours.length === Number(count)) break;
    if (source.kind !== 'file') continue;
    const large = join(scratch, 'large.png');
    const onPoster = await enlarge(source.path, large);
    peer.stdin.write(`${large}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error('the peer ended: npm install --no-save @gutenye/ocr-node@1.4.8 installs it');
    const reading = JSON.parse(value) as PeerReading;
    const start = performance.now();
    const { lines } = await reader.read(source);
    const seconds = (performance.now() - start) / 1000;
    // The first poster only warms both up.
    if (first) {
      first = false;
      continue;
    }
    ours.push(seconds);
    theirs.push(reading.seconds);
    const sure = reading.lines.filter(({ confidence }) => confidence >= leastConfidence);
    const placed = sure.map((line) => ({ ...line, place: line.place.map(onPoster) }));
    const agreement = agreementOf(placed, lines);
    for (const name of ['lines', 'found', 'letters', 'equal'] as const) sums[name] += agreement[name];
    for (const [other, own] of agreement.differences) differences.push({ id, peer: other, onesheet: own });
  }
  peer.stdin.end();
  await reader.release();
  await rm(scratch, { recursive: true });
  return {
    part: 'read',
    peer: '@gutenye/ocr-node 1.4.8, the same networks with OpenCV, two threads',
    ratios: [theirs.reduce((a, b) => a + b) / ours.reduce((a, b) => a + b)],
    details: {
      posters: ours.length,
      secondsOnesheet: median(ours),
      secondsPeer: median(theirs),
      linesFound: sums.found / sums.lines,
      lettersEqual: sums.equal / sums.letters,
      lines: sums.lines,
      residentMegabytes: Math.round(process.memoryUsage().rss / 1e6),
      differences: differences.slice(0, 200),
    },
  };
}
