/** @module Posters as they come -> the sheet: each poster with its state, read by the engine of its moment. */
import { applyPolicy, type Policy } from '../src/evaluate/browser.ts';
import type { Grid } from '../src/explain/browser.ts';
import { type Engine, Failure, type PosterSource } from './engine.ts';
import { fetchPoster } from './fetch.ts';

export type PosterState =
  | { readonly kind: 'waiting' | 'working' }
  /** Calibrated probabilities, [genres], in the order of the engine's model. */
  | { readonly kind: 'done'; readonly probabilities: Float32Array }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Poster {
  /** Counted from 1, as frames of a film are. */
  readonly number: number;
  /** The engine that was chosen when the poster came: a private poster stays private. */
  readonly engine: Engine;
  readonly source: PosterSource;
  /** Address of the picture in this page; missing when only the service has it. */
  readonly picture: string | undefined;
  readonly state: PosterState;
  /** Attribution maps by genre, at the size of the picture that was shown. */
  readonly maps: Map<number, Grid>;
}

export type Change = 'added' | 'state' | 'selected' | 'policy' | 'removed';

export class Posters {
  readonly #all = new Map<number, Poster>();
  readonly #listeners: ((change: Change, number: number) => void)[] = [];
  readonly #busy = new Map<Engine, number>();
  #count = 0;
  #selected = 0;
  #policy: string | undefined;

  get all(): readonly Poster[] {
    return [...this.#all.values()];
  }

  get selected(): Poster | undefined {
    return this.find(this.#selected);
  }

  find(number: number): Poster | undefined {
    return this.#all.get(number);
  }

  onChange(listener: (change: Change, number: number) => void): void {
    this.#listeners.push(listener);
  }

  /** Adds posters and selects the first of them; the engine reads them in their order. */
  add(sources: readonly PosterSource[], engine: Engine): void {
    const first = this.#count + 1;
    for (const source of sources) {
      const number = ++this.#count;
      const picture = source.kind === 'file' ? URL.createObjectURL(source.blob) : undefined;
      this.#all.set(number, { number, engine, source, picture, state: { kind: 'waiting' }, maps: new Map() });
      this.#tell('added', number);
    }
    this.select(first);
    this.#proceed(engine);
  }

  select(number: number): void {
    this.#selected = number;
    this.#tell('selected', number);
  }

  remove(numbers: readonly number[]): void {
    for (const number of numbers) {
      const picture = this.#all.get(number)?.picture;
      if (picture) URL.revokeObjectURL(picture);
      this.#all.delete(number);
      this.#tell('removed', number);
    }
    if (this.selected) return;
    const left = [...this.#all.keys()];
    this.select(left.find((number) => number > this.#selected) ?? left.at(-1) ?? 0);
  }

  choosePolicy(name: string): void {
    this.#policy = name;
    this.#tell('policy', this.#selected);
  }

  /** The chosen policy, or the first one of a model that does not have it. */
  policyOf({ engine }: Poster): Policy {
    const { policies } = engine.model.metadata;
    return policies.find(({ name }) => name === this.#policy) ?? policies[0]!;
  }

  /** The genres that the policy gives, the likeliest first. */
  decidedOf(poster: Poster): readonly string[] {
    if (poster.state.kind !== 'done') return [];
    const { genres } = poster.engine.model.metadata;
    const data = poster.state.probabilities;
    const decided = applyPolicy(this.policyOf(poster), { rows: 1, columns: genres.length, data }).data;
    return genres
      .map((label, genre) => ({ label, genre }))
      .filter(({ genre }) => decided[genre] === 1)
      .sort((a, b) => data[b.genre]! - data[a.genre]!)
      .map(({ label }) => label);
  }

  #update(number: number, changes: Partial<Poster>): void {
    const poster = this.#all.get(number);
    if (!poster) return; // removed meanwhile
    this.#all.set(number, { ...poster, ...changes });
    this.#tell('state', number);
  }

  #tell(change: Change, number: number): void {
    for (const listener of this.#listeners) listener(change, number);
  }

  /** Starts as many waiting posters as the engine takes at a time. */
  #proceed(engine: Engine): void {
    for (const poster of this.all) {
      const busy = this.#busy.get(engine) ?? 0;
      if (busy >= engine.concurrency) return;
      if (poster.engine !== engine || poster.state.kind !== 'waiting') continue;
      this.#busy.set(engine, busy + 1);
      void this.#read(poster).finally(() => {
        this.#busy.set(engine, this.#busy.get(engine)! - 1);
        this.#proceed(engine);
      });
    }
  }

  async #read({ number, engine, source }: Poster): Promise<void> {
    this.#update(number, { state: { kind: 'working' } });
    try {
      let poster = source;
      if (engine.mode === 'private' && source.kind === 'address') {
        poster = await fetchPoster(source);
        this.#update(number, { source: poster, picture: URL.createObjectURL(poster.blob) });
      }
      const probabilities = await engine.predict(poster);
      this.#update(number, { state: { kind: 'done', probabilities } });
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure('UNEXPECTED', String(error));
      this.#update(number, { state: { kind: 'failed', failure } });
    }
  }
}
