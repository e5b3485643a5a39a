/** @module The door of `text/` for the browser: logistic regression. */
export { fitLogistic, type SparseRows } from './logistic.ts';
