/** @module A map on the network's input and the resize rule -> the map on the poster itself. */
import type { PixelSize, ResizeRule } from '../image/index.ts';
import { type AttributionMap, type AxisMap, sampleGrid } from './map.ts';

/** Where a poster's rows and columns went in the input, as the way of the pixels through `preparePixels`. */
export function inputAxes(rule: ResizeRule, poster: PixelSize): { rows: AxisMap; columns: AxisMap } {
  const { height, width, fit } = rule;
  if (fit === 'fill') {
    return {
      rows: { step: height / poster.height, offset: 0 },
      columns: { step: width / poster.width, offset: 0 },
    };
  }
  const scales = [width / poster.width, height / poster.height];
  const scale = fit === 'contain' ? Math.min(...scales) : Math.max(...scales);
  const axis = (length: number, most: number): AxisMap => {
    const scaled = Math.max(1, Math.round(length * scale));
    const fitted = fit === 'contain' ? Math.min(most, scaled) : Math.max(most, scaled);
    return { step: fitted / length, offset: Math.floor((most - fitted) / 2) };
  };
  return { rows: axis(poster.height, height), columns: axis(poster.width, width) };
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
