/** @module A picture and the detection network -> rectangles around its lines of text, in pixels of the picture. */
import type { Session } from '../graph/index.ts';
import type { PixelImage } from '../image/index.ts';
import { cornersOf, grow, type Quadrilateral, smallestRectangle } from './rectangle.ts';
import { findRegions } from './regions.ts';

export interface DetectionSettings {
  readonly normalized: boolean;
  readonly threshold: number;
  readonly score: number;
  readonly ratio: number;
  readonly most: number;
}

const step = 32;

export interface Box {
  readonly place: Quadrilateral;
  readonly score: number;
}

const means = [0.485, 0.456, 0.406];
const deviations = [0.229, 0.224, 0.225];

export async function detectLines(
  session: Session,
  picture: PixelImage,
  settings: DetectionSettings,
): Promise<readonly Box[]> {
  const { width, height, data } = picture;
  const [columns, rows] = [width, height].map((side) => Math.ceil(side / step) * step) as [number, number];
  const plane = rows * columns;
  const input = new Float32Array(3 * plane);
  const [left, above] = [(columns - width) >> 1, (rows - height) >> 1];
  for (let y = 0; y < height; y++)
    for (let x = 0, from = 3 * y * width, to = (y + above) * columns + left; x < width; x++, from += 3, to++)
      for (let c = 0; c < 3; c++) {
        const value = data[from + 2 - c]! / 255;
        input[c * plane + to] = settings.normalized ? (value - means[c]!) / deviations[c]! : value;
      }
  const results = await session.run({ x: { dtype: 'float32', shape: [1, 3, rows, columns], data: input } });
  const map = Object.values(results)[0]!.data as Float32Array;
  const boxes: Box[] = [];
  for (const { ends, score, area } of findRegions(map, columns, rows, settings.threshold)) {
    if (area < 3 || score < settings.score) continue;
    const tight = smallestRectangle(ends);
    if (Math.min(...tight.size) < 3) continue;
    const grown = grow(tight, settings.ratio);
    if (Math.min(...grown.size) < 5) continue;
    boxes.push({ place: cornersOf({ ...grown, centre: [grown.centre[0] - left, grown.centre[1] - above] }).map(([x, y]) => [Math.min(width, Math.max(0, Math.round(x))), Math.min(height, Math.max(0, Math.round(y)))]) as unknown as Quadrilateral, score });
  }
  return boxes;
}
