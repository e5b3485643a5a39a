/** @module A click on a genre -> its attribution map, computed, kept, cancelled or hidden. */
import { Failure, type PosterFile } from './engine.ts';
import type { Poster } from './posters.ts';
import { picturePixels } from './view/picture.ts';

export type ExplanationState =
  | { readonly kind: 'working'; readonly done: number; readonly total: number }
  | { readonly kind: 'shown' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** At most one map is computed or shown at a time. */
export class Explanation {
  readonly #listeners: (() => void)[] = [];
  #number = 0;
  #genre: number | undefined;
  #state: ExplanationState = { kind: 'shown' };
  #controller = new AbortController();

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** What there is for a poster: the genre and how far its map is. */
  of({ number }: Poster): { readonly genre: number; readonly state: ExplanationState } | undefined {
    return this.#genre === undefined || this.#number !== number
      ? undefined
      : { genre: this.#genre, state: this.#state };
  }

  /** Shows the genre's map; hides it if it is shown or on its way. */
  toggle(poster: Poster, genre: number): void {
    const current = this.of(poster);
    this.hide();
    if (current?.genre !== genre) void this.#show(poster, genre);
  }

  hide(): void {
    this.#controller.abort();
    this.#genre = undefined;
    this.#tell();
  }

  async #show(poster: Poster, genre: number): Promise<void> {
    const controller = new AbortController();
    this.#controller = controller;
    const { signal } = controller;
    this.#number = poster.number;
    this.#genre = genre;
    const become = (state: ExplanationState): void => {
      if (signal.aborted) return;
      this.#state = state;
      this.#tell();
    };
    if (poster.maps.has(genre)) return become({ kind: 'shown' });
    become({ kind: 'working', done: 0, total: 0 });
    try {
      const { height, width } = await picturePixels(poster.picture!);
      const onProgress = (done: number, total: number): void => become({ kind: 'working', done, total });
      const source = poster.source as PosterFile;
      const map = await poster.engine.explain(source, genre, { height, width }, { signal, onProgress });
      poster.maps.set(genre, map);
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
