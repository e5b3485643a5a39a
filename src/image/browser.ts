/** @module The door of `image/` for the browser: what a file is, and how a picture becomes the network's input. */
export { type ImageFormat, isCutShort, sniffFormat } from './format.ts';
export type { PixelImage, PixelSize, ResizeKernel, ResizeRule } from './index.ts';
export { resizeRuleSchema } from './rule.ts';
