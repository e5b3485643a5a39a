/** @module The door of the explanation room: a model, a poster and a genre -> an attribution map. */
export { type ColourMapName, colourTable } from './colourMap.ts';
export {
  createExplainer,
  defaultMethod,
  type Explainer,
  type ExplainerOptions,
  genreIndex,
  methodOf,
} from './explainer.ts';
export { chooseFeatureMap, type FeatureMap, featureMapsOf } from './featureMaps.ts';
export { fittedSize, mapOnPoster } from './geometry.ts';
export {
  type AttributionMap,
  type AttributionMethod,
  attributionMethods,
  displayValues,
  type Grid,
  resizeGrid,
} from './map.ts';
export { meanColour, type OcclusionOptions, type Scorer, scoreVariants } from './occlusion.ts';
export { type OverlayOptions, overlay } from './overlay.ts';

export { overlayPicture, type PosterOverlayOptions, posterOverlay } from './posterOverlay.ts';

export type { RiseOptions } from './rise.ts';
