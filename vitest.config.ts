import { defineConfig } from 'vitest/config';

// The tests of onnxruntime itself import it without this package's own care.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

/**
 * Tests of what is built: the command line, the service, their engine and their decoder's process as they are installed,
 * the page in a browser.
 */
const built = [
  'test/engine.test.ts',
  'test/privacy.test.ts',
  'test/cli/**/*.test.ts',
  'test/cluster/**/*.test.ts',
  'test/image/**/*.test.ts',
  'test/server/**/*.test.ts',
  'test/web/**/*.test.ts',
  'test/lock.test.ts',
  'test/index.test.ts',
];

/** Tests of what is packed: the tarball, installed and used by somebody else. */
const packed = 'test/package/**/*.test.ts';

/** What tries to stop a service; it needs the machine for itself, so it comes last. */
const abuse = ['test/abuse/**/*.test.ts'];

export default defineConfig({
  test: {
    // It finds its other files by its own address.
    server: { deps: { external: [/dist\/wasm/] } },
    pool: 'forks',
    reporters: ['default', './test/closingLine.ts'],
    maxWorkers: 2,
    // A machine that others use too delays something now and then, but not the same thing twice; each is named at the end.
    retry: 1,
    testTimeout: 60_000,
    // What is waited for comes when a busy machine gets to it.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      // Reads the sources and starts in seconds.
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...built, packed, ...abuse] },
      },
      { extends: true, test: { name: 'built', include: built, globalSetup: ['test/build.ts'] } },
      {
        extends: true,
        test: {
          name: 'abuse',
          include: abuse,
          globalSetup: ['test/build.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      { extends: true, test: { name: 'package', include: [packed], globalSetup: ['test/build.ts'] } },
    ],
  },
});
