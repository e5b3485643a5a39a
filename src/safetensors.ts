/** @module Named tensors <-> one safetensors file that knows when it is damaged. */
import { createHash } from 'node:crypto';
import { onesheetError } from './errors.ts';
import { readWholeFile, writeFileAtomically } from './files.ts';
import {
  arrayOf,
  type ElementType,
  layOutTensors,
  lengthBytes,
  metadataKey,
  product,
  type StoredTensor,
  type TensorData,
} from './tensors.ts';

export type { StoredTensor } from './tensors.ts';

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The file's free text entries, without the hash. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether the file held a SHA-256 of itself (then it was right). Files of other programs do not. */
  readonly sealed: boolean;
}

const hashKey = 'onesheet.sha256';
const hashMark = `"${hashKey}":"`;
const noHash = '0'.repeat(64);

/** SHA-256 of the whole file with the hash's own 64 digits, which begin at `at`, read as zeros. */
function hashAround(file: Uint8Array, at: number): string {
  return createHash('sha256')
    .update(file.subarray(0, at))
    .update(noHash, 'latin1')
    .update(file.subarray(at + noHash.length))
    .digest('hex');
}

function elementType(data: TensorData): ElementType {
  const found = Object.entries(arrayOf).find(([, array]) => data instanceof array);
  if (found === undefined) throw new Error('Tensors are stored as typed arrays.');
  return found[0] as ElementType;
}

/**
 * The bytes of a safetensors file (github.com/huggingface/safetensors, "Format"): the header's length as u64,
 * a JSON header padded with spaces to a multiple of 8, the data without gaps. The same tensors in the same
 * order give the same bytes.
 *
 * Integrity: the metadata entry `onesheet.sha256` holds the SHA-256 of every byte of the file, its own 64
 * digits taken as zeros. Readers that do not know the entry ignore it.
 */
export function encodeTensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const widestFirst = [...tensors].sort(
    ([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT,
  );
  const entries = [`${JSON.stringify(metadataKey)}:${JSON.stringify({ ...metadata, [hashKey]: noHash })}`];
  let end = 0;
  for (const [name, { shape, data }] of widestFirst) {
    if (name === metadataKey) throw new Error(`No tensor can be named ${metadataKey}.`);
    if (product(shape) !== data.length)
      throw new Error(`${name} has ${data.length} values, not those of shape [${shape}].`);
    const begin = end;
    end += data.byteLength;
    const entry = { dtype: elementType(data), shape, data_offsets: [begin, end] };
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  }
  const json = Buffer.from(`{${entries.join(',')}}`);
  const headerLength = Math.ceil(json.length / 8) * 8;
  const file = Buffer.allocUnsafe(lengthBytes + headerLength + end);
  file.writeBigUInt64LE(BigInt(headerLength));
  file.fill(' ', lengthBytes, lengthBytes + headerLength);
  json.copy(file, lengthBytes);
  let at = lengthBytes + headerLength;
  for (const [, { data }] of widestFirst) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  const hashAt = file.indexOf(hashMark) + hashMark.length;
  file.write(hashAround(file, hashAt), hashAt, 'latin1');
  return file;
}

/**
 * Reads the bytes of a safetensors file, by this program or another; nothing in it is trusted. `path` is only named in
 * errors.
 *
 * @throws {OnesheetError} TENSOR_FILE_DAMAGED with the path and what is wrong: cut short, a flipped bit, another format.
 */
export function decodeTensors(file: Buffer, path: string): TensorFile {
  const { tensors, metadata: texts, dataAt } = layOutTensors(file, path);
  const { [hashKey]: hash, ...metadata } = texts;
  if (hash !== undefined) {
    const hashAt = file.subarray(0, dataAt).indexOf(hashMark, lengthBytes) + hashMark.length;
    if (hashAround(file, hashAt) !== hash)
      throw onesheetError('TENSOR_FILE_DAMAGED', path, 'its bytes do not match the SHA-256 stored in it');
  }
  return { tensors, metadata, sealed: hash !== undefined };
}

/** Writes {@link encodeTensors}'s bytes atomically. @throws {OnesheetError} FILE_UNWRITABLE. */
export async function writeTensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  await writeFileAtomically(path, encodeTensors(tensors, metadata));
}

/**
 * Reads a file of {@link writeTensors}; one without its SHA-256 is refused, for that may be the damage.
 *
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE or TENSOR_FILE_DAMAGED.
 */
export async function readTensors(path: string): Promise<TensorFile> {
  const file = decodeTensors(await readWholeFile(path, 'a safetensors file'), path);
  if (!file.sealed) throw onesheetError('TENSOR_FILE_DAMAGED', path, 'it carries no SHA-256 of itself');
  return file;
}
