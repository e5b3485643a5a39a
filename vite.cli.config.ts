/** @module src/cli, the threads of predictions, of the service and of the reader, and the processes beside it -> dist/cli/, few files, which a command reads sooner than hundreds. */
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** sharp's native code stays where sharp is installed, and is looked for from there. */
const nativeBesideSharp: Plugin = {
  name: 'onesheet-native-beside-sharp',
  transform(code, id) {
    if (!/node_modules\/sharp\/dist\/\w+\.mjs$/.test(id)) return undefined;
    const found = "createRequire(createRequire(import.meta.url).resolve('sharp'))";
    return { code: code.replace('createRequire(import.meta.url)', found), map: null };
  },
};

export default defineConfig({
  plugins: [nativeBesideSharp],
  root: pathOf('src/'),
  logLevel: 'warn',
  publicDir: false,
  // Needed by almost every command, and sharp with what it needs is 70 small files; what serves one command only stays outside.
  ssr: { noExternal: ['citty', 'zod', 'sharp', 'semver', 'detect-libc', '@img/colour'] },
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
        classifierThread: pathOf('src/model/classifierThread.ts'),
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
