/** @module A number from 0 to 1 -> a colour whose lightness grows evenly with it. */
import type { Colour } from '../image/index.ts';

export type ColourMapName = 'inferno' | 'viridis';

/**
 * Evenly spaced control points of the colour maps by Nathaniel Smith and Stéfan van der Walt (2015, CC0,
 * https://bids.github.io/colormap): monotonic in lightness, so that they survive grey print, and readable with
 * any of the common colour deficiencies.
 */
const controlPoints: Readonly<Record<ColourMapName, readonly Colour[]>> = {
  inferno: [
    [0, 0, 4],
    [40, 11, 84],
    [101, 21, 110],
    [159, 42, 99],
    [212, 72, 66],
    [245, 125, 21],
    [250, 193, 39],
    [252, 255, 164],
  ],
  viridis: [
    [68, 1, 84],
    [72, 40, 120],
    [62, 74, 137],
    [49, 104, 142],
    [38, 130, 142],
    [31, 158, 137],
    [53, 183, 121],
    [110, 206, 88],
    [181, 222, 43],
    [253, 231, 37],
  ],
};

/** 256 colours, uint8 [256, 3], interpolated linearly between the control points. */
export function colourTable(name: ColourMapName): Uint8Array {
  const points = controlPoints[name];
  const table = new Uint8Array(256 * 3);
  for (let level = 0; level < 256; level++) {
    const position = (level / 255) * (points.length - 1);
    const below = points[Math.floor(position)]!;
    const above = points[Math.ceil(position)]!;
    for (let channel = 0; channel < 3; channel++) {
      const value = below[channel]! + (above[channel]! - below[channel]!) * (position % 1);
      table[level * 3 + channel] = Math.round(value);
    }
  }
  return table;
}
