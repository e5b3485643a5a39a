/** @module The door of the explanation room: a model, a poster and a genre -> an attribution map, and how faithful it is. */
export { type ColourMapName, colourTable } from './colourMap.ts';
export {
  createExplainer,
  defaultMethod,
  type Explainer,
  type ExplainerOptions,
  genreIndex,
  methodOf,
} from './explainer.ts';
export {
  type Advantage,
  advantageOver,
  centreBlob,
  type FaithfulnessAreas,
  type FaithfulnessMeasure,
  type FaithfulnessOptions,
  faithfulnessAreas,
  faithfulnessMeasures,
  randomGrid,
} from './faithfulness.ts';
export { chooseFeatureMap, type FeatureMap, featureMapsOf } from './featureMaps.ts';
export { mapOnPoster } from './geometry.ts';
export {
  type AttributionMap,
  type AttributionMethod,
  attributionMethods,
  displayValues,
  type Grid,
  resizeGrid,
} from './map.ts';
export type { OcclusionOptions, Scorer } from './occlusion.ts';
export { type OverlayOptions, overlay } from './overlay.ts';
export { type PosterOverlayOptions, posterOverlay } from './posterOverlay.ts';
export { type RandomizedModel, randomizedFromTheTop } from './randomization.ts';
export type { RiseOptions } from './rise.ts';
export { rankCorrelation, structuralSimilarity } from './similarity.ts';
