/** @module Posters and a Python with the examples' packages -> how far the examples' predictions are from our own. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root as rootUrl } from './root.ts';

const root = fileURLToPath(rootUrl);

const examples = [
  { file: 'predict.py', packages: ['onnxruntime', 'pyvips', 'numpy'] },
  { file: 'spark.py', packages: ['onnxruntime', 'pyvips', 'numpy', 'pyspark', 'pandas', 'pyarrow'] },
  { file: 'ray_data.py', packages: ['onnxruntime', 'pyvips', 'numpy', 'ray'] },
] as const;

/** What the largest difference of a probability may be. */
const tolerance = 1e-4;

type Probabilities = Readonly<Record<string, number>>;

function linesOf<Line>(text: string): Line[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

function versionOf(python: string, name: string): string {
  const program = `import importlib.metadata as m; print(m.version("${name}"))`;
  return execFileSync(python, ['-c', program], { encoding: 'utf8' }).trim();
}

/** Runs every example on a folder of posters and writes `examples/results.json`; what cannot be run is said there. */
export async function runExamples([folder, python = 'python3']: readonly string[]): Promise<void> {
  if (folder === undefined || !statSync(folder).isDirectory())
    throw new Error(
      'Expected a folder of posters and perhaps a Python: npm run tool -- run-examples FOLDER [PYTHON]',
    );
  const run = (file: string, words: readonly string[]): string =>
    execFileSync(file, words, {
      encoding: 'utf8',
      timeout: 240_000,
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const model = join(root, 'models', 'poster-genres.onnx');
  const command = [
    'dist/cli/main.js',
    'predict',
    folder,
    '--model',
    model,
    '--base',
    folder,
    '--format',
    'jsonl',
  ];
  const ours = new Map(
    linesOf<{ id: string; genres: { label: string; probability: number }[] }>(
      run(process.execPath, [join(root, command[0]!), ...command.slice(1)]),
    ).map(({ id, genres }) => [id, new Map(genres.map(({ label, probability }) => [label, probability]))]),
  );
  const results = examples.map(({ file, packages }) => {
    try {
      const lines = linesOf<{ id: string; probabilities: Probabilities }>(
        run(python, [join(root, 'examples', file), model, folder]),
      );
      const differences = lines.flatMap(({ id, probabilities }) =>
        Object.entries(probabilities).map(([label, value]) => Math.abs(value - ours.get(id)!.get(label)!)),
      );
      const largest = Math.max(...differences);
      const versions = Object.fromEntries(packages.map((name) => [name, versionOf(python, name)]));
      return {
        file,
        posters: lines.length,
        largestDifference: largest,
        isWithin: largest <= tolerance,
        versions,
      };
    } catch (error) {
      return { file, notRun: (error as Error).message.split(':')[0] };
    }
  });
  const posters = readdirSync(folder).length;
  const report = { model: 'poster-genres', posters, tolerance, ours: process.version, results };
  writeFileSync(join(root, 'examples', 'results.json'), `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}
