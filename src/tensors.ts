/** @module The bytes of a safetensors file -> the named tensors and texts in it, wherever it is read. */
import { onesheetError } from './errors.ts';

/** The format's element types and how each is held in memory (little-endian, like every machine Node runs on). */
export const arrayOf = {
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

/** What stands in a file. */
export interface LaidTensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The file's free text entries. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the data begins: everything before it is the header, after its length. */
  readonly dataAt: number;
}

/** The limit of the format's reference implementation. */
const largestHeader = 100_000_000;
/** Bytes of the header's length. */
export const lengthBytes = 8;
export const metadataKey = '__metadata__';

export function product(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/**
 * Reads the layout (github.com/huggingface/safetensors, "Format"). Nothing in it is trusted: lengths, types, shapes and
 * offsets are checked against the bytes that are there before anything is allocated for them, and the data must be
 * covered exactly once. `path` is only named in errors.
 *
 * @throws {OnesheetError} TENSOR_FILE_DAMAGED with the path and what is wrong
 */
export function layOutTensors(file: Uint8Array, path: string): LaidTensors {
  const refuse = (reason: string) => onesheetError('TENSOR_FILE_DAMAGED', path, reason);
  if (file.length < lengthBytes) throw refuse(`it has only ${file.length} bytes`);
  const headerLength = Number(
    new DataView(file.buffer, file.byteOffset, file.byteLength).getBigUint64(0, true),
  );
  if (headerLength > largestHeader) throw refuse(`its header claims ${headerLength} bytes`);
  const dataAt = lengthBytes + headerLength;
  if (dataAt > file.length) throw refuse(`it is cut short within its header`);
  const header = parseHeader(file.subarray(lengthBytes, dataAt));
  if (header === undefined) throw refuse('its header is not a JSON object');
  const { [metadataKey]: text = {}, ...entries } = header;
  if (!isObject(text) || !Object.values(text).every((value) => typeof value === 'string'))
    throw refuse(`its ${metadataKey} is not a table of texts`);

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
  return { tensors, metadata: text as Record<string, string>, dataAt };
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
