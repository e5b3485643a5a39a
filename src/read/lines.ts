/** @module Lines of text on a picture -> the same in the order in which people read them. */
import type { Quadrilateral } from './rectangle.ts';

/** A line of text as it stands on a picture. */
export interface TextLine {
  readonly text: string;
  /** Mean probability of its letters, from 0.5 to 1: what is doubted more is left out. */
  readonly confidence: number;
  /** In pixels of the picture, upright: clockwise from the upper left of the text. */
  readonly place: Quadrilateral;
}

interface Extent {
  readonly line: TextLine;
  readonly left: number;
  readonly middle: number;
  readonly height: number;
}

function extentOf(line: TextLine): Extent {
  const ys = line.place.map(([, y]) => y);
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  return {
    line,
    left: Math.min(...line.place.map(([x]) => x)),
    middle: (top + bottom) / 2,
    height: bottom - top,
  };
}

/** From top to bottom; those whose middles are within half the height of the first of them stand in one row, from left to right. */
export function inReadingOrder(lines: readonly TextLine[]): TextLine[] {
  const extents = lines.map(extentOf).sort((a, b) => a.middle - b.middle);
  const rows: Extent[][] = [];
  for (const extent of extents) {
    const row = rows.at(-1);
    const first = row?.[0];
    if (first && extent.middle - first.middle < Math.min(first.height, extent.height) / 2) row!.push(extent);
    else rows.push([extent]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.left - b.left).map(({ line }) => line));
}
