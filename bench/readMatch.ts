/** @module Lines that two readers found on a picture -> which are the same by place, and how alike their letters are. */

export interface PlacedText {
  readonly text: string;
  readonly confidence: number;
  readonly place: readonly (readonly [number, number])[];
}

export interface Agreement {
  /** Lines of the other reader, and those of them at whose place something was read here. */
  readonly lines: number;
  readonly found: number;
  /** Letters of the lines that were found, and those of them that are equal, without spaces. */
  readonly letters: number;
  readonly equal: number;
  /** What was read differently, or missed. */
  readonly differences: readonly (readonly [other: string, own: string])[];
}

type Polygon = readonly (readonly [number, number])[];

function signedArea(polygon: Polygon): number {
  return polygon.reduce((sum, [x, y], i) => {
    const [u, v] = polygon[(i + 1) % polygon.length]!;
    return sum + (x * v - u * y) / 2;
  }, 0);
}

/** Area that two convex polygons share (Sutherland & Hodgman 1974). */
function sharedArea(polygon: Polygon, window: Polygon): number {
  const edges = signedArea(window) < 0 ? [...window].reverse() : window;
  let rest = polygon;
  for (const [i, [ax, ay]] of edges.entries()) {
    const [bx, by] = edges[(i + 1) % edges.length]!;
    const side = ([x, y]: readonly [number, number]): number => (bx - ax) * (y - ay) - (by - ay) * (x - ax);
    rest = rest.flatMap((point, j) => {
      const next = rest[(j + 1) % rest.length]!;
      const [s, t] = [side(point), side(next)];
      const kept = s >= 0 ? [point] : [];
      if (s >= 0 === t >= 0) return kept;
      const r = s / (s - t);
      return [...kept, [point[0] + r * (next[0] - point[0]), point[1] + r * (next[1] - point[1])] as const];
    });
  }
  return rest.length < 3 ? 0 : Math.abs(signedArea(rest));
}

/** Insertions, deletions and substitutions between two texts (Levenshtein 1966). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** Lines that were parted by one reader and not by the other are joined from left to right. */
function joined(lines: readonly PlacedText[]): string {
  const sorted = [...lines].sort((a, b) => a.place[0]![0] - b.place[0]![0]);
  return sorted.map(({ text }) => text.replaceAll(' ', '')).join('');
}

/** A line is found where lines of the other cover at least half of its place. */
export function agreementOf(other: readonly PlacedText[], own: readonly PlacedText[]): Agreement {
  const groups: { other: Set<PlacedText>; own: Set<PlacedText> }[] = [];
  const differences: [string, string][] = [];
  let found = 0;
  for (const line of other) {
    const area = Math.abs(signedArea(line.place));
    const shares = own.map((each) => sharedArea(line.place, each.place));
    const near = own.filter((each, i) => shares[i]! > 0.3 * Math.min(area, Math.abs(signedArea(each.place))));
    if (near.length === 0 || shares.reduce((sum, share) => sum + share, 0) < area / 2) {
      differences.push([line.text, '']);
      continue;
    }
    found += 1;
    const group = { other: new Set([line]), own: new Set(near) };
    for (const before of groups.filter((each) => near.some((one) => each.own.has(one)))) {
      for (const one of before.other) group.other.add(one);
      for (const one of before.own) group.own.add(one);
      groups.splice(groups.indexOf(before), 1);
    }
    groups.push(group);
  }
  let [letters, equal] = [0, 0];
  for (const group of groups) {
    const [theirs, ours] = [joined([...group.other]), joined([...group.own])];
    letters += theirs.length;
    equal += Math.max(0, theirs.length - distance(theirs, ours));
    if (theirs !== ours) differences.push([theirs, ours]);
  }
  return { lines: other.length, found, letters, equal, differences };
}
