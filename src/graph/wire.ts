/** @module The bytes of a protobuf message <-> its fields, without a schema. */

/** A field of a protobuf message: a number, or the bytes of a text or of a message. */
export type Field = readonly [id: number, value: number | Uint8Array];

const textDecoder = new TextDecoder();
const textEncoder = new TextEncoder();

/**
 * Fields in their order, each with the bytes that it stands in.
 *
 * @throws {RangeError} where the bytes are no message
 */
export function* rawFieldsOf(bytes: Uint8Array): Generator<{ field: Field; raw: Uint8Array }> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('it ends early');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new RangeError('a number is too long');
  };
  while (at < bytes.length) {
    const start = at;
    const tag = varint();
    const [id, kind] = [Math.floor(tag / 8), tag % 8];
    let value: number | Uint8Array;
    if (id === 0) throw new RangeError('a field has the number 0');
    if (kind === 0) value = varint();
    else if (kind === 1 || kind === 2 || kind === 5) {
      const length = kind === 2 ? varint() : kind === 1 ? 8 : 4;
      if (at + length > bytes.length) throw new RangeError('it ends early');
      value = bytes.subarray(at, at + length);
      at += length;
    } else throw new RangeError(`a field has the wire type ${kind}`);
    yield { field: [id, value], raw: bytes.subarray(start, at) };
  }
}

/** @throws {RangeError} where the bytes are no message */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  for (const { field } of rawFieldsOf(bytes)) yield field;
}

/** Messages of a field, in order. */
export function messages(bytes: Uint8Array, id: number): Uint8Array[] {
  return [...fieldsOf(bytes)]
    .filter((field): field is [number, Uint8Array] => field[0] === id && field[1] instanceof Uint8Array)
    .map(([, value]) => value);
}

export function number(bytes: Uint8Array, id: number): number {
  return [...fieldsOf(bytes)].reduce((last, [each, value]) => (each === id ? Number(value) : last), 0);
}

export function text(bytes: Uint8Array, id: number): string {
  return textDecoder.decode(messages(bytes, id).at(-1) ?? new Uint8Array());
}

function varintOf(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A field that holds a whole number from 0, a text, or the bytes of a message. */
export function fieldOf(id: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === 'number') return Uint8Array.from([...varintOf(id * 8), ...varintOf(value)]);
  const bytes = typeof value === 'string' ? textEncoder.encode(value) : value;
  return joined([Uint8Array.from([...varintOf(id * 8 + 2), ...varintOf(bytes.length)]), bytes]);
}
