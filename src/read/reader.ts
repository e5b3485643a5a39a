/** @module A picture, wherever it is -> the lines of text on it, by networks that stay loaded. */
import type { SessionOptions } from '../graph/index.ts';
import { decodeWithin, type ImageLimits, type ImageSource, type ScaledImage } from '../image/index.ts';
import type { Engine } from './engine.ts';
import { type Reading, readingBounds, readPicture } from './reading.ts';
import { createEngine, prepareNetworks } from './sessions.ts';

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
  return decodeWithin(source, readingBounds, limits, signal);
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
   * Reads one picture, wherever it is.
   *
   * @throws {OnesheetError} the codes of `decodeImage`; the signal's reason
   */
  async read(source: ImageSource, limits: Partial<ImageLimits> = {}, signal?: AbortSignal): Promise<Reading> {
    return this.readPicture(await decodeToRead(source, limits, signal), signal);
  }

  /**
   * Reads a picture that is decoded.
   *
   * @param picture of the size that {@link decodeToRead} gives
   * @throws the signal's reason
   */
  readPicture(picture: ScaledImage, signal?: AbortSignal): Promise<Reading> {
    return readPicture(this.#engine, picture, signal);
  }

  async release(): Promise<void> {
    await this.#engine.release();
  }
}
