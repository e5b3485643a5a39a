/** @module The door of `predict/` for the browser: the shape of a prediction. */
export { type Predictor, predictionOf, writtenOutcome } from './prediction.ts';
