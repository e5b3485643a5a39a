/** @module The poster that is looked at -> its picture, the map over it, and what the map says in a caption. */
import type { Explanation } from '../explanation.ts';
import type { Poster } from '../posters.ts';
import { texts } from '../texts.ts';
import { button, element } from './element.ts';
import { drawOverlay, saysSomething } from './picture.ts';

export interface Stage {
  readonly root: HTMLElement;
  /** Follows the explanation. */
  update(): void;
}

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
export function stage(
  poster: Poster,
  explanation: Explanation,
  announce: (text: string) => void,
  onHidden: (genre: number) => void,
): Stage {
  const { source, picture, engine } = poster;
  const canvas = element('canvas', { role: 'img', hidden: true });
  const caption = element('figcaption', { class: 'caption' });
  const sheet = element('div', { class: 'picture' });
  if (picture) {
    const image = element('img', { src: picture, alt: texts.detail.poster(source.name) });
    image.addEventListener('load', () => {
      sheet.style.setProperty('--ratio', String(image.naturalWidth / image.naturalHeight));
    });
    image.addEventListener('error', () =>
      image.replaceWith(element('p', { class: 'blank' }, texts.detail.noPreview)),
    );
    sheet.append(image, canvas);
  } else if (source.kind === 'address') {
    sheet.append(
      element('p', { class: 'blank' }, engine.mode === 'service' ? texts.detail.noPicture : source.url),
    );
  }
  let drawnGenre: number | undefined;
  const hide = (genre: number): void => {
    explanation.hide();
    onHidden(genre);
  };

  const showMap = async (genre: number, label: string): Promise<void> => {
    const map = poster.maps.get(genre)!;
    drawnGenre = genre;
    await drawOverlay(canvas, picture!, map);
    if (drawnGenre !== genre) return; // another was chosen meanwhile
    canvas.setAttribute('aria-label', texts.map.picture(label, source.name));
    canvas.hidden = false;
    const says = saysSomething(map);
    const sentence = says ? texts.map.shown(label) : texts.map.nothing(label);
    caption.replaceChildren(
      element('span', {}, sentence),
      ...(says ? [legend()] : []),
      button(texts.map.hide, () => hide(genre), { class: 'quiet' }),
    );
    announce(sentence);
  };

  const update = (): void => {
    const current = explanation.of(poster);
    if (current?.state.kind !== 'shown') {
      drawnGenre = undefined;
      canvas.hidden = true;
    }
    if (!current) {
      caption.replaceChildren();
      return;
    }
    const { genre, state } = current;
    const label = engine.model.metadata.genres[genre]!;
    if (state.kind === 'shown') {
      void showMap(genre, label);
    } else if (state.kind === 'failed') {
      caption.replaceChildren(element('span', { class: 'failure' }, state.failure.message));
      announce(state.failure.message);
    } else {
      const { done, total } = state;
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
          'aria-label': texts.map.shown(label),
          ...(total > 0 && { value: done, max: total }),
        }),
        button(texts.map.cancel, () => hide(genre), { class: 'quiet' }),
      );
    }
  };
  update();
  return { root: element('figure', { class: 'stage' }, sheet, caption), update };
}
