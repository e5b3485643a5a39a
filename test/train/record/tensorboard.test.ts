import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { crc32c, frameRecord, openEventFile } from '../../../src/train/record/tensorboard.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'events-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** CRC-32C bit by bit over the reflected polynomial, for the comparison. */
function slowCrc(bytes: Uint8Array): bigint {
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let i = 0; i < 8; i++) crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n;
  }
  return crc ^ 0xffffffffn;
}

function slowMask(bytes: Uint8Array): number {
  const crc = slowCrc(bytes);
  return Number((((crc >> 15n) | ((crc << 17n) & 0xffffffffn)) + 0xa282ead8n) & 0xffffffffn);
}

/** Fields of a protocol buffer message by number: varints as bigint, fixed and delimited ones as bytes. */
function fieldsOf(message: Buffer): Map<number, (bigint | Buffer)[]> {
  const fields = new Map<number, (bigint | Buffer)[]>();
  let at = 0;
  const varint = () => {
    let [value, shift] = [0n, 0n];
    for (;;) {
      const byte = message[at++];
      value |= BigInt(byte! & 127) << shift;
      if (byte! < 128) return value;
      shift += 7n;
    }
  };
  while (at < message.length) {
    const key = Number(varint());
    const wireType = key & 7;
    const value = wireType === 0 ? varint() : undefined;
    const length = wireType === 1 ? 8 : wireType === 5 ? 4 : wireType === 2 ? Number(varint()) : 0;
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value ?? message.subarray(at, at + length)]);
    at += length;
  }
  return fields;
}

interface ReadEvent {
  wallTime: number;
  step: number;
  version?: string;
  status?: number;
  scalars?: Record<string, number>;
}

function readEvents(path: string): ReadEvent[] {
  const bytes = readFileSync(path);
  const events: ReadEvent[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 8)).toBe(slowMask(bytes.subarray(at, at + 8)));
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(slowMask(data));
    at += 16 + length;
    const fields = fieldsOf(data);
    const event: ReadEvent = {
      wallTime: (fields.get(1)![0] as Buffer).readDoubleLE(),
      step: Number(fields.get(2)![0]),
    };
    if (fields.has(3)) event.version = String(fields.get(3)![0]);
    if (fields.has(7)) event.status = Number(fieldsOf(fields.get(7)![0] as Buffer).get(1)![0]);
    if (fields.has(5)) {
      const values = fieldsOf(fields.get(5)![0] as Buffer)
        .get(1)!
        .map((value) => fieldsOf(value as Buffer));
      event.scalars = Object.fromEntries(
        values.map((value) => [String(value.get(1)![0]), (value.get(2)![0] as Buffer).readFloatLE()]),
      );
    }
    events.push(event);
  }
  return events;
}

describe('crc32c', () => {
  test('has the known checksums of RFC 3720', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(crc32c(Buffer.alloc(32, 255))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  });
});

test('a record is framed as TFRecord: length, checksum, data, checksum', () => {
  const record = Buffer.from(frameRecord(Buffer.from('abc')));
  expect(record.length).toBe(8 + 4 + 3 + 4);
  expect(record.subarray(0, 8)).toEqual(Buffer.of(3, 0, 0, 0, 0, 0, 0, 0));
  expect(record.readUInt32LE(8)).toBe(slowMask(record.subarray(0, 8)));
  expect(record.readUInt32LE(15)).toBe(slowMask(Buffer.from('abc')));
});

describe('an event file', () => {
  test('opens with its version and a session start, then has the scalars of each step', async () => {
    let time = 1_700_000_000;
    const writer = await openEventFile({ folder, firstStep: 0, now: () => time++ / 2 });
    await writer.scalars(1, { 'loss/training': 0.5, 'rate – é': 1e-3 });
    await writer.scalars(2 ** 40, { 'loss/training': Number.NaN });
    await writer.close();
    expect(readEvents(writer.path)).toEqual([
      { wallTime: 850_000_000.5, step: 0, version: 'brain.Event:2' },
      { wallTime: 850_000_001, step: 0, status: 1 },
      { wallTime: 850_000_001.5, step: 1, scalars: { 'loss/training': 0.5, 'rate – é': Math.fround(1e-3) } },
      { wallTime: 850_000_002, step: 2 ** 40, scalars: { 'loss/training': Number.NaN } },
    ]);
  });

  test('can be read while it is written', async () => {
    const writer = await openEventFile({ folder, firstStep: 0 });
    await writer.scalars(1, { loss: 1 });
    expect(readEvents(writer.path)).toHaveLength(3);
    await writer.close();
  });

  test('of a resumed run comes after the others and takes back the steps beyond the checkpoint', async () => {
    const now = () => 1_700_000_000;
    const killed = await openEventFile({ folder, firstStep: 0, now });
    for (let step = 1; step <= 5; step++) await killed.scalars(step, { loss: step });
    await killed.close();
    const before = readFileSync(killed.path);
    const resumed = await openEventFile({ folder: folder, firstStep: 4, now });
    await resumed.scalars(4, { loss: 40 });
    await resumed.close();

    const files = readdirSync(folder).sort();
    expect(files.map((name) => join(folder, name))).toEqual([killed.path, resumed.path]);
    expect(readFileSync(killed.path)).toEqual(before);
    // As TensorBoard does: a session start drops the points of its step and later.
    let curve: [number, number][] = [];
    for (const event of files.flatMap((name) => readEvents(join(folder, name)))) {
      if (event.status === 1) curve = curve.filter(([step]) => step < event.step);
      if (event.scalars) curve.push([event.step, event.scalars.loss!]);
    }
    expect(curve).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 40],
    ]);
  });

  test('that cannot be made is refused by name', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(
      openEventFile({ folder: join(folder, 'file', 'events'), firstStep: 0 }),
    ).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringContaining(join(folder, 'file', 'events')),
    });
  });
});
