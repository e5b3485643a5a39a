/** @module The door of `graph/` for the browser: what is done to a model's file without understanding all of it. */
export { type Head, withHead, withOutput } from './newHead.ts';
