import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    pool: 'forks',
    reporters: ['default', './test/closingLine.ts'],
    maxWorkers: 2,
    testTimeout: 60_000,
  },
});
