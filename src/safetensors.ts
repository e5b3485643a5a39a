/** @module Named tensors <-> one safetensors file that knows when it is damaged. */
import { createHash } from 'node:crypto';
import { onesheetError } from './errors.ts';
import { readWholeFile, writeFileAtomically } from './files.ts';

/** The format's element types and how each is held in memory (little-endian, like every machine Node runs on). */
const arrayOf = {
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const;

export type ElementType = keyof typeof arrayOf;
export type TensorData =
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** `data` in row-major order, as long as the product of `shape`. Its class decides the element type. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The file's free text entries, without the hash. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether the file held a SHA-256 of itself (then it was right). Files of other programs do not. */
  readonly sealed: boolean;
}

/** The limit of the format's reference implementation. */
const largestHeader = 100_000_000;
const lengthBytes = 8;
const metadataKey = '__metadata__';
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

function product(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
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
 * Reads the bytes of a safetensors file, by this program or another. Nothing in it is trusted: lengths, types,
 * shapes and offsets are checked against the bytes that are there before anything is allocated for them, and
 * the data must be covered exactly once. `path` is only named in errors.
 *
 * @throws {OnesheetError} TENSOR_FILE_DAMAGED with the path and what is wrong: cut short, a flipped bit, another format.
 */
export function decodeTensors(file: Buffer, path: string): TensorFile {
  const refuse = (reason: string) => onesheetError('TENSOR_FILE_DAMAGED', path, reason);
  if (file.length < lengthBytes) throw refuse(`it has only ${file.length} bytes`);
  const headerLength = Number(file.readBigUInt64LE());
  if (headerLength > largestHeader) throw refuse(`its header claims ${headerLength} bytes`);
  const dataAt = lengthBytes + headerLength;
  if (dataAt > file.length) throw refuse(`it is cut short within its header`);
  const headerBytes = file.subarray(lengthBytes, dataAt);
  const header = parseHeader(headerBytes);
  if (header === undefined) throw refuse('its header is not a JSON object');
  const { [metadataKey]: text = {}, ...entries } = header;
  if (!isObject(text) || !Object.values(text).every((value) => typeof value === 'string'))
    throw refuse(`its ${metadataKey} is not a table of texts`);
  const { [hashKey]: hash, ...metadata } = text as Record<string, string>;

  const dataLength = file.length - dataAt;
  const described = Object.entries(entries).map(([name, entry]) => {
    const checked = checkEntry(entry);
    if (typeof checked === 'string') throw refuse(`tensor ${name} ${checked}`);
    return { name, ...checked };
  });
  const tensors = new Map<string, StoredTensor>();
  let covered = 0;
  for (const { name, array, shape, begin, end } of described.sort(
    (a, b) => a.begin! - b.begin! || a.end! - b.end!,
  )) {
    if (begin !== covered)
      throw refuse(`tensor ${name} begins at byte ${begin} of the data, not at ${covered}`);
    if (end! > dataLength)
      throw refuse(`it is cut short: tensor ${name} ends ${end! - dataLength} bytes later`);
    const bytes = new Uint8Array(end! - begin);
    bytes.set(file.subarray(dataAt + begin, dataAt + end!));
    tensors.set(name, { shape, data: new array(bytes.buffer) });
    covered = end!;
  }
  if (covered !== dataLength) throw refuse(`${dataLength - covered} bytes belong to no tensor`);

  if (hash !== undefined) {
    const hashAt = headerBytes.indexOf(hashMark) + hashMark.length + lengthBytes;
    if (hashAround(file, hashAt) !== hash) throw refuse('its bytes do not match the SHA-256 stored in it');
  }
  return { tensors, metadata, sealed: hash !== undefined };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(header) && bytes[0] === '{'.charCodeAt(0) ? header : undefined;
  } catch {
    return undefined;
  }
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A tensor's header entry, checked in itself; or what is wrong with it. */
function checkEntry(entry: unknown) {
  if (!isObject(entry)) return 'is not described';
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(arrayOf, dtype))
    return `has the type ${JSON.stringify(dtype)}, which is none of ${Object.keys(arrayOf).join(', ')}`;
  if (!Array.isArray(shape) || !shape.every(isSize)) return 'has no shape of whole numbers';
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) return 'has no data offsets';
  const [begin, end] = offsets;
  const array = arrayOf[dtype as ElementType];
  const bytes = product(shape) * array.BYTES_PER_ELEMENT;
  if (end! - begin! !== bytes) return `takes ${end! - begin!} bytes, not the ${bytes} of shape [${shape}]`;
  return { array, shape, begin, end };
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
