/** @module The door of `explain/` for the browser: grids, maps and how they are laid over a poster. */
export { fittedSize, mapOnPoster } from './geometry.ts';
export { displayValues, type Grid, resizeGrid } from './map.ts';
export { occlusionGrids, occlusionSquares } from './occlusion.ts';
export { overlay } from './overlay.ts';
