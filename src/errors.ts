/** @module A failure's code and particulars -> one clear sentence, an exit code and an HTTP status. */

interface CodedError<Particulars extends readonly unknown[]> {
  /** Exit code of the command line: 2 for wrong usage, 1 for anything else. */
  readonly exitCode: 1 | 2;
  /** HTTP status with which a service answers. */
  readonly status: number;
  /** One sentence that names the file or field and what was expected. */
  readonly message: (...particulars: Particulars) => string;
}

function coded<Particulars extends readonly unknown[]>(
  exitCode: 1 | 2,
  status: number,
  message: (...particulars: Particulars) => string,
): CodedError<Particulars> {
  return { exitCode, status, message };
}

/** Every failure that onesheet can name. Anything else that is thrown is a bug. */
export const errorTable = {
  OPTION_INVALID: coded(
    2,
    400,
    (option: string, expected: string, received: string) =>
      `Expected ${expected} for ${option} but received ${received}.`,
  ),
  FILE_MISSING: coded(1, 404, (path: string, purpose: string) => `Cannot find ${path}: expected ${purpose}.`),
  FILE_UNREADABLE: coded(1, 400, (path: string, reason: string) => `Cannot read ${path}: ${reason}.`),
  FILE_UNWRITABLE: coded(1, 507, (path: string, reason: string) => `Cannot write ${path}: ${reason}.`),
  BROWSER_MISSING: coded(1, 500, (named: string | undefined) =>
    named === undefined
      ? 'No browser was found that can print the report: install Chromium, Chrome or Edge, or name one by the environment variable CHROMIUM.'
      : `Cannot run ${named}, which the environment variable CHROMIUM names: expected Chromium, Chrome or Edge.`,
  ),
  BROWSER_FAILED: coded(
    1,
    500,
    (path: string, reason: string) => `${path} could not print the report: ${reason}.`,
  ),
  GRAPH_SHAPE: coded(
    1,
    422,
    (op: string, node: string, inputs: string, problem: string) =>
      `${op} (node ${node}) cannot take ${inputs}: ${problem}.`,
  ),
  GRAPH_OPERATOR: coded(
    1,
    422,
    (op: string, node: string, where: string) => `${op} (node ${node}) is not supported by ${where}.`,
  ),
  GRAPH_VALUE: coded(1, 422, (name: string) => `The graph has no value named ${name}.`),
  GRAPH_NAME: coded(1, 422, (name: string) => `The graph already has a value named ${name}.`),
  MODEL_UNUSABLE: coded(1, 422, (reason: string) => `onnxruntime cannot use this model: ${reason}.`),
  ENGINE_MISSING: coded(
    1,
    500,
    (reason: string) => `No onnxruntime can be loaded, neither the native one nor WebAssembly: ${reason}.`,
  ),
  READER_MISSING: coded(
    1,
    501,
    (what: string, command: string, reason: string) =>
      `Reading posters needs ${what}, which cannot be loaded here (${reason}). To install it: ${command}`,
  ),
  READING_OFF: coded(
    1,
    400,
    () => 'This service does not read posters: expected one that was started with --read.',
  ),
  DEVICE_MISSING: coded(
    2,
    422,
    (device: string, here: string, reason: string) =>
      `Expected a device that is here (${here}) but received ${device}: ${reason}.`,
  ),
  GRADIENT_NOT_FINITE: coded(
    1,
    422,
    (parameter: string, step: number) =>
      `The gradient of ${parameter} is not finite at step ${step}: lower the learning rate or look at the data.`,
  ),
  TENSOR_FILE_DAMAGED: coded(
    1,
    422,
    (path: string, reason: string) => `${path} is damaged or no safetensors file: ${reason}.`,
  ),
  CHECKPOINT_INVALID: coded(
    1,
    422,
    (path: string, reason: string) => `${path} is not a checkpoint of a training run: ${reason}.`,
  ),
  CHECKPOINT_FOREIGN: coded(
    1,
    409,
    (path: string, difference: string) => `${path} is a checkpoint from another network: ${difference}.`,
  ),
  CHECKPOINT_CONFIG: coded(
    1,
    409,
    (path: string, saved: string, current: string) =>
      `${path} was saved under another configuration (${saved}) than this run's (${current}): resume with the configuration that the run was started with.`,
  ),
  EPOCH_TABLE_INVALID: coded(
    1,
    422,
    (path: string, line: number, reason: string) => `Cannot read ${path}, line ${line}: ${reason}.`,
  ),
  IMAGE_MISSING: coded(1, 404, (source: string) => `Cannot find the image ${source}.`),
  IMAGE_NOT_A_FILE: coded(
    1,
    400,
    (source: string, kind: string) => `Expected an image file but ${source} is ${kind}.`,
  ),
  IMAGE_UNREADABLE: coded(
    1,
    400,
    (source: string, reason: string) => `Cannot read the image ${source}: ${reason}.`,
  ),
  IMAGE_EMPTY: coded(1, 400, (source: string) => `Expected an image but ${source} is empty.`),
  IMAGE_FORMAT: coded(
    1,
    415,
    (source: string, found: string) =>
      `Expected a JPEG, PNG, WebP, AVIF, GIF or TIFF image but ${source} is ${found}.`,
  ),
  IMAGE_TRUNCATED: coded(
    1,
    422,
    (source: string, format: string) => `Expected a whole ${format} image but ${source} is truncated.`,
  ),
  IMAGE_CORRUPT: coded(
    1,
    422,
    (source: string, format: string, reason: string) => `Cannot decode ${source} as ${format}: ${reason}.`,
  ),
  IMAGE_TOO_LARGE: coded(
    1,
    413,
    (source: string, width: number, height: number, most: number, bytes: number = 4) =>
      `Expected at most ${most} pixels${bytes > 4 ? ` of ${bytes} bytes` : ''} but ${source} has ${width} x ${height}.`,
  ),
  IMAGE_TOO_BIG: coded(
    1,
    413,
    (source: string, bytes: number, most: number) =>
      `Expected at most ${most} bytes but ${source} has ${bytes}.`,
  ),
  IMAGE_TIMEOUT: coded(
    1,
    422,
    (source: string, seconds: number) =>
      `Gave up on ${source}: decoding took more than ${seconds} s of processor time.`,
  ),
  DECODER_LOST: coded(
    1,
    503,
    (source: string, reason: string) =>
      `Cannot decode ${source} now: the process that decodes costly pictures was lost: ${reason}.`,
  ),
  URL_FETCH_DISABLED: coded(
    1,
    403,
    (url: string) => `Fetching is switched off: expected a file or bytes but received ${url}.`,
  ),
  PIXELS_TOO_MANY: coded(
    1,
    413,
    (posters: number, width: number, height: number, bytes: number, most: number) =>
      `Expected the pixels to fit ${most} bytes, half of the memory there is unless told otherwise, but ${posters} posters of ${width} x ${height} take ${bytes}.`,
  ),
  RECIPE_INVALID: coded(
    2,
    400,
    (source: string, problem: string) => `${source} is no valid recipe: ${problem}.`,
  ),
  RECIPE_UNKNOWN: coded(
    2,
    404,
    (name: string, known: string) =>
      `There is no recipe ${name}: expected the path of a JSON file or one of ${known}; \`onesheet recipes\` describes them.`,
  ),
  TRAINING_DIVERGED: coded(
    1,
    500,
    (epoch: number, step: number, loss: number) =>
      `The loss of step ${step} (epoch ${epoch}) is ${loss}: training stopped. A lower learning rate may help.`,
  ),
  TABLE_LAYOUT: coded(
    1,
    422,
    (path: string, found: string, expected: string) =>
      `The columns of ${path} are not understood: found ${found}; expected ${expected}.`,
  ),
  TABLE_ROW: coded(
    1,
    422,
    (path: string, line: number, problem: string) => `Cannot read line ${line} of ${path}: ${problem}.`,
  ),
  DATASET_EMPTY: coded(
    1,
    422,
    (name: string, expected: string) => `There is nothing to use in ${name}: expected ${expected}.`,
  ),
  GENRES_RARE: coded(
    1,
    422,
    (name: string, minimum: number, genre: string, count: number) =>
      `Every genre of ${name} is too rare: expected one on at least ${minimum} posters, but the most frequent, ${genre}, is on ${count}; add posters or lower --minimum-support.`,
  ),
  NOTHING_FOUND: coded(
    2,
    404,
    (name: string, expected: string) => `Found nothing in ${name}: expected ${expected}.`,
  ),
  SPLIT_DAMAGED: coded(
    1,
    422,
    (path: string, line: number, problem: string) =>
      `Line ${line} of the split ${path} is wrong: ${problem}.`,
  ),
  SPLIT_FOREIGN: coded(
    1,
    409,
    (path: string, name: string, difference: string) =>
      `The split ${path} was made for other data than ${name}: ${difference}.`,
  ),
  MODEL_FOREIGN: coded(
    1,
    422,
    (source: string, problem: string) => `${source} is not a onesheet model: ${problem}.`,
  ),
  MODEL_TOO_LARGE: coded(
    1,
    413,
    (source: string, bytes: number) => `${source} has ${bytes} bytes: expected a model of less than 2 GB.`,
  ),
  RUN_EXISTS: coded(
    2,
    409,
    (folder: string) =>
      `${folder} already holds a run: expected a new folder, or --resume ${folder} to continue it.`,
  ),
  RUN_OTHER: coded(
    2,
    409,
    (folder: string, what: string) =>
      `${folder} was begun with another ${what}: expected the same command again, or a new folder.`,
  ),
  SPLIT_ALTERED: coded(
    1,
    409,
    (path: string, found: string, expected: string) =>
      `${path} is not the split that the run was trained with: its hash begins with ${found}; expected ${expected}, as in config.json.`,
  ),
  RUN_FOREIGN: coded(
    1,
    409,
    (path: string) =>
      `${path} was not trained on the split of the run in whose folder it stands, so the run's test posters may be among those it learned from: expected a model of this run, or other posters with --data.`,
  ),
  RESULTS_FOREIGN: coded(
    1,
    409,
    (path: string, found: string, expected: string) =>
      `${path} was made by ${found}: expected ${expected}; move it away to go on without it.`,
  ),
  OUTPUT_FOREIGN: coded(
    2,
    409,
    (path: string, reason: string) =>
      `Will not go on with ${path}: ${reason}; expected the same command again, --overwrite to begin anew, or another file.`,
  ),
  PARTS_INCOMPLETE: coded(
    1,
    409,
    (output: string, reason: string) =>
      `Cannot merge the parts of ${output}: ${reason}; expected each, finished, as \`predict --shard i/n\` writes them.`,
  ),
  CLUSTER_MISSING: coded(
    1,
    501,
    (command: string, reason: string) =>
      `A cluster needs packages that cannot be loaded here (${reason}). To install them: ${command}`,
  ),
  QUEUE_UNREACHABLE: coded(
    1,
    502,
    (name: string, reason: string) => `Cannot use Redis at ${name}: ${reason}.`,
  ),
  CLUSTER_REFUSED: coded(
    2,
    409,
    (what: string, own: string, wanted: string) =>
      `This worker may not take part in the work: its ${what} is ${own}; expected ${wanted}.`,
  ),
  SHARD_FAILED: coded(
    1,
    500,
    (shard: string, reason: string) =>
      `The shard ${shard} was tried in vain too often and set aside: ${reason}.`,
  ),
  RUNS_SET_ASIDE: coded(
    1,
    500,
    (runs: string) =>
      `All other runs have ended, but these were tried in vain too often: ${runs}. The same command tries them again.`,
  ),
  FOLDER_LOCKED: coded(
    1,
    409,
    (folder: string, holder: string, remedy: string) =>
      `${folder} has a writer already, ${holder}: expected none; ${remedy}.`,
  ),
  LOCK_LOST: coded(
    1,
    409,
    (folder: string) =>
      `Another process took ${folder} over while this one gave no sign of life: nothing more was written there.`,
  ),
  SPLIT_EMPTY: coded(
    1,
    422,
    (data: string, split: string) => `${data} leaves no readable poster for ${split}: expected at least one.`,
  ),
  MODEL_UNREADABLE: coded(
    1,
    422,
    (source: string, reason: string) => `${source} is not an ONNX model that onesheet can read: ${reason}.`,
  ),
  GENRES_FOREIGN: coded(
    1,
    422,
    (data: string, found: string, known: string) =>
      `The model knows no genre of ${data} (${found}): expected some of ${known}, or a file that names them so as --genre-names.`,
  ),
  GENRE_UNKNOWN: coded(
    2,
    400,
    (genre: string, known: string) => `The model knows no genre ${genre}: expected one of ${known}.`,
  ),
  EXPLANATION_UNSUPPORTED: coded(
    1,
    422,
    (reason: string) =>
      `No explanation by gradients: ${reason}. The methods occlusion and rise need predictions only.`,
  ),
  INITIAL_WEIGHTS_FOREIGN: coded(
    1,
    422,
    (path: string, reason: string) => `${path} holds no initial weights for this network: ${reason}.`,
  ),
  TARGETS_INVALID: coded(
    1,
    422,
    (place: string, reason: string) => `${place} cannot be learned from: ${reason}.`,
  ),
  TEXTS_INVALID: coded(
    1,
    422,
    (path: string, line: number) =>
      `Expected {"id": "...", "texts": ["...", ...]} in line ${line} of ${path} but found something else.`,
  ),
  FREEZE_UNMATCHED: coded(
    2,
    400,
    (pattern: string) =>
      `fineTuning.freeze: ${pattern} matches no parameter: expected names as in the network, with * for any part.`,
  ),
  FEATURES_UNCACHED: coded(
    2,
    400,
    (reason: string) =>
      `Features cannot be computed once: ${reason}: expected layers that are frozen from the picture on, and features that fit into memory.`,
  ),
  NOTHING_TO_TRAIN: coded(
    2,
    400,
    (recipe: string) => `The recipe ${recipe} freezes every parameter that a phase could train.`,
  ),
  TRUNK_UNSUITABLE: coded(
    1,
    422,
    (source: string, reason: string) => `Training cannot start from ${source}: ${reason}.`,
  ),
  PREPROCESSOR_INVALID: coded(
    1,
    422,
    (source: string, problem: string) => `Cannot tell from ${source} how pixels are normalized: ${problem}.`,
  ),
  HUB_REFERENCE: coded(
    2,
    400,
    (reference: string) => `Expected hf:owner/name[/file.onnx][@revision] but received ${reference}.`,
  ),
  HUB_REFUSED: coded(1, 502, (what: string, reason: string) => `The hub does not give ${what}: ${reason}.`),
  HUB_INTERRUPTED: coded(
    1,
    502,
    (what: string, reason: string) =>
      `Fetching ${what} was interrupted (${reason}): the same command continues where it stopped.`,
  ),
  HUB_DAMAGED: coded(
    1,
    502,
    (what: string, reason: string) => `What the hub sent as ${what} is not the file: ${reason}.`,
  ),
  URL_REFUSED: coded(1, 403, (url: string, reason: string) => `Will not fetch ${url}: ${reason}.`),
  URL_UNREACHABLE: coded(1, 502, (url: string, reason: string) => `Cannot fetch ${url}: ${reason}.`),
  REQUEST_INVALID: coded(
    1,
    400,
    (place: string, expected: string) => `The request is not understood: ${place}: expected ${expected}.`,
  ),
  REQUEST_TOO_BIG: coded(
    1,
    413,
    (what: string, most: number, unit: string) => `Expected at most ${most} ${unit} in ${what}.`,
  ),
  REQUEST_ENCODING: coded(
    1,
    415,
    (received: string, known: string) =>
      `Expected a body in one of ${known}, or as it is, but not ${received}.`,
  ),
  REQUEST_UNFINISHED: coded(1, 400, () => 'The request ended before its body did.'),
  REQUEST_LATE: coded(1, 408, (seconds: number) => `The request did not arrive within ${seconds} s.`),
  ROUTE_UNKNOWN: coded(
    1,
    404,
    (method: string) => `Nothing answers ${method} here: expected one of the routes in /docs.`,
  ),
  MODEL_UNKNOWN: coded(
    1,
    404,
    (model: string, known: string) => `No model ${model} is served: expected ${known}.`,
  ),
  PAGE_MISSING: coded(1, 404, () => 'The page is not part of this installation; the routes are in /docs.'),
  TOKEN_INVALID: coded(1, 401, () => 'Expected an Authorization header with a valid bearer token.'),
  RATE_EXCEEDED: coded(
    1,
    429,
    (most: number, seconds: number) =>
      `Expected at most ${most} requests a minute from one address: try again in ${seconds} s.`,
  ),
  SERVICE_STARTING: coded(1, 503, () => 'The service is starting and not ready yet.'),
  SERVICE_CLOSING: coded(1, 503, () => 'The service is shutting down.'),
  SERVICE_BUSY: coded(
    1,
    503,
    (seconds: number) => `The service has as much work as it can do in time: try again in ${seconds} s.`,
  ),
  DEADLINE_EXCEEDED: coded(1, 504, (seconds: number) => `There was no answer within ${seconds} s.`),
  WORKER_LOST: coded(1, 503, () => 'The computation was lost twice with its worker; the service goes on.'),
  REQUEST_ABORTED: coded(1, 499, () => 'The client left before it was answered.'),
  SERVICE_FAILED: coded(1, 500, () => 'The service failed; its log says why, under the id of the request.'),
  ADDRESS_UNUSABLE: coded(
    1,
    503,
    (address: string, reason: string) => `Cannot listen on ${address}: ${reason}.`,
  ),
} as const;

export type ErrorCode = keyof typeof errorTable;
type ParticularsOf<Code extends ErrorCode> = Parameters<(typeof errorTable)[Code]['message']>;

/** A failure with a code of {@link errorTable}; its message is a sentence for people. */
export class OnesheetError extends Error {
  readonly code: ErrorCode;
  readonly exitCode: 1 | 2;
  readonly status: number;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OnesheetError';
    this.code = code;
    this.exitCode = errorTable[code].exitCode;
    this.status = errorTable[code].status;
  }
}

/** Makes the coded error; `throw onesheetError('FILE_MISSING', path, 'a table of posters')`. */
export function onesheetError<Code extends ErrorCode>(
  code: Code,
  ...particulars: ParticularsOf<Code>
): OnesheetError {
  const message = errorTable[code].message as (...values: readonly unknown[]) => string;
  return new OnesheetError(code, message(...particulars));
}
