/** @module A text file of any size -> blocks of whole lines, each line decoded by itself, so that memory stays flat. */
import { createReadStream } from 'node:fs';
import { onesheetError } from '../../errors.ts';
import { reasonOf } from '../../files.ts';
import { decodeLines, unknownEncoding, utf16Of } from './text.ts';

export interface LineBlock {
  readonly text: string;
  /** The line of the file on which it begins. */
  readonly firstLine: number;
}

/** Bytes of a block, unless a line is longer. */
const blockBytes = 2 ** 20;
/** Bytes of a line beyond which the file cannot be meant as lines of text. */
const maximumLine = 64 * 2 ** 20;

/**
 * @param ends whether a block may end behind this text; where it may not, the next lines are added, up to four blocks
 * @throws {OnesheetError} FILE_UNREADABLE; TABLE_ROW for a line of more than 64 MiB
 */
export async function* readLineBlocks(
  path: string,
  ends: (text: string) => boolean = () => true,
): AsyncGenerator<LineBlock> {
  let firstLine = 1;
  let pending = '';
  for await (const bytes of wholeLines(path, () => firstLine)) {
    pending += bytes;
    if (!ends(pending) && pending.length < 4 * blockBytes) continue;
    yield { text: pending, firstLine };
    firstLine += pending.split('\n').length - 1;
    pending = '';
  }
  if (pending !== '') yield { text: pending, firstLine };
}

/** Texts that end with a line end, but for the last. */
async function* wholeLines(path: string, lineNow: () => number): AsyncGenerator<string> {
  let wide: InstanceType<typeof TextDecoder> | undefined;
  let rest = '';
  let isFirst = true;
  let parts: Buffer[] = [];
  let size = 0;
  let isBegun = false;
  /** What the file begins with says whether its encoding can be guessed at all; later a line or two may be odd. */
  const decoded = (bytes: Buffer): string => {
    const { text, isLikely } = decodeLines(bytes);
    if (!isBegun && !isLikely) throw unknownEncoding(path);
    isBegun = true;
    return text;
  };
  try {
    for await (const chunk of createReadStream(path, {
      highWaterMark: blockBytes,
    }) as AsyncIterable<Buffer>) {
      if (isFirst) {
        const encoding = utf16Of(chunk);
        if (encoding !== undefined) wide = new TextDecoder(encoding);
        isFirst = false;
      }
      if (wide !== undefined) {
        rest += wide.decode(chunk, { stream: true });
        const end = rest.lastIndexOf('\n') + 1;
        if (end > 0) yield rest.slice(0, end);
        rest = rest.slice(end);
        continue;
      }
      const end = chunk.lastIndexOf(10) + 1;
      parts.push(end === 0 ? chunk : chunk.subarray(0, end));
      size += parts.at(-1)!.length;
      if (size > maximumLine)
        throw onesheetError('TABLE_ROW', path, lineNow(), `it is longer than ${maximumLine} bytes`);
      if (end === 0) continue;
      yield decoded(Buffer.concat(parts));
      parts = [chunk.subarray(end)];
      size = parts[0]!.length;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw onesheetError('FILE_UNREADABLE', path, reasonOf(error));
  }
  if (rest !== '') yield rest;
  if (size > 0) yield decoded(Buffer.concat(parts));
}
