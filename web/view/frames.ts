/** @module Posters -> frames with numbers, small pictures and genres: a strip, or a grid when there are many. */
import type { Poster } from '../posters.ts';
import { texts } from '../texts.ts';
import { button, element, inOrder } from './element.ts';
import { type Listing, markOf, type PosterList, statusOf, thumbOf } from './listed.ts';

interface Frame {
  readonly item: HTMLLIElement;
  update(poster: Poster): void;
}

function frameOf(poster: Poster, listing: Listing): Frame {
  const { number, source } = poster;
  const unseen = (text: string): HTMLElement => element('span', { class: 'unseen' }, text);
  const caption = element('span', { class: 'legend' });
  const heard = unseen('');
  const mark = markOf(poster, listing);
  let thumb = thumbOf(poster, listing);
  const open = button('', () => listing.open(number), { class: 'frame' });
  open.append(
    unseen(`${texts.sheet.frame} `),
    element('span', { class: 'number' }, String(number)),
    unseen(texts.sheet.named(source.name)),
    thumb,
    caption,
    heard,
  );
  const item = element('li', {}, open, mark.box);
  return {
    item,
    update: (changed) => {
      if (changed.source.kind !== thumb.dataset.kind) {
        const fetched = thumbOf(changed, listing);
        thumb.replaceWith(fetched);
        thumb = fetched;
      }
      const status = statusOf(listing.posters, changed);
      caption.textContent = status.seen;
      heard.textContent = status.heard;
      item.dataset.state = changed.state.kind;
      mark.update();
      if (changed === listing.posters.selected) open.setAttribute('aria-current', 'true');
      else open.removeAttribute('aria-current');
    },
  };
}

export function frames(listing: Listing): PosterList {
  const known = new Map<number, Frame>();
  const root = element('ol', { class: 'frames' });
  return {
    root,
    show: (posters, changed) => {
      const items = posters.map((poster) => {
        const frame = known.get(poster.number) ?? frameOf(poster, listing);
        if (!known.has(poster.number) || changed.has(poster.number)) frame.update(poster);
        known.set(poster.number, frame);
        return frame.item;
      });
      const shown = new Set(posters.map(({ number }) => number));
      for (const number of known.keys()) if (!shown.has(number)) known.delete(number);
      inOrder(root, items);
    },
  };
}
