/** @module Scalars by step -> an event file that TensorBoard draws, also while the training runs. */
import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import protobuf from 'protobufjs/minimal.js';
import { onesheetError } from '../../errors.ts';
import { reasonOf } from '../../files.ts';

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  return crc;
});

/** CRC-32C (Castagnoli; RFC 3720, appendix B.4). Example: of the text `123456789` it is 0xe3069283. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** TFRecord's masked checksum: rotated, so that a record that holds checksums is not its own checksum. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** TFRecord framing: u64 length, u32 checksum of the length, data, u32 checksum of the data; little-endian. */
export function frameRecord(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(12 + data.length + 4);
  record.writeBigUInt64LE(BigInt(data.length));
  record.writeUInt32LE(maskedCrc(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc(data), 12 + data.length);
  return record;
}

/** What an event says: fields 3, 5 and 7 of TensorFlow's `Event` (tensorflow/core/util/event.proto). */
type EventContent =
  | { readonly fileVersion: string }
  | { readonly scalars: Readonly<Record<string, number>> }
  | { readonly sessionStart: true };

const fixed64 = 1;
const delimited = 2;
const varint = 0;
const tag = (field: number, wireType: number) => (field << 3) | wireType;

/** Serializes an `Event`; a scalar is a `Summary.Value` with its tag and float32 `simple_value`. */
function encodeEvent(wallTime: number, step: number, content: EventContent): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(tag(1, fixed64)).double(wallTime);
  writer.uint32(tag(2, varint)).int64(step);
  if ('fileVersion' in content) {
    writer.uint32(tag(3, delimited)).string(content.fileVersion);
  } else if ('scalars' in content) {
    writer.uint32(tag(5, delimited)).fork();
    for (const [name, value] of Object.entries(content.scalars)) {
      writer.uint32(tag(1, delimited)).fork();
      writer.uint32(tag(1, delimited)).string(name);
      writer.uint32(tag(2, 5)).float(value);
      writer.ldelim();
    }
    writer.ldelim();
  } else {
    const startStatus = 1;
    writer.uint32(tag(7, delimited)).fork().uint32(tag(1, varint)).int32(startStatus).ldelim();
  }
  return writer.finish();
}

export interface EventWriter {
  readonly path: string;
  /** Adds one point to the curve of each tag, e.g. `{ 'loss/training': 0.31 }`. */
  scalars(step: number, values: Readonly<Record<string, number>>): Promise<void>;
  close(): Promise<void>;
}

export interface EventWriterOptions {
  /** Folder of the events; made when missing. Each process start adds a file to it. */
  readonly folder: string;
  /**
   * The first step that this process will write, 0 for a new run. A session start with that step opens the
   * file, at which TensorBoard drops the points of earlier files from that step on: those that a killed
   * process wrote beyond its last checkpoint.
   */
  readonly firstStep: number;
  /**
   * Seconds since 1970: the events' wall time.
   * @default the system's clock
   */
  readonly now?: () => number;
}

const fileName = /^events\.out\.tfevents\.(\d{10})\./;

/**
 * Starts an event file. TensorBoard reads a folder's files in the order of their names, which begin with the
 * second of their start; a file that would not come last is dated one second after the last one.
 *
 * @throws {OnesheetError} FILE_UNWRITABLE, here and from the writer's functions.
 */
export async function openEventFile(options: EventWriterOptions): Promise<EventWriter> {
  const { folder, firstStep, now = () => Date.now() / 1000 } = options;
  const guard = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw onesheetError('FILE_UNWRITABLE', path, reasonOf(error));
    }
  };
  const { file, path } = await guard(folder, async () => {
    await mkdir(folder, { recursive: true });
    const earlier = (await readdir(folder)).map((name) => Number(fileName.exec(name)?.[1] ?? 0));
    const second = Math.max(Math.floor(now()), ...earlier.map((start) => start + 1));
    const path = join(folder, `events.out.tfevents.${String(second).padStart(10, '0')}.onesheet`);
    return { file: await open(path, 'ax'), path };
  });
  const write = (step: number, ...contents: readonly EventContent[]) =>
    guard(path, async () => {
      const records = contents.map((content) => frameRecord(encodeEvent(now(), step, content)));
      await file.appendFile(Buffer.concat(records));
    });
  await write(0, { fileVersion: 'brain.Event:2' });
  await write(firstStep, { sessionStart: true });
  return {
    path,
    scalars: (step, values) => write(step, { scalars: values }),
    close: () => guard(path, () => file.close()),
  };
}
