/** @module The maps that are asked for -> the poster under their colours, one or several side by side, with a caption. */
import { strongest } from '../../src/explain/browser.ts';
import type { Explanation } from '../explanation.ts';
import type { Poster } from '../posters.ts';
import { texts } from '../texts.ts';
import { button, element } from './element.ts';
import { drawOverlay, saysSomething } from './picture.ts';

export interface Maps {
  readonly root: HTMLElement;
  /** Follows the explanation. */
  update(): void;
}

/** Longer sides of a map that stands alone and of one among several, in pixels. */
const sides = { alone: 720, beside: 480 };

function legend(): HTMLElement {
  return element(
    'span',
    { class: 'scale', 'aria-hidden': 'true' },
    element('span', {}, texts.map.scaleFrom),
    element('span', { class: 'ramp' }),
    element('span', {}, texts.map.scaleTo),
  );
}

/** @param onHidden called with the genre when a button of the caption, which then is gone, hid or cancelled its map */
export function mapsOf(
  poster: Poster,
  explanation: Explanation,
  announce: (text: string) => void,
  onHidden: (genre: number) => void,
): Maps {
  const { source, picture, engine } = poster;
  const labels = engine.model.metadata.genres;
  const list = element('div', { class: 'canvases' });
  const caption = element('div', { class: 'caption' });
  const root = element('div', { class: 'map' }, list, caption);
  let shown = '';

  const hide = (genre: number): void => {
    explanation.hide();
    onHidden(genre);
  };

  const figureOf = async (genre: number, side: number, most: number): Promise<HTMLElement> => {
    const canvas = element('canvas', {
      role: 'img',
      'aria-label': texts.map.picture(labels[genre]!, source.name),
    });
    await drawOverlay(canvas, picture!.href, poster.maps.get(genre)!, { side, most });
    return element('figure', {}, canvas, element('figcaption', {}, labels[genre]!));
  };

  /** Draws what is new; maps of one unit on one scale. */
  const show = async (genres: readonly number[]): Promise<void> => {
    const key = `${genres} ${explanation.comparing}`;
    if (shown === key) return;
    shown = key;
    const isOneScale = engine.oneScale && genres.length > 1;
    const own = genres.map((genre) => strongest(poster.maps.get(genre)!));
    const side = genres.length === 1 ? sides.alone : sides.beside;
    const figures = await Promise.all(
      genres.map((genre, i) => figureOf(genre, side, isOneScale ? Math.max(...own) : own[i]!)),
    );
    if (shown !== key) return; // others were chosen meanwhile
    list.replaceChildren(...figures);
    list.dataset.count = String(genres.length);
    const says = genres.filter((genre) => saysSomething(poster.maps.get(genre)!));
    const names = (says.length > 0 ? says : genres).map((genre) => labels[genre]!);
    const sentence = says.length > 0 ? texts.map.shown(names) : texts.map.nothing(names);
    const isComparing = explanation.comparing;
    caption.replaceChildren(
      element('span', {}, sentence),
      ...(says.length > 0 ? [legend()] : []),
      ...(isComparing ? [element('span', { class: 'aside' }, texts.map.comparing(engine.oneScale))] : []),
      button(
        isComparing ? texts.map.endComparing : texts.map.compare,
        () => explanation.compare(!isComparing),
        {
          class: 'quiet',
          'aria-pressed': String(isComparing),
        },
      ),
      button(texts.map.hide, () => hide(genres.at(-1)!), { class: 'quiet' }),
    );
    announce(sentence);
  };

  const progressOf = (genre: number, done: number, total: number): void => {
    const label = labels[genre]!;
    const sentence =
      engine.mode === 'service' ? texts.map.asking(label) : texts.map.working(label, done / (total || 1));
    const known = caption.querySelector('progress');
    if (known && total > 0) {
      known.max = total;
      known.value = done;
      caption.querySelector('span')!.textContent = sentence;
      return;
    }
    caption.replaceChildren(
      element('span', {}, sentence),
      element('progress', {
        'aria-label': texts.map.shown([label]),
        ...(total > 0 && { value: done, max: total }),
      }),
      button(texts.map.cancel, () => hide(genre), { class: 'quiet' }),
    );
  };

  const update = (): void => {
    const current = explanation.of(poster);
    root.hidden = current === undefined;
    if (current?.state.kind !== 'shown') {
      shown = '';
      list.replaceChildren();
    }
    if (!current) {
      caption.replaceChildren();
      return;
    }
    const { genres, state } = current;
    if (state.kind === 'shown') void show(genres);
    else if (state.kind === 'working') progressOf(genres.at(-1)!, state.done, state.total);
    else {
      caption.replaceChildren(element('span', { class: 'failure' }, state.failure.message));
      announce(state.failure.message);
    }
  };
  update();
  return { root, update };
}
