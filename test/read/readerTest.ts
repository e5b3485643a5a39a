import { type TestContext, test } from 'vitest';
import { requireNetworks } from '../../src/read/index.ts';

/** Why posters cannot be read here; `undefined` where they can. */
export const readerMissing: string | undefined = (() => {
  try {
    requireNetworks();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
})();

/** A test that is skipped, with the reason, where the optional package of the reader is not installed. */
export function readerTest(title: string, run: () => Promise<void>, seconds = 180): void {
  test(
    title,
    async ({ skip }: TestContext) => {
      skip(readerMissing !== undefined, readerMissing);
      await run();
    },
    seconds * 1000,
  );
}
