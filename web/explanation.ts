/** @module Clicks on genres -> their attribution maps: computed, kept, compared, cancelled or hidden. */
import { fittedSize } from '../src/explain/browser.ts';
import { Failure, type PosterFile } from './engine.ts';
import type { Poster } from './posters.ts';
import { pictureSize } from './view/picture.ts';

export type ExplanationState =
  | { readonly kind: 'working'; readonly done: number; readonly total: number }
  | { readonly kind: 'shown' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Explained {
  /** In the order in which they were chosen; the last one is the one that was asked for last. */
  readonly genres: readonly number[];
  readonly state: ExplanationState;
}

/** Maps that are compared at a time: more would be too small to tell anything. */
const mostCompared = 4;

/** Longer side of a map, in places: finer than what squares that are covered in turn can tell. */
const mapSide = 96;

/** The maps of one genre, or of several that are compared, of one poster at a time. */
export class Explanation {
  readonly #listeners: (() => void)[] = [];
  #number = 0;
  #genres: readonly number[] = [];
  #comparing = false;
  #state: ExplanationState = { kind: 'shown' };
  #controller = new AbortController();

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** What there is for a poster; undefined when nothing is shown or on its way. */
  of({ number }: Poster): Explained | undefined {
    return this.#genres.length === 0 || this.#number !== number
      ? undefined
      : { genres: this.#genres, state: this.#state };
  }

  /** Whether a genre that is chosen comes beside those that are shown, rather than in their place. */
  get comparing(): boolean {
    return this.#comparing;
  }

  /** Begins to compare, or goes back to the genre that was asked for last. */
  compare(comparing: boolean): void {
    this.#comparing = comparing;
    if (!comparing) this.#genres = this.#genres.slice(-1);
    this.#tell();
  }

  /** Shows the genre's map, beside others where genres are compared; takes it away if it is shown or on its way. */
  toggle(poster: Poster, genre: number): void {
    const before = this.of(poster)?.genres ?? [];
    const others = before.filter((each) => each !== genre);
    const kept = this.#comparing ? others.slice(1 - mostCompared) : [];
    const wanted = before.includes(genre) ? (this.#comparing ? others : []) : [...kept, genre];
    if (wanted.length === 0) this.hide();
    else void this.#show(poster, wanted);
  }

  /** Hides all maps and ends what is on its way. */
  hide(): void {
    this.#controller.abort();
    this.#genres = [];
    this.#comparing = false;
    this.#tell();
  }

  async #show(poster: Poster, genres: readonly number[]): Promise<void> {
    this.#controller.abort();
    const controller = new AbortController();
    this.#controller = controller;
    const { signal } = controller;
    this.#number = poster.number;
    this.#genres = genres;
    const become = (state: ExplanationState): void => {
      if (signal.aborted) return;
      this.#state = state;
      this.#tell();
    };
    try {
      for (const genre of genres) {
        if (poster.maps.has(genre)) continue;
        become({ kind: 'working', done: 0, total: 0 });
        const size = fittedSize(await pictureSize(poster.picture!.href), mapSide);
        const onProgress = (done: number, total: number): void => become({ kind: 'working', done, total });
        const maps = await poster.engine.explain(poster.source as PosterFile, genre, size, {
          signal,
          onProgress,
        });
        for (const [each, map] of maps) poster.maps.set(each, map);
      }
      become({ kind: 'shown' });
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure('UNEXPECTED', String(error));
      become({ kind: 'failed', failure });
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
