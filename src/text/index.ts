/** @module The door of the text room: what stands on posters as text, with genres -> probabilities beside a network's. */
export { countFeatures, type TextCounts } from './features.ts';
export { encodeTextModel, loadTextModel } from './file.ts';
export type { Heard } from './heard.ts';
export { linearLogits, trainLinear } from './linear.ts';
export { readTexts } from './lines.ts';
export {
  besideText,
  type FitOptions,
  type FittedTextModel,
  fitTextModel,
  type TextModel,
  type TextPosters,
} from './model.ts';
