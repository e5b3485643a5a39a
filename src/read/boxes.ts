/** @module A picture and what was read on it -> the picture with a box around every line, as PNG. */
import {
  decodeWithin,
  encodeImage,
  type ImageLimits,
  type ImageSource,
  type PixelImage,
} from '../image/index.ts';
import type { Reading } from './reading.ts';
import type { Point } from './rectangle.ts';

/** The longer side of the result in pixels; small posters are enlarged, so that boxes do not hide them. */
const bounds = { longest: 1200, enlargement: 2 };

/** Green within black stands out on anything. */
const [inner, outer] = [
  [80, 255, 80],
  [0, 0, 0],
] as const;

/** @throws {OnesheetError} the codes of `decodeImage` */
export async function drawBoxes(
  source: ImageSource,
  reading: Reading,
  limits: Partial<ImageLimits> = {},
): Promise<Uint8Array> {
  const picture = await decodeWithin(source, bounds, limits);
  const scale = picture.width / reading.width;
  const sides = reading.lines.flatMap(({ place }) =>
    place.map((from, i) => [from, place[(i + 1) % 4]!] as const),
  );
  for (const [colour, radius] of [
    [outer, 2],
    [inner, 0],
  ] as const)
    for (const [from, to] of sides) drawLine(picture, scaled(from, scale), scaled(to, scale), colour, radius);
  return encodeImage(picture, { format: 'png' });
}

function scaled([x, y]: Point, scale: number): Point {
  return [x * scale, y * scale];
}

/** Changes the picture's pixels around the line; what lies outside is not drawn. */
function drawLine(
  { width, height, data }: PixelImage,
  [x, y]: Point,
  [toX, toY]: Point,
  colour: readonly number[],
  radius: number,
): void {
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(toX - x), Math.abs(toY - y))));
  for (let step = 0; step <= steps; step++) {
    const column = Math.round(x + ((toX - x) * step) / steps);
    const row = Math.round(y + ((toY - y) * step) / steps);
    for (let v = Math.max(0, row - radius); v <= Math.min(height - 1, row + 1 + radius); v++)
      for (let u = Math.max(0, column - radius); u <= Math.min(width - 1, column + 1 + radius); u++)
        data.set(colour, 3 * (v * width + u));
  }
}
