/** @module The door of the model room: the one-file model, written, read and run. */
export {
  type Classification,
  Classifier,
  type ClassifierCrew,
  postersAtOnce,
  sessionsWithin,
} from './classifier.ts';
export { compactModel } from './compact.ts';
export { decodeModel, encodeModel, loadModel, type Model } from './file.ts';
export { findModel, type InstalledModel, installedModels, textModelPath } from './installed.ts';
export { type ModelMetadata, modelMetadataSchema, type Provenance } from './metadata.ts';
export { writeMetadata } from './properties.ts';
