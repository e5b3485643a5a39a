/** @module How often something was so -> the interval in which its share lies, for few trials too. */

/** The normal distribution's quantile of a two-sided 95% interval. */
const z = 1.959963984540054;

/** Wilson's 95% interval of a share (Wilson 1927): it stays within 0 and 1, and is wide where there are few trials. */
export function wilsonInterval(share: number, trials: number): { low: number; high: number } {
  if (trials === 0) return { low: 0, high: 1 };
  const centre = (share + z ** 2 / (2 * trials)) / (1 + z ** 2 / trials);
  const reach =
    (z * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2))) / (1 + z ** 2 / trials);
  return { low: Math.max(0, centre - reach), high: Math.min(1, centre + reach) };
}
