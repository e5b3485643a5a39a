/** @module src/cli, the threads of the service and of the reader, and the processes beside it -> dist/cli/, few files, which a command reads sooner than hundreds. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: pathOf('src/'),
  logLevel: 'warn',
  publicDir: false,
  // Small and needed by almost every command; what loads native code or serves one command only stays outside.
  ssr: { noExternal: ['citty', 'zod'] },
  build: {
    ssr: true,
    outDir: pathOf('dist/cli/'),
    emptyOutDir: true,
    target: 'node20',
    rolldownOptions: {
      // All files lie in one folder, at the depth from which src/ looks for models/, recipes/ and samples/.
      input: {
        main: pathOf('src/cli/main.ts'),
        worker: pathOf('src/server/inference/worker.ts'),
        lineWorker: pathOf('src/read/lineWorker.ts'),
        prepareThread: pathOf('src/read/prepareThread.ts'),
        decoderProcess: pathOf('src/image/decoderProcess.ts'),
        probeProcess: pathOf('src/graph/device/probeProcess.ts'),
      },
      // What a command does not use stays out of its files. The decoder's restrictions are the one effect of an import.
      treeshake: { moduleSideEffects: (id) => !id.includes('/src/') || id.endsWith('/image/codec.ts') },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
});
