/** @module The poster that is looked at -> its picture, and room for maps in its place. */
import type { Poster } from '../posters.ts';
import { texts } from '../texts.ts';
import { element } from './element.ts';

/** @returns the picture's place; empty when the poster could not be read and has no picture that could be shown */
export function stage({ source, picture, engine, state }: Poster): HTMLElement {
  const sheet = element('div', { class: 'picture' });
  if (picture) {
    const image = element('img', { src: picture.href, alt: texts.detail.poster(source.name) });
    image.addEventListener('load', () => {
      sheet.style.setProperty('--ratio', String(image.naturalWidth / image.naturalHeight));
    });
    image.addEventListener('error', () => {
      if (state.kind === 'failed') sheet.remove();
      else image.replaceWith(element('p', { class: 'blank' }, texts.detail.noPreview));
    });
    sheet.append(image);
  } else if (source.kind === 'address' && state.kind !== 'failed') {
    sheet.append(
      element('p', { class: 'blank' }, engine.mode === 'service' ? texts.detail.noPicture : source.url),
    );
  }
  return element('figure', { class: 'stage' }, ...(sheet.childElementCount > 0 ? [sheet] : []));
}
