/** @module The tree of src/ -> src/README.md: its rooms in order, one line a file, from the files' own words. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = new URL('../src/', import.meta.url);

/** The rooms from top to bottom: a room imports only from rooms above it. */
export const rooms = [
  { name: 'errors.ts', purpose: 'failures in sentences' },
  { name: 'version.ts', purpose: 'what wrote a file' },
  { name: 'random.ts', purpose: 'a seed -> a splittable generator, used everywhere randomness is' },
  { name: 'csv.ts', purpose: 'cells that are safe in a spreadsheet' },
  { name: 'printable.ts', purpose: 'names that are safe on a terminal' },
  { name: 'pointer.ts', purpose: 'files that were left elsewhere' },
  { name: 'files.ts', purpose: 'files that are never torn' },
  { name: 'lock.ts', purpose: 'folders with one writer' },
  { name: 'safetensors.ts', purpose: 'named tensors <-> a file that knows when it is damaged' },
  { name: 'hub/', purpose: 'a reference to a model hub -> files in the cache, resumed and checked' },
  {
    name: 'image/',
    purpose: 'bytes, file or URL -> RGB pixels of a fixed size; augmentation; the pixel cache',
  },
  {
    name: 'dataset/',
    purpose: 'CSV, JSONL, image folder, synthetic -> posters with genres, audited and split',
  },
  { name: 'graph/', purpose: 'ONNX operators: build, infer shapes, differentiate, emit, read back, run' },
  { name: 'nn/', purpose: 'layers and networks on the graph' },
  {
    name: 'evaluate/',
    purpose: 'probabilities and labels -> metrics, floors, thresholds, calibration, intervals',
  },
  {
    name: 'model/',
    purpose: 'the one-file model: network + preprocessing + labels + policies + provenance <-> .onnx',
  },
  {
    name: 'text/',
    purpose: 'what stands on posters as text + genres -> a model that speaks beside a network',
  },
  {
    name: 'train/',
    purpose: 'posters + network -> a run: losses, optimizers, schedules, early stopping, checkpoints',
  },
  { name: 'predict/', purpose: 'model + images -> genres, and how good they are' },
  { name: 'explain/', purpose: 'model + poster + genre -> attribution map' },
  { name: 'report/', purpose: 'a run -> charts, diagnosis, `report.html`' },
  { name: 'server/', purpose: 'HTTP -> predictions; inference in worker threads' },
  { name: 'index.ts', purpose: "the library's entry" },
  { name: 'cli/', purpose: 'one file a command; the only room that prints or exits' },
];

/** Files of a folder below src/, sorted, with the folders' own files first. */
export function filesOf(folder) {
  const entries = readdirSync(new URL(folder, source), { withFileTypes: true });
  const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = sorted.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  const folders = sorted.filter((entry) => entry.isDirectory());
  return [
    ...files.map((entry) => `${folder}${entry.name}`),
    ...folders.flatMap((entry) => filesOf(`${folder}${entry.name}/`)),
  ];
}

/** The sentence after @module at the head of a file. */
export function sentenceOf(path) {
  const text = readFileSync(new URL(path, source), 'utf8');
  const match = text.match(/^(?:#![^\n]*\n)?\/\*\* @module ([\s\S]*?) ?\*\//);
  return match?.[1].replace(/\s*\n \*\s*/g, ' ').trim();
}

export function renderMap() {
  const lines = [
    '# The map of `src/`',
    '',
    'Data flows through the rooms from top to bottom; a room imports only from rooms above it. A room with',
    'several files has one door, `index.ts`, and other rooms import only that. `npm run map` writes this page.',
  ];
  for (const { name, purpose } of rooms) {
    lines.push('', `## \`${name}\``, '', `${purpose[0].toUpperCase()}${purpose.slice(1)}.`, '');
    const files = name.endsWith('/') ? filesOf(name) : [name];
    for (const path of files) lines.push(`- \`${path}\`: ${sentenceOf(path)}`);
  }
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('README.md', source), renderMap());
