/** @module A picture -> the lines of text on it, with place and confidence. */
import type { SessionOptions } from '../graph/index.ts';
import {
  decodeWithin,
  type ImageLimits,
  type ImageSource,
  type PixelImage,
  type ScaledImage,
} from '../image/index.ts';
import { cropLine, extentOf, turned } from './crop.ts';
import { createEngine, type Engine, prepareNetworks } from './engine.ts';
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
const bounds = { longest: 960, enlargement: 2 };

/** Lines that are doubted more are left out. */
const leastConfidence = 0.5;

/** Lines of a picture that are read, the largest first, and their length all together at 48 pixels high: a bound for noise. */
const [mostLines, mostColumns] = [200, 24_000];

/** Boxes that are this many times taller than wide hold text that runs down or up. */
const tall = 1.5;

/**
 * Decodes a picture in the size in which it is read.
 *
 * @throws {OnesheetError} the codes of `decodeImage`; the signal's reason
 */
export function decodeToRead(
  source: ImageSource,
  limits: Partial<ImageLimits> = {},
  signal?: AbortSignal,
): Promise<ScaledImage> {
  return decodeWithin(source, bounds, limits, signal);
}

/** A box in the picture, and what stands in it, upright by one way of turning it. */
interface Way {
  readonly place: Quadrilateral;
  readonly line: PixelImage;
}

/** Reads posters; its networks stay loaded until it is released. */
export class Reader {
  readonly #engine: Engine;

  /** @param engine is released with it */
  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * Reads in this thread.
   *
   * @throws {OnesheetError} READER_MISSING with the command that installs the networks; what `Session.create` throws
   */
  static async create(options: SessionOptions = {}): Promise<Reader> {
    return new Reader(await createEngine(await prepareNetworks(), options));
  }

  /**
   * Reads one picture, wherever it is: see {@link Reader.readPicture}.
   *
   * @throws {OnesheetError} the codes of `decodeImage`; the signal's reason
   */
  async read(source: ImageSource, limits: Partial<ImageLimits> = {}, signal?: AbortSignal): Promise<Reading> {
    return this.readPicture(await decodeToRead(source, limits, signal), signal);
  }

  /**
   * Reads a picture that is decoded, at most 200 lines of it, which bounds the time for pictures that are nothing but
   * lettering or noise.
   *
   * @param picture of the size that {@link decodeToRead} gives
   * @throws the signal's reason
   */
  async readPicture(picture: ScaledImage, signal?: AbortSignal): Promise<Reading> {
    signal?.throwIfAborted();
    const places = (await this.#engine.detect(picture, signal)).slice(0, mostLines);
    signal?.throwIfAborted();
    const best = new Map<Quadrilateral, Letters>();
    for (const { place, letters } of await this.#lettersAt(waysOf(picture, places), signal))
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
  async #lettersAt(ways: Generator<Way>, signal: AbortSignal | undefined) {
    const found: { readonly place: Quadrilateral; readonly letters: Letters }[] = [];
    let count = 0;
    const readOn = async (): Promise<void> => {
      for (let { value, done } = ways.next(); !done; { value, done } = ways.next()) {
        const { place, line } = value as Way;
        const at = count++;
        signal?.throwIfAborted();
        found[at] = { place, letters: await this.#engine.recognize(line, signal) };
      }
    };
    await Promise.all(Array.from({ length: this.#engine.atOnce + 1 }, readOn));
    return found;
  }

  async release(): Promise<void> {
    await this.#engine.release();
  }
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
