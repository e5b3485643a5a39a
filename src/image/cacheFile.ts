/** @module Prepared pixels <-> one file of them, which is trusted only when its checksum agrees. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { removeTemporaries, replaceFile } from '../files.ts';

/** Pixels `[count, height, width, 3]` of a list of posters, in blocks one after the other, and which of them could not be read. */
export interface StoredPixels {
  readonly pixels: readonly Uint8Array[];
  readonly failures: readonly StoredFailure[];
}

/** A poster without pixels, by its place in the list. */
export type StoredFailure = z.infer<typeof failureSchema>;

const failureSchema = z.strictObject({ index: z.int().min(0), code: z.string(), message: z.string() });
const headerSchema = z.strictObject({
  key: z.string(),
  failures: z.array(failureSchema),
});

/** Layout: magic (8), length of the header (4, little-endian), header (JSON), pixels, SHA-256 of all before. */
const magic = Buffer.from('1SHTPIX\x01', 'latin1');
const chunkSize = 8 * 2 ** 20;
const digestLength = 32;

/** A writer at work adds a chunk every few seconds at the slowest. */
const abandonedSeconds = 3600;

/**
 * Writes piece by piece, as `replaceFile` does; what killed writers left beside it is removed.
 *
 * @throws {OnesheetError} FILE_UNWRITABLE
 */
export async function writePixelFile(path: string, key: string, stored: StoredPixels): Promise<void> {
  await removeTemporaries(dirname(path), (_, idleSeconds) => idleSeconds > abandonedSeconds);
  await replaceFile(path, async (file) => {
    const { pixels, failures } = stored;
    const header = Buffer.from(JSON.stringify({ key, failures }));
    const headerLength = Buffer.alloc(4);
    headerLength.writeUInt32LE(header.length);
    const hash = createHash('sha256');
    for (const piece of [magic, headerLength, header, ...chunksOf(pixels)]) {
      hash.update(piece);
      await file.writeFile(piece);
    }
    await file.writeFile(hash.digest());
  });
}

/**
 * Reads the pixels into `pixels` when the file is whole and belongs to `key`.
 *
 * @returns the failures that were stored, or `undefined` when there is no such file, or it is torn, damaged
 * or of something else; then `pixels` holds nothing of use.
 */
export async function readPixelFile(
  path: string,
  key: string,
  pixels: readonly Uint8Array[],
): Promise<readonly StoredFailure[] | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const hash = createHash('sha256');
    const next = async <Bytes extends Uint8Array>(into: Bytes): Promise<Bytes> => {
      await readExactly(file as FileHandle, into);
      hash.update(into);
      return into;
    };
    const { size } = await file.stat();
    const start = await next(Buffer.alloc(magic.length + 4));
    const headerLength = start.readUInt32LE(magic.length);
    const length = pixels.reduce((sum, block) => sum + block.length, 0);
    const expected = start.length + headerLength + length + digestLength;
    if (!start.subarray(0, magic.length).equals(magic) || size !== expected) return undefined;
    const header = headerSchema.parse(JSON.parse(String(await next(Buffer.alloc(headerLength)))));
    if (header.key !== key) return undefined;
    for (const chunk of chunksOf(pixels)) await next(chunk);
    const written = await readExactly(file, Buffer.alloc(digestLength));
    return hash.digest().equals(written) ? header.failures : undefined;
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

/** Fills `into` from where the file stands. */
async function readExactly<Bytes extends Uint8Array>(file: FileHandle, into: Bytes): Promise<Bytes> {
  for (let filled = 0; filled < into.length; ) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, null);
    if (bytesRead === 0) throw new RangeError('the file ends too early');
    filled += bytesRead;
  }
  return into;
}

function* chunksOf(blocks: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const block of blocks)
    for (let at = 0; at < block.length; at += chunkSize) yield block.subarray(at, at + chunkSize);
}
