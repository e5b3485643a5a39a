/** @module A map of how likely each pixel is lettering -> the connected regions of it, by the ends of their rows. */

/** Pixels that hang together, diagonals included. */
export interface Region {
  /** The first and the last pixel of each row from top to bottom, `x, y, x, y, ...`: all that its outline needs. */
  readonly ends: readonly number[];
  /** Pixels. */
  readonly area: number;
  /** Mean likelihood over its pixels. */
  readonly score: number;
}

/**
 * @param map likelihoods from 0 to 1, `[height, width]`
 * @param threshold pixels above it belong to a region
 */
export function findRegions(
  map: Float32Array,
  width: number,
  height: number,
  threshold: number,
): readonly Region[] {
  const open = new Uint8Array(width * height);
  for (let at = 0; at < open.length; at++) open[at] = map[at]! > threshold ? 1 : 0;
  // Each pixel waits at most once.
  const waiting = new Int32Array(width * height);
  const [left, right] = [new Int32Array(height), new Int32Array(height)];
  const regions: Region[] = [];
  for (let first = open.indexOf(1); first >= 0; first = open.indexOf(1, first + 1)) {
    const top = Math.floor(first / width);
    let [bottom, area, sum, count] = [top, 0, 0, 1];
    left.fill(width, top);
    right.fill(-1, top);
    open[first] = 0;
    waiting[0] = first;
    while (count > 0) {
      const at = waiting[--count]!;
      const y = Math.floor(at / width);
      const x = at - y * width;
      area += 1;
      sum += map[at]!;
      if (y > bottom) bottom = y;
      if (x < left[y]!) left[y] = x;
      if (x > right[y]!) right[y] = x;
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          const near = row * width + column;
          if (open[near] === 0) continue;
          open[near] = 0;
          waiting[count++] = near;
        }
    }
    const ends: number[] = [];
    for (let y = top; y <= bottom; y++) ends.push(left[y]!, y, right[y]!, y);
    regions.push({ ends, area, score: sum / area });
  }
  return regions;
}
