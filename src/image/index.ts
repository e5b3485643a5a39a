/** @module The door of `image/`: sources in -> pixels, hashes, caches and augmented batches out. */

export { networksOf } from './addresses.ts';
export {
  type AugmentationOptions,
  augment,
  augmentationSchema,
  noAugmentation,
} from './augment.ts';
export { type CachedPoster, PixelCache, type PixelCacheOptions, type PixelFailure } from './cache.ts';
export { decodeImage, decodeWithin, measureImage } from './decode.ts';
export { type DrawOptions, drawSvg, type EncodeOptions, encodeImage } from './encode.ts';
export { defaultFetchCacheFolder, FetchCache } from './fetchCache.ts';
export { type ImageFormat, sniffFormat } from './format.ts';
export { type Bounds, type PixelImage, type PixelSize, placementOf, type ScaledImage } from './geometry.ts';
export { hammingDistance, hashPixels, perceptualHash } from './hash.ts';
export { defaultImageLimits, type ImageLimits } from './limits.ts';
export { type MixingOptions, type Mixture, mixBatch, mixingSchema } from './mix.ts';
export { PoliteFetcher, type PoliteOptions } from './politeFetch.ts';
export { preparePixels } from './prepare.ts';
export {
  type Colour,
  type Fit,
  type ResizeKernel,
  type ResizeRule,
  resizeRule,
  resizeRuleSchema,
  sideSchema,
} from './rule.ts';
export { describeSource, type ImageSource, readImageBytes } from './source.ts';
