/** @module The project's own drawings -> small posters to click on, with word of what they are. */
import type { PosterFile } from '../engine.ts';
import { addressOfSample, samplePoster, samples } from '../samples.ts';
import { texts } from '../texts.ts';
import { element } from './element.ts';

/** @param onPoster called with the drawing that was chosen, or told why there is none */
export function samplePosters(
  onPoster: (poster: PosterFile) => void,
  onFailure: (reason: string) => void,
): HTMLElement {
  const items = samples.map((sample) => {
    const picture = element('img', {
      src: addressOfSample(sample),
      alt: texts.samples.alt(sample.title),
      width: 60,
      height: 90,
      loading: 'lazy',
    });
    const choose = element('button', { type: 'button', class: 'sample' }, picture);
    choose.addEventListener('click', () => {
      samplePoster(sample).then(onPoster, (error: unknown) => onFailure(texts.samples.failed(String(error))));
    });
    return element('li', {}, choose);
  });
  return element(
    'div',
    { class: 'samples' },
    element('p', {}, texts.samples.lead),
    element('ul', { 'aria-label': texts.samples.label }, ...items),
    element('p', { class: 'samples-note' }, texts.samples.note),
  );
}
