/** @module What every part of the benchmark gives, and what a list of ratios comes to. */

/** A ratio to a peer, of speeds measured in turns or of quality: above 1, onesheet is better; or figures alone. */
export interface BenchResult {
  readonly part: string;
  /** With its version and setting. */
  readonly peer?: string;
  /** One ratio a round. */
  readonly ratios?: readonly number[];
  /** What stands on the closing line behind the peer, such as a share of time. */
  readonly note?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** One measurement of how cost grows: what grew, and what it cost. */
export interface Point {
  readonly dimension: string;
  /** The size of what grew. */
  readonly value: number;
  readonly label: string;
  readonly images: number;
  readonly seconds: number;
  readonly peakMegabytes?: number;
  /** Floating-point operations that the products of the network need, and the share of the peak in these seconds. */
  readonly operations?: number;
  readonly shareOfPeak?: number;
}

export interface Summary {
  readonly median: number;
  readonly minimum: number;
  readonly maximum: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function summaryOf(values: readonly number[]): Summary {
  return { median: median(values), minimum: Math.min(...values), maximum: Math.max(...values) };
}
