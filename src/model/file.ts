/** @module A network and its metadata <-> the one-file model. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { OnesheetError, onesheetError } from '../errors.ts';
import { readUpTo, reasonOf } from '../files.ts';
import {
  emitModel,
  float32,
  formatShape,
  type Graph,
  operators as op,
  readHeader,
  readModel,
  requireBeginning,
  type Value,
} from '../graph/index.ts';
import { withWeights } from '../nn/index.ts';
import { pointerIn } from '../pointer.ts';
import { type ModelMetadata, readMetadata } from './metadata.ts';
import { writeMetadata } from './properties.ts';

/** Protobuf's limit for one message. */
const maximumBytes = 2 ** 31 - 1;

/** Read before all else, to know what is no model. */
const headBytes = 256;

/** A one-file model in memory. */
export interface Model {
  readonly metadata: ModelMetadata;
  readonly bytes: Uint8Array;
  /** SHA-256 of the file, hexadecimal; computed when it is first asked for. */
  readonly sha256: string;
  /** Name and the beginning of the hash: what predictions say of their origin. */
  readonly id: string;
  /**
   * Input `image`, outputs `logit` and `probability`; read when it is first asked for.
   *
   * @throws {OnesheetError} GRAPH_OPERATOR for a network with an operator that onesheet does not know: it predicts,
   * and explanations by occlusion and RISE suit it, but it cannot be differentiated
   */
  readonly graph: Graph;
}

/** logit [batch, genres] -> calibrated probabilities. */
function probabilityOf(logits: Value, { activation, calibration, genres }: ModelMetadata): Value {
  if (activation === 'softmax') return op.softmax(logits, 1);
  const { graph } = logits;
  const scale = graph.constant(float32(calibration.scale, [1, genres.length]));
  const bias = graph.constant(float32(calibration.bias, [1, genres.length]));
  return op.sigmoid(op.add(op.multiply(logits, scale), bias));
}

/**
 * The bytes of a one-file model.
 *
 * @param network from `image`, uint8 [batch, height, width, 3], to `logit`, float32 [batch, genres]
 * @param weights values that replace the network's own, by name
 */
export function encodeModel(
  network: Graph,
  metadata: ModelMetadata,
  weights: ReadonlyMap<string, Float32Array> = new Map(),
): Uint8Array {
  const graph = withWeights(network, weights);
  const logits = graph.outputs.get('logit')!;
  graph.outputs.clear();
  graph.output('probability', probabilityOf(logits, metadata));
  graph.output('logit', logits);
  return emitModel(graph, { metadata: writeMetadata(metadata) });
}

/**
 * @param source name for messages
 * @throws {OnesheetError} MODEL_UNREADABLE for what is no ONNX file, MODEL_FOREIGN for an ONNX file that is not
 * a onesheet model
 */
export function decodeModel(bytes: Uint8Array, source: string): Model {
  const header = readHeader(bytes, source);
  const metadata = readMetadata(header.metadata, source);
  const { height, width } = metadata.resize;
  const row = `float32${formatShape(['batch', metadata.genres.length])}`;
  expectValue(header.inputs, 'image', `uint8${formatShape(['batch', height, width, 3])}`, source);
  for (const name of ['probability', 'logit']) expectValue(header.outputs, name, row, source);
  let sha256: string | undefined;
  let graph: Graph | undefined;
  return {
    metadata,
    bytes,
    get sha256() {
      sha256 ??= createHash('sha256').update(bytes).digest('hex');
      return sha256;
    },
    get id() {
      return `${metadata.name}@${this.sha256.slice(0, 12)}`;
    },
    get graph() {
      graph ??= readModel(bytes, { source }).graph;
      return graph;
    },
  };
}

function expectValue(
  values: ReadonlyMap<string, string>,
  name: string,
  expected: string,
  source: string,
): void {
  const found = values.get(name) ?? 'missing';
  if (found !== expected)
    throw onesheetError('MODEL_FOREIGN', source, `${name} is ${found} instead of ${expected}`);
}

/**
 * Reads a one-file model.
 *
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE, MODEL_TOO_LARGE, MODEL_UNREADABLE or MODEL_FOREIGN
 */
export async function loadModel(path: string): Promise<Model> {
  const bytes = await readBounded(path);
  return decodeModel(bytes, path);
}

async function readBounded(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw onesheetError('FILE_MISSING', path, 'a model (.onnx)');
    throw onesheetError('FILE_UNREADABLE', path, reasonOf(error));
  });
  try {
    const status = await file.stat();
    if (!status.isFile())
      throw onesheetError('FILE_UNREADABLE', path, status.isDirectory() ? 'it is a folder' : 'it is no file');
    if (status.size > maximumBytes) throw onesheetError('MODEL_TOO_LARGE', path, status.size);
    const { buffer, bytesRead } = await file.read(new Uint8Array(headBytes), 0, headBytes, 0);
    const head = buffer.subarray(0, bytesRead);
    const pointer = pointerIn(head);
    if (pointer !== undefined) throw onesheetError('FILE_UNREADABLE', path, `it is ${pointer}`);
    requireBeginning(head, path);
    return await readUpTo(file.fd, status.size);
  } catch (error) {
    if (error instanceof OnesheetError) throw error;
    throw onesheetError('FILE_UNREADABLE', path, reasonOf(error));
  } finally {
    await file.close();
  }
}
