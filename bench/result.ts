/** @module What every part of the benchmark gives, and the median of its rounds. */

/** A ratio to a peer, of speeds measured in turns or of quality: above 1, onesheet is better; or figures alone. */
export interface BenchResult {
  readonly part: string;
  readonly peer?: string;
  /** One ratio a round. */
  readonly ratios?: readonly number[];
  readonly details: Readonly<Record<string, unknown>>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
