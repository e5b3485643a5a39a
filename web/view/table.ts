/** @module Posters -> a table: name, genres, how sure that is, or why a poster could not be read. */
import { certaintyOf, type Order } from '../arrangement.ts';
import type { Poster } from '../posters.ts';
import { texts } from '../texts.ts';
import { button, element, inOrder } from './element.ts';
import { type Listing, markOf, type PosterList, statusOf, thumbOf } from './listed.ts';

interface Row {
  readonly item: HTMLTableRowElement;
  update(poster: Poster): void;
}

function rowOf(poster: Poster, listing: Listing): Row {
  const { number, source } = poster;
  const mark = markOf(poster, listing);
  const open = button(source.name, () => listing.open(number), { class: 'open' });
  const genres = element('td', { class: 'row-genres' });
  const sure = element('td', { class: 'row-sure' });
  const item = element(
    'tr',
    {},
    element('td', {}, mark.box),
    element('td', { class: 'row-picture' }, thumbOf(poster, listing)),
    element('th', { scope: 'row' }, open),
    genres,
    sure,
  );
  return {
    item,
    update: (changed) => {
      const { state } = changed;
      const { seen } = statusOf(listing.posters, changed);
      genres.textContent = state.kind === 'failed' ? state.failure.message : seen;
      sure.textContent = state.kind === 'done' ? texts.sheet.sure(certaintyOf(changed)) : '';
      item.dataset.state = state.kind;
      mark.update();
      if (changed === listing.posters.selected) open.setAttribute('aria-current', 'true');
      else open.removeAttribute('aria-current');
    },
  };
}

export interface PosterTable extends PosterList {
  /** Says by which column the rows are ordered. */
  sortedBy(order: Order): void;
}

/** @param onOrder called with the order that a column's head asks for */
export function table(listing: Listing, onOrder: (order: Order) => void): PosterTable {
  const known = new Map<number, Row>();
  const body = element('tbody');
  const heads = (['name', 'genre', 'certainty'] as const).map((order) => ({
    order,
    cell: element(
      'th',
      { scope: 'col' },
      button(texts.sheet.columns[order], () => onOrder(order), { class: 'quiet' }),
    ),
  }));
  const unseen = (text: string) =>
    element('th', { scope: 'col' }, element('span', { class: 'unseen' }, text));
  const row = element('tr', {}, unseen(texts.sheet.columns.mark), unseen(texts.sheet.columns.picture));
  row.append(...heads.map(({ cell }) => cell));
  const root = element(
    'div',
    { class: 'rows' },
    element('table', { 'aria-label': texts.sheet.label }, element('thead', {}, row), body),
  );
  return {
    root,
    sortedBy: (order) => {
      for (const { order: own, cell } of heads) {
        if (own === order) cell.setAttribute('aria-sort', own === 'certainty' ? 'descending' : 'ascending');
        else cell.removeAttribute('aria-sort');
      }
    },
    show: (posters, changed) => {
      const items = posters.map((poster) => {
        const found = known.get(poster.number) ?? rowOf(poster, listing);
        if (!known.has(poster.number) || changed.has(poster.number)) found.update(poster);
        known.set(poster.number, found);
        return found.item;
      });
      const shown = new Set(posters.map(({ number }) => number));
      for (const number of known.keys()) if (!shown.has(number)) known.delete(number);
      inOrder(body, items);
    },
  };
}
