/** @module All posters -> the contact sheet: small frames with their numbers and genres, one of them selected. */
import type { Poster, Posters } from '../posters.ts';
import { texts } from '../texts.ts';
import { button, element } from './element.ts';
import { focusWayIn } from './intake.ts';

interface Frame {
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly picture: HTMLElement;
  readonly caption: HTMLElement;
  readonly heard: HTMLElement;
}

/** What stands under a frame, and what only a screen reader adds. */
function statusOf(posters: Posters, poster: Poster): { readonly seen: string; readonly heard: string } {
  const { state } = poster;
  if (state.kind === 'waiting' || state.kind === 'working')
    return { seen: texts.sheet[state.kind], heard: '' };
  if (state.kind === 'failed')
    return { seen: texts.sheet.notRead, heard: texts.sheet.because(state.failure.message) };
  return { seen: posters.decidedOf(poster).join(', ') || texts.sheet.nothing, heard: '' };
}

export function contactSheet(posters: Posters): HTMLElement {
  const frames = new Map<number, Frame>();
  const list = element('ol', { class: 'frames' });
  const progress = element('progress', { 'aria-label': texts.sheet.label, value: 0, max: 1 });
  const counter = element('span', { class: 'counter' });
  const removeAll = (): void => {
    posters.remove(posters.all.map(({ number }) => number));
    focusWayIn();
  };
  const clear = button(texts.sheet.clear, removeAll, { class: 'quiet' });
  const bar = element('div', { class: 'edge' }, counter, progress, clear);
  const root = element(
    'section',
    { class: 'sheet', 'aria-label': texts.sheet.label, hidden: true },
    bar,
    list,
  );

  const frameOf = ({ number, source }: Poster): Frame => {
    const picture = element('span', { class: 'thumb' });
    const caption = element('span', { class: 'legend' });
    const open = button('', () => posters.select(number), { class: 'frame' });
    const unseen = (text: string): HTMLElement => element('span', { class: 'unseen' }, text);
    const heard = unseen('');
    open.append(
      unseen(`${texts.sheet.frame} `),
      element('span', { class: 'number' }, String(number)),
      unseen(texts.sheet.named(source.name)),
      picture,
      caption,
      heard,
    );
    const frame = { button: open, picture, caption, heard, item: element('li', {}, open) };
    frames.set(number, frame);
    list.append(frame.item);
    return frame;
  };

  const update = (poster: Poster): void => {
    const frame = frames.get(poster.number) ?? frameOf(poster);
    const { seen, heard } = statusOf(posters, poster);
    if (poster.picture && frame.picture.dataset.of !== poster.picture) {
      const image = element('img', { src: poster.picture, alt: '', loading: 'lazy', decoding: 'async' });
      image.addEventListener('error', () => image.remove());
      frame.picture.dataset.of = poster.picture;
      frame.picture.append(image);
    }
    frame.caption.textContent = seen;
    frame.heard.textContent = heard;
    frame.item.dataset.state = poster.state.kind;
    if (poster === posters.selected) frame.button.setAttribute('aria-current', 'true');
    else frame.button.removeAttribute('aria-current');
  };

  const count = (): void => {
    const all = posters.all;
    const done = all.filter(({ state }) => state.kind === 'done' || state.kind === 'failed').length;
    root.hidden = all.length < 2;
    counter.textContent = texts.sheet.progress(done, all.length);
    progress.max = Math.max(1, all.length);
    progress.value = done;
    progress.hidden = done === all.length;
  };

  posters.onChange((change, number) => {
    if (change === 'removed') {
      frames.get(number)?.item.remove();
      frames.delete(number);
    } else if (change === 'policy' || change === 'selected') {
      for (const poster of posters.all) update(poster);
    } else {
      const poster = posters.find(number);
      if (poster) update(poster);
    }
    count();
  });
  return root;
}
