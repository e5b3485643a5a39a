/** @module The door of `explain/` for the browser: grids, maps and how they are laid over a poster. */
export { fittedSize, mapOnPoster } from './geometry.ts';
export { type Grid, resizeGrid, strongest } from './map.ts';
export { occlusionGrids, occlusionSquares } from './occlusion.ts';
export { overlay } from './overlay.ts';
