/** @module A poster, or what a person says of it, and its network's probabilities -> how it is judged by both, in this browser. */
import { wordsFor } from '../../src/predict/browser.ts';
import { layOutTensors } from '../../src/tensors.ts';
import { besideText, decodeTextModel, type Heard } from '../../src/text/browser.ts';
import { Failure, type Hearing, type PosterFile, type Told } from '../engine.ts';
import { keepOffline } from '../offline.ts';
import { texts } from '../texts.ts';
import { readBody } from './arriving.ts';
import type { Answer, Unnumbered } from './engine.ts';
import type { BrowserModel } from './facts.ts';
import { fetchReader, fetchTextModel } from './loading.ts';
import type { Request } from './messages.ts';

type Ask = (request: Unnumbered<Request>, signal?: AbortSignal) => Promise<Answer>;
/** Told of the bytes that have arrived. */
type Progress = (done: number, total: number) => void;

/** What is loaded once, and again only if that failed. */
interface Loaded<Value> {
  readonly bytes: number;
  readonly load: (onBytes: (done: number) => void) => Promise<Value>;
  value?: Promise<Value> | undefined;
}

/** Loads the model of texts and what reads posters when they are first needed. */
export class PrivateHearing {
  readonly #facts: BrowserModel;
  readonly #ask: Ask;
  readonly #texts: Loaded<ReturnType<typeof besideText>>;
  readonly #reader: Loaded<Answer>;

  /** @param ask the worker that holds the page's model */
  constructor(facts: BrowserModel, readerBytes: number, ask: Ask) {
    this.#facts = facts;
    this.#ask = ask;
    this.#texts = { bytes: facts.bytes.texts!, load: (onBytes) => this.#loadTexts(onBytes) };
    this.#reader = { bytes: readerBytes, load: (onBytes) => this.#loadReader(onBytes) };
  }

  /** Bytes that were not asked for yet. */
  get missing(): number {
    return [this.#texts, this.#reader].reduce((sum, { value, bytes }) => sum + (value ? 0 : bytes), 0);
  }

  /** @throws {Failure} for files that do not come */
  async prepare(reading: boolean, onProgress: Progress): Promise<void> {
    const wanted = [this.#texts, ...(reading ? [this.#reader] : [])].filter(({ value }) => !value);
    const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
    const done = wanted.map(() => 0);
    wanted.forEach((each: Loaded<unknown>, place) => {
      const loading = each.load((bytes) => {
        done[place] = bytes;
        onProgress(Math.min(total, done[0]! + (done[1] ?? 0)), total);
      });
      each.value = loading;
      loading.then(keepOffline, () => {
        each.value = undefined;
      });
    });
    try {
      await Promise.all([this.#texts.value, reading ? this.#reader.value : undefined]);
    } catch (error) {
      throw new Failure('UNEXPECTED', texts.errors.notHeard(String((error as Error).message)));
    }
  }

  /**
   * @param told what is heard; without it the poster is read
   * @param network its probabilities, [genres]
   */
  async hear(
    { name, blob }: PosterFile,
    told: Told | undefined,
    network: Float32Array,
    signal: AbortSignal,
  ): Promise<Hearing> {
    const { judge, contributions } = await this.#texts.value!;
    const { title, lines } = told ?? { title: '', lines: await this.#linesOf(name, blob, signal) };
    const heard: Heard = { lines, ...(title !== '' && { title }) };
    const { probabilities, fit } = judge(heard, network);
    const parts = contributions(heard, network);
    const { id, genres, policies, policyCurves } = this.#facts;
    return {
      model: `${id}+texts`,
      title,
      lines,
      probabilities,
      rules: fit ?? { policies, policyCurves },
      spoken: genres.map((_, genre) => wordsFor(parts, genre)),
    };
  }

  async #linesOf(name: string, picture: Blob, signal: AbortSignal): Promise<readonly string[]> {
    const answer = await this.#ask({ kind: 'read', name, picture }, signal);
    return (answer as Extract<Answer, { kind: 'read' }>).reading.lines.map(({ text }) => text);
  }

  async #loadTexts(onBytes: (done: number) => void) {
    const file = await readBody(await fetchTextModel(), this.#texts.bytes, onBytes);
    const name = 'model/texts.safetensors';
    return besideText(decodeTextModel(layOutTensors(file, name), name, this.#facts.genres));
  }

  async #loadReader(onBytes: (done: number) => void): Promise<Answer> {
    const arrived = [0, 0, 0];
    const stop = new AbortController();
    const bodies = fetchReader(stop.signal).map(async (response, place) => {
      try {
        return await readBody(await response, undefined, (done) => {
          arrived[place] = done;
          onBytes(arrived.reduce((sum, each) => sum + each));
        });
      } catch (error) {
        stop.abort(error);
        throw error;
      }
    });
    // Whoever tries again must not meet what is still on its way: browsers fail at that.
    await Promise.allSettled(bodies);
    const [detection, recognition, letters] = await Promise.all(bodies);
    const alphabet = new TextDecoder().decode(letters).split('\n');
    return this.#ask({ kind: 'openReader', detection: detection!, recognition: recognition!, alphabet });
  }
}
