/** @module The door of `text/` for the browser: logistic regression, and a model of texts beside a network. */
export { decodeTextModel } from './decode.ts';
export type { Heard } from './heard.ts';
export { fitLogistic, type SparseRows } from './logistic.ts';
export { besideText, type TextModel } from './model.ts';
