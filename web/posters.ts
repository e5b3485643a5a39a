/** @module Posters as they come -> the sheet: each poster with its state, read by the engine of its moment. */
import { applyPolicy, findPolicy, type Policy } from '../src/evaluate/browser.ts';
import type { Grid } from '../src/explain/browser.ts';
import { type Engine, Failure, type Hearing, type PosterSource } from './engine.ts';
import { fetchPoster } from './fetch.ts';
import { PageAddress } from './pageAddress.ts';
import { TimeLeft } from './timeLeft.ts';

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
  /** Missing when only the service has the picture. */
  readonly picture: PageAddress | undefined;
  readonly state: PosterState;
  /** Attribution maps by genre, in the poster's geometry. */
  readonly maps: Map<number, Grid>;
  /** What stands on it, where that is heard: then its probabilities are of both. */
  readonly hearing?: Hearing;
}

/** `heard`: it is judged by what stands on it too; `progress`: reading was stopped or goes on. */
export type Change = 'added' | 'state' | 'heard' | 'selected' | 'policy' | 'removed' | 'progress';

export interface Progress {
  /** Posters that are read or could not be. */
  readonly done: number;
  readonly total: number;
  /** Undefined while there is nothing to tell it from. */
  readonly secondsLeft: number | undefined;
}

export class Posters {
  readonly #all = new Map<number, Poster>();
  readonly #listeners: ((change: Change, number: number) => void)[] = [];
  readonly #busy = new Map<Engine, number>();
  readonly #timeLeft = new TimeLeft();
  #list: readonly Poster[] | undefined;
  #decided = new WeakMap<Poster, readonly string[]>();
  #count = 0;
  #finished = 0;
  #selected = 0;
  #policy: string | undefined;
  #stopped = false;

  get all(): readonly Poster[] {
    this.#list ??= [...this.#all.values()];
    return this.#list;
  }

  get selected(): Poster | undefined {
    return this.find(this.#selected);
  }

  /** Whether posters wait because a person stopped the reading. */
  get stopped(): boolean {
    return this.#stopped;
  }

  get progress(): Progress {
    const [done, total] = [this.#finished, this.#all.size];
    return { done, total, secondsLeft: this.#timeLeft.secondsFor(total - done) };
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
      const picture = source.kind === 'file' ? new PageAddress(source.blob) : undefined;
      this.#put({ number, engine, source, picture, state: { kind: 'waiting' }, maps: new Map() });
      this.#tell('added', number);
    }
    this.#timeLeft.begin();
    this.select(first);
    this.#proceed(engine);
  }

  select(number: number): void {
    this.#selected = number;
    this.#tell('selected', number);
  }

  remove(numbers: readonly number[]): void {
    for (const number of numbers) {
      const poster = this.#all.get(number);
      if (!poster) continue;
      poster.picture?.revoke();
      if (isFinished(poster)) this.#finished -= 1;
      this.#all.delete(number);
      this.#list = undefined;
      this.#tell('removed', number);
    }
    if (this.selected) return;
    const left = [...this.#all.keys()];
    this.select(left.find((number) => number > this.#selected) ?? left.at(-1) ?? 0);
  }

  /** Lets posters wait once those that are being read are done. */
  stop(): void {
    this.#stopped = true;
    this.#tell('progress', 0);
  }

  /** Reads those that wait. */
  goOn(): void {
    this.#stopped = false;
    this.#timeLeft.begin();
    this.#tell('progress', 0);
    for (const engine of new Set(this.all.map((poster) => poster.engine))) this.#proceed(engine);
  }

  choosePolicy(name: string): void {
    this.#policy = name;
    this.#decided = new WeakMap();
    this.#tell('policy', this.#selected);
  }

  /** Judges a poster by what stands on it too. */
  hear(number: number, hearing: Hearing): void {
    const poster = this.#all.get(number);
    if (!poster) return; // removed meanwhile
    const { probabilities } = hearing;
    this.#put({ ...poster, hearing, state: { kind: 'done', probabilities } });
    this.#tell('heard', number);
  }

  /** The chosen policy, or the first one of a model that cannot decide by it. */
  policyOf({ engine, hearing }: Pick<Poster, 'engine' | 'hearing'>): Policy {
    const metadata = { ...engine.model.metadata, ...hearing?.rules };
    try {
      return findPolicy(metadata, this.#policy);
    } catch {
      return metadata.policies[0]!;
    }
  }

  /** The genres that the policy gives, the likeliest first. */
  decidedOf(poster: Poster): readonly string[] {
    if (poster.state.kind !== 'done') return [];
    const known = this.#decided.get(poster);
    if (known) return known;
    const { genres } = poster.engine.model.metadata;
    const data = poster.state.probabilities;
    const decisions = applyPolicy(this.policyOf(poster), { rows: 1, columns: genres.length, data }).data;
    const decided = genres
      .map((label, genre) => ({ label, genre }))
      .filter(({ genre }) => decisions[genre] === 1)
      .sort((a, b) => data[b.genre]! - data[a.genre]!)
      .map(({ label }) => label);
    this.#decided.set(poster, decided);
    return decided;
  }

  #put(poster: Poster): void {
    this.#all.set(poster.number, poster);
    this.#list = undefined;
  }

  #update(number: number, changes: Partial<Poster>): void {
    const poster = this.#all.get(number);
    if (!poster) return; // removed meanwhile
    const changed = { ...poster, ...changes };
    if (isFinished(changed) && !isFinished(poster)) {
      this.#finished += 1;
      this.#timeLeft.count();
    }
    this.#put(changed);
    this.#tell('state', number);
  }

  #tell(change: Change, number: number): void {
    for (const listener of this.#listeners) listener(change, number);
  }

  /** Starts as many waiting posters as the engine takes at a time. */
  #proceed(engine: Engine): void {
    for (const poster of this.all) {
      const busy = this.#busy.get(engine) ?? 0;
      if (this.#stopped || busy >= engine.concurrency) return;
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
        this.#update(number, { source: poster, picture: new PageAddress(poster.blob) });
      }
      const probabilities = await engine.predict(poster);
      this.#update(number, { state: { kind: 'done', probabilities } });
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure('UNEXPECTED', String(error));
      this.#update(number, { state: { kind: 'failed', failure } });
    }
  }
}

function isFinished({ state }: Poster): boolean {
  return state.kind === 'done' || state.kind === 'failed';
}
