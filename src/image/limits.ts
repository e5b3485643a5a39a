/** @module Nothing -> what a stranger's picture may cost before it is refused, the same behind every decoder. */

/** What a stranger's picture may cost before it is refused. */
export interface ImageLimits {
  /**
   * Width times height that the file's header may announce; nothing is decoded beyond it. Pixels of more than four
   * bytes, such as those of 16 bits a channel, count for more in proportion.
   * @default 50_000_000
   */
  readonly maximumPixels: number;
  /**
   * Size of the encoded file, in bytes.
   * @default 33_554_432 (32 MiB)
   */
  readonly maximumBytes: number;
  /**
   * Time that the processor may take to decode and resize one picture, in whole seconds from 1 to 3600. It is not the
   * clock's, so a busy machine leaves nothing out. For a picture that is fetched it also bounds, by the clock, the
   * fetching.
   * @default 10
   */
  readonly timeoutSeconds: number;
}

export const defaultImageLimits: ImageLimits = {
  maximumPixels: 50_000_000,
  maximumBytes: 32 * 2 ** 20,
  timeoutSeconds: 10,
};

/** Fills in the limits that were not given; the time is brought into its range. */
export function completeLimits(limits: Partial<ImageLimits>): ImageLimits {
  const timeoutSeconds = limits.timeoutSeconds ?? defaultImageLimits.timeoutSeconds;
  return {
    maximumPixels: limits.maximumPixels ?? defaultImageLimits.maximumPixels,
    maximumBytes: limits.maximumBytes ?? defaultImageLimits.maximumBytes,
    timeoutSeconds: Math.min(3600, Math.max(1, Math.ceil(timeoutSeconds))),
  };
}
