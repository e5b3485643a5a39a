/** @module The rooms of src/, from top to bottom: what the map, its test and newcomers read. */

export interface Room {
  /** A file, or a folder with a slash at its end. */
  readonly name: string;
  /** What comes in -> what goes out. */
  readonly purpose: string;
}

/** The rooms from top to bottom: a room imports only from rooms above it. */
export const rooms: readonly Room[] = [
  { name: 'errors.ts', purpose: 'failures in sentences' },
  { name: 'version.ts', purpose: 'what wrote a file' },
  { name: 'random.ts', purpose: 'a seed -> a splittable generator, used everywhere randomness is' },
  { name: 'csv.ts', purpose: 'cells that are safe in a spreadsheet' },
  { name: 'duration.ts', purpose: 'durations as clocks show them' },
  { name: 'printable.ts', purpose: 'names that are safe on a terminal' },
  { name: 'pointer.ts', purpose: 'files that were left elsewhere' },
  { name: 'files.ts', purpose: 'files that are never torn' },
  { name: 'lock.ts', purpose: 'folders with one writer' },
  { name: 'tensors.ts', purpose: 'the layout of a safetensors file, wherever it is read' },
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
    name: 'run/',
    purpose:
      "a run's folder: recipe, configuration, history, validation, metrics, each written and read in one place",
  },
  { name: 'read/', purpose: 'a picture -> the lines of text on it, with place and confidence' },
  {
    name: 'text/',
    purpose: 'what stands on posters as text + genres -> a model that speaks beside a network',
  },
  { name: 'predict/', purpose: 'model + images -> genres, and how good they are' },
  {
    name: 'train/',
    purpose: 'posters + network -> a run: losses, optimizers, schedules, early stopping, checkpoints',
  },
  { name: 'explain/', purpose: 'model + poster + genre -> attribution map' },
  { name: 'report/', purpose: 'a run -> charts, diagnosis, `report.html`' },
  {
    name: 'cluster/',
    purpose: 'a catalogue -> shards -> jobs on a queue -> one output, by any number of machines',
  },
  { name: 'server/', purpose: 'HTTP -> predictions; inference in worker threads' },
  { name: 'index.ts', purpose: "the library's entry" },
  { name: 'cli/', purpose: 'one file a command; the only room that prints or exits' },
];
