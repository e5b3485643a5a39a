/** @module Points -> the smallest rectangle around them at any angle, grown as the detector was taught to shrink it. */

/** `x, y` in pixels. */
export type Point = readonly [x: number, y: number];

/**
 * A rectangle at any angle: its corners clockwise from the upper left of the text in it, which runs from the first to
 * the second.
 */
export type Quadrilateral = readonly [Point, Point, Point, Point];

export interface Rectangle {
  readonly centre: Point;
  /** Direction of its first side, of length 1. */
  readonly direction: Point;
  /** Length of its first side, and of the one across. */
  readonly size: readonly [along: number, across: number];
}

/** The convex hull of points whose y does not fall (Andrew 1979), counterclockwise as y grows downward. */
function hullOf(ends: readonly number[]): number[] {
  const count = ends.length / 2;
  const half = (order: (i: number) => number): number[] => {
    const hull: number[] = [];
    for (let i = 0; i < count; i++) {
      const at = 2 * order(i);
      const [x, y] = [ends[at]!, ends[at + 1]!];
      while (hull.length >= 4) {
        const [ax, ay, bx, by] = hull.slice(-4) as [number, number, number, number];
        if ((bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0) break;
        hull.length -= 2;
      }
      hull.push(x, y);
    }
    return hull.slice(0, -2);
  };
  return [...half((i) => i), ...half((i) => count - 1 - i)];
}

/**
 * One side of the smallest rectangle lies on a side of the convex hull (Freeman & Shapira 1975).
 *
 * @param ends `x, y, x, y, ...`, whose y does not fall
 */
export function smallestRectangle(ends: readonly number[]): Rectangle {
  const hull = hullOf(ends);
  let best: Rectangle = { centre: [ends[0]!, ends[1]!], direction: [1, 0], size: [0, 0] };
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < hull.length; i += 2) {
    const next = (i + 2) % hull.length;
    const [dx, dy] = [hull[next]! - hull[i]!, hull[next + 1]! - hull[i + 1]!];
    const length = Math.hypot(dx, dy);
    if (length === 0) continue;
    const [ux, uy] = [dx / length, dy / length];
    let [from, to, above, below] = [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ];
    for (let at = 0; at < hull.length; at += 2) {
      const along = hull[at]! * ux + hull[at + 1]! * uy;
      const across = hull[at + 1]! * ux - hull[at]! * uy;
      from = Math.min(from, along);
      to = Math.max(to, along);
      above = Math.min(above, across);
      below = Math.max(below, across);
    }
    const area = (to - from) * (below - above);
    if (area >= least) continue;
    least = area;
    const [u, v] = [(from + to) / 2, (above + below) / 2];
    best = {
      centre: [u * ux - v * uy, u * uy + v * ux],
      direction: [ux, uy],
      size: [to - from, below - above],
    };
  }
  return best;
}

/** How far the rounding of a corner may be off, in pixels. */
const arcTolerance = 0.25;

/**
 * The detector is taught regions that are shrunk by area times a ratio over the outline's length (Liao et al. 2020);
 * this grows one back on every side, with round corners.
 *
 * @returns `x, y, x, y, ...` of the outline in whole pixels, whose y does not fall
 */
export function grow(rectangle: Rectangle, ratio: number): readonly number[] {
  const { direction, size } = rectangle;
  const [along, across] = size;
  const by = (along * across * ratio) / (2 * (along + across));
  const turns = Math.PI / Math.acos(1 - Math.min(1, arcTolerance / by));
  const steps = Math.max(1, Math.round(turns / 4));
  const start = Math.atan2(direction[1], direction[0]);
  const points = clockwiseOf(rectangle).flatMap(([x, y], corner) =>
    Array.from({ length: steps + 1 }, (_, step): Point => {
      // From the normal of the side before the corner to that of the side after it.
      const turn = step === steps ? Math.PI / 2 : (step * 2 * Math.PI) / turns;
      const angle = start + Math.PI + (corner * Math.PI) / 2 + turn;
      return [Math.round(x + by * Math.cos(angle)), Math.round(y + by * Math.sin(angle))];
    }),
  );
  return points.sort((p, q) => p[1] - q[1]).flat();
}

/** Its corners clockwise from the one before the first side. */
function clockwiseOf({ centre: [x, y], direction: [ux, uy], size }: Rectangle): Quadrilateral {
  const [a, b] = [size[0] / 2, size[1] / 2];
  const corner = (along: number, across: number): Point => [
    x + along * ux - across * uy,
    y + along * uy + across * ux,
  ];
  return [corner(-a, -b), corner(a, -b), corner(a, b), corner(-a, b)];
}

/** Its corners clockwise: of the two leftmost the upper one is the first, of the two rightmost the second. */
export function cornersOf(rectangle: Rectangle): Quadrilateral {
  const corners = [...clockwiseOf(rectangle)].sort((p, q) => p[0] - q[0]);
  const left = corners.slice(0, 2).sort((p, q) => p[1] - q[1]) as [Point, Point];
  const right = corners.slice(2).sort((p, q) => p[1] - q[1]) as [Point, Point];
  return [left[0], right[0], right[1], left[1]];
}
