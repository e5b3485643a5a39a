/** @module The door of `image/` for the browser: what a file is, and how a picture becomes the network's input. */
export { type ImageFormat, isCutShort, mediaTypes, sniffFormat } from './format.ts';
export {
  layInput,
  type PixelImage,
  type PixelSize,
  placementOf,
  type ScaledImage,
  sizeWithin,
} from './geometry.ts';
export { defaultImageLimits } from './limits.ts';
export { type ResizeKernel, type ResizeRule, resizeRuleSchema } from './rule.ts';
