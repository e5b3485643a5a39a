/** @module A decoded picture and what finds and reads lines -> the lines of text on it, with place and confidence. */
import type { PixelImage, ScaledImage } from '../image/index.ts';
import { cropLine, extentOf, turned } from './crop.ts';
import type { Engine } from './engine.ts';
import type { Letters } from './letters.ts';
import { inReadingOrder, type TextLine } from './lines.ts';
import type { Point, Quadrilateral } from './rectangle.ts';

/** What stands on a picture. */
export interface Reading {
  /** Upright size of the picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** From top to bottom. */
  readonly lines: readonly TextLine[];
}

/** Small posters are enlarged, as letters of a few pixels are not found; large ones are read in this size. */
export const readingBounds = { longest: 960, enlargement: 2 };

/** Lines that are doubted more are left out. */
const leastConfidence = 0.5;

/** Lines of a picture that are read, the largest first, and their length all together at 48 pixels high: a bound for noise. */
const [mostLines, mostColumns] = [200, 24_000];

/** Boxes that are this many times taller than wide hold text that runs down or up. */
const tall = 1.5;

/** A box in the picture, and what stands in it, upright by one way of turning it. */
interface Way {
  readonly place: Quadrilateral;
  readonly line: PixelImage;
}

/**
 * Reads a picture that is decoded, at most 200 lines of it, which bounds the time for pictures that are nothing but
 * lettering or noise.
 *
 * @param picture within {@link readingBounds}
 * @throws the signal's reason
 */
export async function readPicture(
  engine: Engine,
  picture: ScaledImage,
  signal?: AbortSignal,
): Promise<Reading> {
  signal?.throwIfAborted();
  const places = (await engine.detect(picture, signal)).slice(0, mostLines);
  signal?.throwIfAborted();
  const best = new Map<Quadrilateral, Letters>();
  for (const { place, letters } of await lettersAt(engine, waysOf(picture, places), signal))
    if (letters.confidence > (best.get(place)?.confidence ?? 0)) best.set(place, letters);
  const lines = [...best]
    .filter(([, { confidence }]) => confidence >= leastConfidence)
    .map(([place, { text, confidence }]) => ({
      text,
      confidence: Math.round(1000 * confidence) / 1000,
      place: onOriginal(place, picture),
    }));
  const { width, height } = picture.original;
  return { width, height, lines: inReadingOrder(lines) };
}

/** As many lines are cropped at a time as are read, and one more, which waits for the first that is free. */
async function lettersAt(engine: Engine, ways: Generator<Way>, signal: AbortSignal | undefined) {
  const found: { readonly place: Quadrilateral; readonly letters: Letters }[] = [];
  let count = 0;
  const readOn = async (): Promise<void> => {
    for (let { value, done } = ways.next(); !done; { value, done } = ways.next()) {
      const { place, line } = value as Way;
      const at = count++;
      signal?.throwIfAborted();
      found[at] = { place, letters: await engine.recognize(line, signal) };
    }
  };
  await Promise.all(Array.from({ length: engine.atOnce + 1 }, readOn));
  return found;
}

/** Lines upright, as many as are read; a tall box is read both ways, of which the surer one counts. */
function* waysOf(picture: ScaledImage, places: readonly Quadrilateral[]): Generator<Way> {
  let columns = 0;
  for (const place of places) {
    if (columns >= mostColumns) return;
    const [along, across] = extentOf(place);
    const turns = across >= tall * along ? [turned(place, 'down'), turned(place, 'up')] : [place];
    for (const turn of turns) {
      const line = cropLine(picture, turn);
      columns += line.width;
      yield { place, line };
    }
  }
}

/** In pixels of the picture itself, with a tenth of a pixel kept. */
function onOriginal(place: Quadrilateral, { width, height, original }: ScaledImage): Quadrilateral {
  const scaled = ([x, y]: Point): Point => [
    Math.round((10 * x * original.width) / width) / 10,
    Math.round((10 * y * original.height) / height) / 10,
  ];
  const [a, b, c, d] = place;
  return [scaled(a), scaled(b), scaled(c), scaled(d)];
}
