/** @module A map on the network's input and the resize rule -> the map on the poster itself. */
import { type PixelSize, placementOf, type ResizeRule } from '../image/browser.ts';
import { type AttributionMap, type AxisMap, sampleGrid } from './map.ts';

/** Longer side of a drawn map, in pixels, where nothing else is asked for. */
const defaultSide = 1200;

/** Where a poster's rows and columns went in the input, as the way of the pixels through `preparePixels`. */
function inputAxes(rule: ResizeRule, poster: PixelSize): { rows: AxisMap; columns: AxisMap } {
  const { height, width, top, left } = placementOf(poster, rule);
  return {
    rows: { step: height / poster.height, offset: top },
    columns: { step: width / poster.width, offset: left },
  };
}

/**
 * The map in the poster's own geometry: bars of `contain` are gone, and what `cover` cropped away is 0, since the
 * network never saw it.
 *
 * @param poster size of the upright poster, or of any scaled copy of it
 */
export function mapOnPoster(map: AttributionMap, rule: ResizeRule, poster: PixelSize): AttributionMap {
  const { height, width } = poster;
  const { rows, columns } = inputAxes(rule, poster);
  const density = rows.step * columns.step;
  const values = sampleGrid(map, poster, rows, columns).map((value) => value * density);
  return { ...map, height, width, values };
}

/** The size of a picture whose longer side has at most so many pixels, in the same proportions. */
export function fittedSize({ height, width }: PixelSize, maximumSide = defaultSide): PixelSize {
  const scale = Math.min(1, maximumSide / Math.max(height, width));
  return { height: Math.max(1, Math.round(height * scale)), width: Math.max(1, Math.round(width * scale)) };
}
