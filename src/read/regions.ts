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
  // A margin of one pixel on every side, which belongs to no region.
  const stride = width + 2;
  const open = new Uint8Array(stride * (height + 2));
  for (let y = 0, from = 0; y < height; y++)
    for (let x = 0, to = (y + 1) * stride + 1; x < width; x++, from++, to++)
      open[to] = map[from]! > threshold ? 1 : 0;
  const around = [-stride - 1, -stride, -stride + 1, -1, 1, stride - 1, stride, stride + 1];
  // Each pixel waits at most once.
  const waiting = new Int32Array(width * height);
  const left = new Int32Array(height);
  const right = new Int32Array(height);
  const regions: Region[] = [];
  for (let first = open.indexOf(1); first >= 0; first = open.indexOf(1, first + 1)) {
    const top = Math.floor(first / stride) - 1;
    let bottom = top;
    let area = 0;
    let sum = 0;
    let count = 1;
    left.fill(width, top);
    right.fill(-1, top);
    open[first] = 0;
    waiting[0] = first;
    while (count > 0) {
      const at = waiting[--count]!;
      const y = Math.floor(at / stride) - 1;
      const x = at - (y + 1) * stride - 1;
      area += 1;
      sum += map[y * width + x]!;
      if (y > bottom) bottom = y;
      if (x < left[y]!) left[y] = x;
      if (x > right[y]!) right[y] = x;
      for (let i = 0; i < 8; i++) {
        const near = at + around[i]!;
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
