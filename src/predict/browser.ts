/** @module The door of `predict/` for the browser: the shape of a prediction and its row of a CSV file. */
export { type Predictor, predictionOf, writtenOutcome } from './prediction.ts';
export { sheetHeader, sheetRow } from './sheet.ts';
export { wordsFor } from './words.ts';
