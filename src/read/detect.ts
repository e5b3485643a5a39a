/** @module A picture and the network that finds lettering -> the lines of text in it, as rectangles at any angle. */
import type { Session } from '../graph/index.ts';
import type { PixelImage } from '../image/index.ts';
import { cornersOf, grow, type Point, type Quadrilateral, smallestRectangle } from './rectangle.ts';
import { findRegions, type Region } from './regions.ts';

/** The network halves its maps five times. */
const step = 32;

/** Pixels that are likelier than this belong to lettering. */
const threshold = 0.03;

/** How far a region is grown back, as PaddleOCR does. */
const growth = 1.5;

/** Regions that are less likely lettering than this, on average, are hardly ever read. */
const leastScore = 0.5;

/** Sides of a region and of the grown rectangle below which nothing can be read, in pixels. */
const [thinnest, smallest] = [3, 9];

/** Regions that are looked at, the largest first: more than stand on any poster, and a bound for noise. */
const mostRegions = 1000;

/** @returns places of lines in pixels of the picture, the largest regions of lettering first */
export async function detectLines(
  network: Pick<Session, 'run'>,
  picture: PixelImage,
): Promise<readonly Quadrilateral[]> {
  const { width, height } = picture;
  const [columns, rows] = [width, height].map((side) => Math.ceil(side / step) * step) as [number, number];
  const [left, above] = [(columns - width) >> 1, (rows - height) >> 1];
  const data = layPlanes(picture, { columns, rows, left, above });
  const results = await network.run({ x: { dtype: 'float32', shape: [1, 3, rows, columns], data } });
  const map = Object.values(results)[0]!.data as Float32Array;
  const regions = findRegions(map, columns, rows, threshold);
  const chosen = [...regions].sort((a, b) => b.area - a.area).slice(0, mostRegions);
  return chosen.flatMap((region) => {
    const place = placeOf(region);
    if (place === undefined) return [];
    const inside = ([x, y]: Point): Point => [
      Math.min(width, Math.max(0, Math.round(x - left))),
      Math.min(height, Math.max(0, Math.round(y - above))),
    ];
    const [a, b, c, d] = place;
    return [[inside(a), inside(b), inside(c), inside(d)]];
  });
}

function placeOf({ ends, score }: Region): Quadrilateral | undefined {
  if (score < leastScore) return undefined;
  const tight = smallestRectangle(ends);
  if (Math.min(...tight.size) < thinnest) return undefined;
  const grown = smallestRectangle(grow(tight, growth));
  return Math.min(...grown.size) < smallest ? undefined : cornersOf(grown);
}

/** Blue, green and red from 0 to 1, each a plane, on black: as the networks take a picture. */
function layPlanes(
  { width, height, data }: PixelImage,
  on: { readonly columns: number; readonly rows: number; readonly left: number; readonly above: number },
): Float32Array {
  const plane = on.rows * on.columns;
  const planes = new Float32Array(3 * plane);
  for (let y = 0, from = 0; y < height; y++)
    for (let x = 0, to = (y + on.above) * on.columns + on.left; x < width; x++, from += 3, to++) {
      planes[to] = data[from + 2]! / 255;
      planes[plane + to] = data[from + 1]! / 255;
      planes[2 * plane + to] = data[from]! / 255;
    }
  return planes;
}
