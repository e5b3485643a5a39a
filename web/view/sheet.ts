/** @module All posters -> the contact sheet: a strip, a grid or a table, in an order, with a filter, marks and downloads. */
import { arranged, countsOf, type Filter, type Order, orders } from '../arrangement.ts';
import { csvOf, jsonOf, save } from '../download.ts';
import type { Posters } from '../posters.ts';
import { texts } from '../texts.ts';
import { Thumbnails } from '../thumbnails.ts';
import { countsChart } from './counts.ts';
import { button, choices, element, selection } from './element.ts';
import { frames } from './frames.ts';
import { focusWayIn } from './intake.ts';
import type { Listing, PosterList } from './listed.ts';
import { table } from './table.ts';

const views = ['strip', 'grid', 'table'] as const;
type View = (typeof views)[number];

/** Posters that are drawn at most between two frames of the screen, so that hundreds never hold it up. */
const drawnAtATime = 50;

/** Counter, progress, stop and go on, downloads, clear: what concerns all posters. */
function edgeOf(posters: Posters, viewChoice: HTMLElement): { readonly root: HTMLElement; update(): void } {
  const progress = element('progress', { 'aria-label': texts.sheet.label, value: 0, max: 1 });
  const counter = element('span', { class: 'counter' });
  const left = element('span', { class: 'left' });
  const pause = button('', () => (posters.stopped ? posters.goOn() : posters.stop()), { class: 'quiet' });
  const csv = button(texts.download.csv, () =>
    save(csvOf(posters), `${texts.download.file}.csv`, 'text/csv;charset=utf-8'),
  );
  const json = button(texts.download.json, () =>
    save(jsonOf(posters), `${texts.download.file}.json`, 'application/json'),
  );
  const downloads = element(
    'div',
    { class: 'downloads', role: 'group', 'aria-label': texts.download.label },
    element('span', {}, texts.download.short),
    csv,
    json,
  );
  const removeAll = (): void => {
    posters.remove(posters.all.map(({ number }) => number));
    focusWayIn();
  };
  const clear = button(texts.sheet.clear, removeAll, { class: 'quiet' });
  return {
    root: element('div', { class: 'edge' }, counter, progress, left, pause, viewChoice, downloads, clear),
    update: () => {
      const { done, total, secondsLeft } = posters.progress;
      const isDone = done === total;
      counter.textContent = texts.sheet.progress(done, total);
      progress.max = Math.max(1, total);
      progress.value = done;
      progress.hidden = isDone;
      pause.hidden = isDone;
      pause.textContent = posters.stopped ? texts.sheet.goOn : texts.sheet.stop;
      left.textContent = posters.stopped
        ? texts.sheet.stopped
        : secondsLeft === undefined
          ? ''
          : texts.sheet.left(secondsLeft);
      left.hidden = isDone;
      downloads.hidden = done === 0;
    },
  };
}

export function contactSheet(posters: Posters): HTMLElement {
  const marked = new Set<number>();
  const changed = new Set<number>();
  let view: View = 'strip';
  let order: Order = 'added';
  let filter: Filter = 'all';
  let selected = 0;
  let drawn = 0;
  let isDue = false;

  const due = (): void => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(render);
  };
  const listing: Listing = {
    posters,
    thumbnails: new Thumbnails(),
    marked,
    mark: (number, isMarked) => {
      if (isMarked) marked.add(number);
      else marked.delete(number);
      due();
    },
    open: (number) => {
      posters.select(number);
      // A grid or a table may fill the window: what was asked for is below it.
      if (view !== 'strip') document.querySelector('.detail')?.scrollIntoView({ block: 'start' });
    },
  };
  const chooseOrder = (chosen: Order): void => {
    order = chosen;
    orderChoice.querySelector('select')!.value = chosen;
    due();
  };
  const list = frames(listing);
  const rows = table(listing, chooseOrder);
  const listOf = (): PosterList => (view === 'table' ? rows : list);

  const counts = countsChart(posters);
  const viewChoice = choices(
    texts.sheet.view,
    'view',
    views.map((value) => ({ value, text: texts.sheet.views[value] })),
    view,
    (chosen) => {
      view = chosen as View;
      drawn = 0;
      for (const { number } of posters.all) changed.add(number);
      due();
    },
  );
  const edge = edgeOf(posters, viewChoice);
  const orderChoice = selection(
    texts.sheet.order,
    'order',
    orders.map((value) => ({ value, text: texts.sheet.orders[value] })),
    order,
    (value) => chooseOrder(value as Order),
  );
  const filterChoice = selection(texts.sheet.filter, 'filter', [], 'all', (value) => {
    filter =
      value === 'all' || value === 'undecided' || value === 'failed' ? value : { genre: value.slice(1) };
    due();
  });
  const markAll = button(
    texts.sheet.markAll,
    () => {
      const shown = arranged(posters, order, filter).map(({ number }) => number);
      const isWhole = shown.every((number) => marked.has(number));
      for (const number of shown) {
        changed.add(number);
        if (isWhole) marked.delete(number);
        else marked.add(number);
      }
      due();
    },
    { class: 'quiet' },
  );
  const removeMarked = button('', () => {
    posters.remove([...marked]);
    if (!posters.selected) focusWayIn();
  });
  const nothing = element('p', { class: 'nothing', role: 'status' });
  const tools = element('div', { class: 'tools' }, orderChoice, filterChoice, markAll, removeMarked);
  const root = element(
    'section',
    { class: 'sheet', 'aria-label': texts.sheet.label, hidden: true },
    edge.root,
    tools,
    nothing,
    list.root,
    rows.root,
    counts.root,
  );

  /** Genres are those that are given to a poster of the sheet; keys that are no genre stand without the mark before them. */
  let offered = '';
  const updateFilters = (): void => {
    const given = countsOf(posters).filter(({ count }) => count > 0);
    const failed = posters.all.filter(({ state }) => state.kind === 'failed').length;
    const undecided = arranged(posters, 'added', 'undecided').length;
    const options = [
      { value: 'all', text: texts.sheet.filters.all },
      { value: 'undecided', text: texts.sheet.filters.undecided(undecided) },
      { value: 'failed', text: texts.sheet.filters.failed(failed) },
      ...given.map(({ label, count }) => ({
        value: `=${label}`,
        text: texts.sheet.filters.genre(label, count),
      })),
    ];
    const key = JSON.stringify(options);
    if (key === offered) return;
    offered = key;
    const select = filterChoice.querySelector('select')!;
    const chosen = typeof filter === 'object' ? `=${filter.genre}` : filter;
    select.replaceChildren(
      ...options.map(({ value, text }) => element('option', { value, selected: value === chosen }, text)),
    );
    if (select.value !== chosen) {
      filter = 'all'; // no poster has the genre any more
      select.value = 'all';
    }
  };

  function render(): void {
    isDue = false;
    const isMany = posters.all.length > 1;
    root.hidden = posters.all.length === 0;
    root.dataset.view = view;
    viewChoice.hidden = !isMany;
    tools.hidden = !isMany || view === 'strip';
    counts.root.hidden = tools.hidden;
    list.root.hidden = !isMany || view === 'table';
    rows.root.hidden = view !== 'table' || !isMany;
    edge.update();
    if (!tools.hidden) {
      updateFilters();
      counts.update();
    }
    const isPlain = view === 'strip';
    const wanted = isPlain ? posters.all : arranged(posters, order, filter);
    nothing.textContent = wanted.length === 0 && isMany ? texts.sheet.noneShown : '';
    drawn = Math.min(wanted.length, drawn + drawnAtATime);
    listOf().show(wanted.slice(0, drawn), changed);
    rows.sortedBy(order);
    removeMarked.hidden = marked.size === 0;
    removeMarked.textContent = texts.sheet.removeMarked(marked.size);
    changed.clear();
    if (drawn < wanted.length) due();
  }

  posters.onChange((change, number) => {
    if (change === 'removed') {
      listing.thumbnails.forget(number);
      marked.delete(number);
    } else if (change === 'selected') {
      changed.add(selected).add(number);
      selected = number;
    } else if (change === 'policy') for (const poster of posters.all) changed.add(poster.number);
    else changed.add(number);
    due();
  });
  return root;
}
