/** @module A poster of the sheet -> what every way of showing many of them has: a small picture, words, a mark. */
import type { Poster, Posters } from '../posters.ts';
import { texts } from '../texts.ts';
import type { Thumbnails } from '../thumbnails.ts';
import { element } from './element.ts';

/** Where a poster is one of many. */
export interface Listing {
  readonly posters: Posters;
  readonly thumbnails: Thumbnails;
  /** Numbers of the posters that are marked, to be removed together. */
  readonly marked: ReadonlySet<number>;
  readonly mark: (number: number, marked: boolean) => void;
  readonly open: (number: number) => void;
}

/** A way of showing many posters. */
export interface PosterList {
  readonly root: HTMLElement;
  /** @param changed numbers of the posters that are to be drawn anew */
  show(posters: readonly Poster[], changed: ReadonlySet<number>): void;
}

/** What stands beside a picture, and what only a screen reader adds. */
export function statusOf(
  posters: Posters,
  poster: Poster,
): { readonly seen: string; readonly heard: string } {
  const { state } = poster;
  if (state.kind === 'waiting' || state.kind === 'working')
    return { seen: texts.sheet[state.kind], heard: '' };
  if (state.kind === 'failed')
    return { seen: texts.sheet.notRead, heard: texts.sheet.because(state.failure.message) };
  return { seen: posters.decidedOf(poster).join(', ') || texts.sheet.nothing, heard: '' };
}

/** Room for the poster's small picture, which comes when it is ready; until then, and without one, its name. */
export function thumbOf({ number, source }: Poster, { thumbnails }: Listing): HTMLElement {
  const thumb = element(
    'span',
    { class: 'thumb' },
    element('span', { class: 'thumb-name', 'aria-hidden': 'true' }, source.name),
  );
  thumb.dataset.kind = source.kind;
  if (source.kind === 'file')
    thumbnails.ask(number, source.blob, (src) => thumb.replaceChildren(element('img', { src, alt: '' })));
  return thumb;
}

/** @returns the box, which follows what is marked when `update` is called */
export function markOf({ number, source }: Poster, { marked, mark }: Listing) {
  const box = element('input', {
    type: 'checkbox',
    class: 'mark',
    'aria-label': texts.sheet.mark(source.name),
  });
  box.addEventListener('change', () => mark(number, box.checked));
  return {
    box,
    update: () => {
      box.checked = marked.has(number);
    },
  };
}
