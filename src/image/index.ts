/** @module The door of `image/`: sources in -> pixels, hashes, caches and augmented batches out. */
export { type Colour, decodeImage, type PixelImage } from './decode.ts';
export { type DrawOptions, drawSvg, type EncodeOptions, encodeImage } from './encode.ts';
export { imageExtensions } from './format.ts';
export { hammingDistance, perceptualHash } from './hash.ts';
export {
  type Fit,
  preparePixels,
  type ResizeKernel,
  type ResizeRule,
  resizeRule,
  resizeRuleSchema,
} from './prepare.ts';
export { defaultImageLimits, describeSource, type ImageLimits, type ImageSource } from './source.ts';
