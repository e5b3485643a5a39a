/** @module The pixels of a batch and a generator -> each poster mixed with another of the batch, and how much of it stays. */
import { z } from 'zod';
import type { Random } from '../random.ts';
import type { PixelSize } from './geometry.ts';

export const mixingSchema = z.strictObject({
  /** Part of the posters that are mixed; the others stay whole. */
  probability: z.number().min(0).max(1).default(0.5),
  /**
   * `mixup` blends two posters (Zhang et al. 2018), `cutmix` pastes a rectangle of one into the other (Yun et
   * al. 2019), `either` tosses a coin for each poster.
   */
  method: z.enum(['mixup', 'cutmix', 'either']).default('either'),
  /** The share that stays is drawn from Beta(alpha, alpha). */
  alpha: z.number().positive().max(10).default(1),
});
export type MixingOptions = z.infer<typeof mixingSchema>;

/** What became of one poster of the batch. */
export interface Mixture {
  /** Place in the batch of the poster that was mixed in. */
  readonly partner: number;
  /** Part of the poster that stays its own, from 0 to 1: the weight of its labels. */
  readonly share: number;
}

/** Gamma(shape, 1) by Marsaglia & Tsang 2000, with their boost for shapes below 1. */
function drawGamma(shape: number, random: Random): number {
  if (shape < 1) return drawGamma(shape + 1, random) * (1 - random.float()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.float()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

function drawBeta(alpha: number, random: Random): number {
  const a = drawGamma(alpha, random);
  return a / (a + drawGamma(alpha, random));
}

/**
 * Mixes every poster with the one after it in the batch, or leaves it as it is.
 *
 * @param pixels uint8 `[batch, height, width, 3]`; changed in place
 * @returns one entry a poster; a poster that stays whole is its own partner with share 1
 */
export function mixBatch(
  pixels: Uint8Array,
  size: PixelSize,
  options: MixingOptions,
  random: Random,
): Mixture[] {
  const stride = size.height * size.width * 3;
  const count = pixels.length / stride;
  const whole = pixels.slice();
  return Array.from({ length: count }, (_, i) => {
    const generator = random.split(i);
    const partner = (i + 1) % count;
    if (partner === i || generator.float() >= options.probability) return { partner: i, share: 1 };
    const drawn = drawBeta(options.alpha, generator);
    const own = pixels.subarray(i * stride, (i + 1) * stride);
    const other = whole.subarray(partner * stride, (partner + 1) * stride);
    const cut = options.method === 'either' ? generator.float() < 0.5 : options.method === 'cutmix';
    if (cut) return { partner, share: paste(own, other, size, drawn, generator) };
    for (let at = 0; at < stride; at++) own[at] = Math.round(drawn * own[at]! + (1 - drawn) * other[at]!);
    return { partner, share: drawn };
  });
}

/** Pastes a rectangle of about `1 - share` of the area, in the same place, and returns the share that stayed. */
function paste(
  own: Uint8Array,
  other: Uint8Array,
  { height, width }: PixelSize,
  share: number,
  random: Random,
): number {
  const side = Math.sqrt(1 - share);
  const [cutHeight, cutWidth] = [Math.round(side * height), Math.round(side * width)];
  const top = random.integer(height - cutHeight + 1);
  const left = random.integer(width - cutWidth + 1);
  for (let y = top; y < top + cutHeight; y++) {
    const [from, to] = [(y * width + left) * 3, (y * width + left + cutWidth) * 3];
    own.set(other.subarray(from, to), from);
  }
  return 1 - (cutHeight * cutWidth) / (height * width);
}
