/** @module The door of the text room: what stands on posters and their titles, with genres -> probabilities beside a network's. */
export { encodeTextModel, loadTextModel } from './file.ts';
export {
  type FitOptions,
  type FittedTextModel,
  fitTextModel,
  type HeardFilms,
  type HeardValidation,
  learnLines,
} from './fit.ts';
export type { Heard } from './heard.ts';
export { readTexts } from './lines.ts';
export {
  besideText,
  type Combination,
  type Contributions,
  combinations,
  type Fit,
  howJudged,
  type Judgement,
  type TextModel,
  type WordContribution,
} from './model.ts';
export { readVectors, type WordVectors } from './vectors.ts';
