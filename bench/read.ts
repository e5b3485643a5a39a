/** @module Posters -> what is read on them, and how fast, beside @gutenye/ocr-node, which runs the same networks. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { postersAt, readPosters } from '../src/predict/index.ts';
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

/** Posters of a whole measurement, drawn evenly from the folder. */
const drawn = 300;

/** What parts of the measurement, run one after another, come to. */
interface Sums {
  readonly posters: number;
  readonly lines: number;
  readonly found: number;
  readonly letters: number;
  readonly equal: number;
  readonly seconds: readonly (readonly [onesheet: number, peer: number])[];
  readonly differences: readonly { readonly id: string; readonly peer: string; readonly onesheet: string }[];
}

const resultFile = new URL('../../bench/results/read.json', import.meta.url);
const nothing: Sums = { posters: 0, lines: 0, found: 0, letters: 0, equal: 0, seconds: [], differences: [] };

/** The parts before this one, from the result that they left. */
async function sumsBefore(from: number): Promise<Sums> {
  if (from === 0) return nothing;
  const { sums } = JSON.parse(await readFile(resultFile, 'utf8')) as { readonly sums: Sums };
  if (sums.posters !== from)
    throw new Error(`${sums.posters} posters are measured: the next part is from there`);
  return sums;
}

async function drawPosters(): Promise<{ readonly id: string; readonly path: string }[]> {
  const all: { readonly id: string; readonly path: string }[] = [];
  for await (const { id, source } of postersAt([join(postersFolder, 'images')], process.stdin))
    if (source.kind === 'file') all.push({ id, path: source.path });
  return Array.from({ length: drawn }, (_, i) => all[Math.floor((i * all.length) / drawn)]!);
}

/**
 * Poster after poster in turns; the peer is given the enlarged picture and finds lines and letters in it, this package
 * is given the file. Both have two threads. It can be run in parts, which add up: `read 100`, `read 100 100` and so on.
 *
 * @param flags how many posters (300), how many were measured before (0), and `untimed` where the machine is not quiet
 */
export async function benchReading([
  count = `${drawn}`,
  from = '0',
  untimed,
]: readonly string[]): Promise<BenchResult> {
  const before = await sumsBefore(Number(from));
  const posters = (await drawPosters()).slice(before.posters, before.posters + Number(count));
  const scratch = await mkdtemp(join(tmpdir(), 'onesheet-bench-'));
  const peer = spawn(process.execPath, [new URL('./readPeer.js', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const reader = await openReader({ threads: 2 });
  const sums = { lines: before.lines, found: before.found, letters: before.letters, equal: before.equal };
  const differences = [...before.differences];
  const times: [onesheet: number, peer: number][] = [];
  // The first poster only warms both up.
  for (const [turn, { id, path }] of [posters[0]!, ...posters].entries()) {
    const large = join(scratch, 'large.png');
    const onPoster = await enlarge(path, large);
    peer.stdin.write(`${large}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error('the peer ended: npm install --no-save @gutenye/ocr-node@1.4.8 installs it');
    const reading = JSON.parse(value) as PeerReading;
    const start = performance.now();
    const { lines } = await reader.read({ kind: 'file', path });
    const own = (performance.now() - start) / 1000;
    if (turn === 0) continue;
    times.push([own, reading.seconds]);
    const sure = reading.lines.filter(({ confidence }) => confidence >= leastConfidence);
    const placed = sure.map((line) => ({ ...line, place: line.place.map(onPoster) }));
    const agreement = agreementOf(placed, lines);
    for (const name of ['lines', 'found', 'letters', 'equal'] as const) sums[name] += agreement[name];
    for (const [theirs, ours] of agreement.differences)
      differences.push({ id, peer: theirs, onesheet: ours });
  }
  peer.stdin.end();
  await reader.release();
  await rm(scratch, { recursive: true });
  const total = (of: 0 | 1): number => times.reduce((sum, pair) => sum + pair[of], 0);
  const own = untimed === undefined ? [[total(0) / times.length, total(1) / times.length] as const] : [];
  const seconds = [...before.seconds, ...own];
  const all: Sums = { posters: before.posters + times.length, ...sums, seconds, differences };
  return {
    part: 'read',
    peer: '@gutenye/ocr-node 1.4.8, the same networks with OpenCV, two threads',
    ...(seconds.length > 0 && { ratios: seconds.map(([ours, theirs]) => theirs / ours) }),
    details: {
      secondsOnesheet: median(seconds.map(([ours]) => ours)),
      secondsPeer: median(seconds.map(([, theirs]) => theirs)),
      linesFound: all.found / all.lines,
      lettersEqual: all.equal / all.letters,
      sums: all,
    },
  };
}

/**
 * Posters as `onesheet read` reads them, from their files, with two threads and nothing kept from before.
 *
 * @param flags how many posters, the first of those that are drawn (300)
 */
export async function benchReadingBatch([count = `${drawn}`]: readonly string[]): Promise<BenchResult> {
  const posters = (await drawPosters()).slice(0, Number(count));
  const reader = await openReader({ threads: 2 });
  const sources = posters.map(({ id, path }) => ({ id, source: { kind: 'file', path } as const }));
  const start = performance.now();
  let lines = 0;
  for await (const read of readPosters(reader, sources)) {
    if ('error' in read) throw read.error;
    lines += read.reading.lines.length;
  }
  const seconds = (performance.now() - start) / 1000;
  await reader.release();
  return {
    part: 'read-batch',
    details: {
      posters: posters.length,
      lines,
      postersPerSecond: posters.length / seconds,
      peakMegabytes: Math.round((process.resourceUsage().maxRSS * 1024) / 1e6),
    },
  };
}
