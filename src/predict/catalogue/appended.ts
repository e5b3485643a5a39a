/** @module Texts one after the other -> a file that only grows, whose size is known before it is written. */
import { type FileHandle, open } from 'node:fs/promises';
import { onesheetError } from '../../errors.ts';
import { reasonOf } from '../../files.ts';

/** Bytes that are gathered before they are written, and how many may be on their way before more of them wait. */
const [gathered, mostUnderWay] = [65_536, 4_194_304];

/** One file that only grows; `size` counts what was handed over. Its writes follow each other. */
export class Appended {
  readonly #path: string;
  readonly #file: FileHandle;
  #parts: Uint8Array[] = [];
  #waiting = 0;
  #underWay = 0;
  #last: Promise<void> = Promise.resolve();
  size: number;

  private constructor(path: string, file: FileHandle, size: number) {
    this.#path = path;
    this.#file = file;
    this.size = size;
  }

  /**
   * @param size of what is kept of a file that is there; what is behind it has been cut off
   * @throws {OnesheetError} FILE_UNWRITABLE
   */
  static async open(path: string, size: number): Promise<Appended> {
    try {
      return new Appended(path, await open(path, 'a'), size);
    } catch (error) {
      throw onesheetError('FILE_UNWRITABLE', path, reasonOf(error));
    }
  }

  async add(text: string | Uint8Array): Promise<void> {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    this.#parts.push(bytes);
    this.#waiting += bytes.length;
    this.size += bytes.length;
    if (this.#waiting < gathered) return;
    const written = this.#then(async () => undefined);
    // A disk that syncs holds nobody up; a write that fails is met by the next one that is awaited.
    written.catch(() => undefined);
    if (this.#underWay > mostUnderWay) await written;
  }

  /** Makes sure that all that was added is kept, whatever happens to the machine. */
  async sync(): Promise<void> {
    await this.#then(() => this.#file.sync());
  }

  /** Writes what was gathered, then does the rest. */
  #then(rest: () => Promise<void>): Promise<void> {
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#waiting = 0;
    this.#underWay += bytes.length;
    const work = this.#last.then(async () => {
      try {
        if (bytes.length > 0) await this.#file.writeFile(bytes);
        this.#underWay -= bytes.length;
        await rest();
      } catch (error) {
        throw onesheetError('FILE_UNWRITABLE', this.#path, reasonOf(error));
      }
    });
    this.#last = work;
    return work;
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined);
    await this.#file.close();
  }
}
