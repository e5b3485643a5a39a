import { defineConfig } from 'vitest/config';

/** Tests of what is built: the command line and the service as they are installed, the page in a browser. */
const built = [
  'test/cli/**/*.test.ts',
  'test/server/**/*.test.ts',
  'test/web/**/*.test.ts',
  'test/lock.test.ts',
];

export default defineConfig({
  test: {
    pool: 'forks',
    reporters: ['default', './test/closingLine.ts'],
    maxWorkers: 2,
    testTimeout: 60_000,
    projects: [
      // Reads the sources and starts in seconds.
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: built } },
      { extends: true, test: { name: 'built', include: built, globalSetup: ['test/build.ts'] } },
    ],
  },
});
