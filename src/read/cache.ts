/** @module What was read on pictures <-> files by the hash of the picture, so that no picture is read twice. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { OnesheetError } from '../errors.ts';
import { readWholeFile, writeFileAtomically } from '../files.ts';
import type { Reading } from './reading.ts';

/** Changes with whatever changes what is read. */
const readerVersion = 'pp-ocrv4.3';

/** Readings of a file, of which there are 256: the latest stay. */
const mostOfFile = 256;

/** Readings that are kept in memory only, at most. */
const unwritten = 64;

const point = z.tuple([z.number(), z.number()]).readonly();
const fileSchema = z.object({
  reader: z.literal(readerVersion),
  readings: z.array(
    z.tuple([
      z.string(),
      z.object({
        width: z.int(),
        height: z.int(),
        lines: z.array(
          z.object({
            text: z.string(),
            confidence: z.number(),
            place: z.tuple([point, point, point, point]).readonly(),
          }),
        ),
      }),
    ]),
  ),
});

/** `onesheet/texts` in XDG_CACHE_HOME, else in ~/.cache. */
export function defaultCacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'onesheet', 'texts');
}

/**
 * At most 65,536 readings, the latest of those whose hashes begin alike; some 40 MB. A file that is damaged, or of
 * another version, counts as empty; where nothing can be written, nothing is kept.
 */
export class ReadingCache {
  readonly #folder: string;
  readonly #files = new Map<string, Map<string, Reading>>();
  readonly #fresh = new Map<string, Reading>();
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param hash of the picture's bytes, in hexadecimal digits */
  async get(hash: string): Promise<Reading | undefined> {
    const name = hash.slice(0, 2);
    let readings = this.#files.get(name);
    if (readings === undefined) {
      readings = await this.#load(name);
      this.#files.set(name, readings);
    }
    return this.#fresh.get(hash) ?? readings.get(hash);
  }

  async put(hash: string, reading: Reading): Promise<void> {
    this.#fresh.set(hash, reading);
    if (this.#fresh.size >= unwritten) await this.flush();
  }

  /** Writes what is new; of two programs that write at once the later one's readings stay. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const fresh = [...this.#fresh];
    this.#fresh.clear();
    for (const name of new Set(fresh.map(([hash]) => hash.slice(0, 2)))) {
      const own = fresh.filter(([hash]) => hash.startsWith(name));
      const readings = new Map([...(await this.#load(name)), ...own]);
      const latest = [...readings].slice(-mostOfFile);
      this.#files.set(name, new Map(latest));
      try {
        await writeFileAtomically(
          this.#pathOf(name),
          JSON.stringify({ reader: readerVersion, readings: latest }),
        );
      } catch (error) {
        if (!(error instanceof OnesheetError)) throw error;
      }
    }
  }

  async #load(name: string): Promise<Map<string, Reading>> {
    try {
      const content = await readWholeFile(this.#pathOf(name), 'texts that were read');
      return new Map(fileSchema.parse(JSON.parse(new TextDecoder().decode(content))).readings);
    } catch {
      return new Map();
    }
  }

  #pathOf(name: string): string {
    return join(this.#folder, `${name}.json`);
  }
}
