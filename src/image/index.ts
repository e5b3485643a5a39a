/** @module The door of `image/`: sources in -> pixels, hashes, caches and augmented batches out. */

export { networksOf } from './addresses.ts';
export {
  type AugmentationOptions,
  augment,
  augmentationSchema,
  noAugmentation,
  type PixelSize,
} from './augment.ts';
export { type CachedPoster, PixelCache, type PixelCacheOptions, type PixelFailure } from './cache.ts';
export { decodeImage, measureImage } from './decode.ts';
export { type DrawOptions, drawSvg, type EncodeOptions, encodeImage } from './encode.ts';
export { type FetchOptions, fetchImage } from './fetch.ts';
export { type ImageFormat, sniffFormat } from './format.ts';
export { hammingDistance, hashPixels, perceptualHash } from './hash.ts';
export { type MixingOptions, type Mixture, mixBatch, mixingSchema } from './mix.ts';
export { preparePixels } from './prepare.ts';
export type { PixelImage } from './render.ts';
export {
  type Colour,
  type Fit,
  type ResizeKernel,
  type ResizeRule,
  resizeRule,
  resizeRuleSchema,
  sideSchema,
} from './rule.ts';
export { defaultImageLimits, describeSource, type ImageLimits, type ImageSource } from './source.ts';
