/** @module The posters of the sheet -> how often each genre is given, beside how often it is true in the training data. */
import { countsOf } from '../arrangement.ts';
import type { Posters } from '../posters.ts';
import { texts } from '../texts.ts';
import { element } from './element.ts';

function bar(kind: string, share: number, most: number): HTMLElement {
  const made = element('span', { class: kind });
  made.style.inlineSize = `${(100 * share) / most}%`;
  return made;
}

export function countsChart(posters: Posters): { readonly root: HTMLElement; update(): void } {
  const list = element('ol', { class: 'counts' });
  const legend = element('p', { class: 'counts-legend' });
  const root = element(
    'details',
    { class: 'counted', open: true },
    element('summary', {}, texts.counts.label),
    legend,
    list,
  );
  const update = (): void => {
    if (!root.open) return;
    const counts = countsOf(posters);
    const most = Math.max(...counts.flatMap(({ share, training = 0 }) => [share, training]), 0.01);
    const hasTraining = counts.some(({ training }) => training !== undefined);
    legend.replaceChildren(
      element('span', { class: 'given-key' }, texts.counts.given),
      ...(hasTraining ? [element('span', { class: 'training-key' }, texts.counts.training)] : []),
    );
    list.replaceChildren(
      ...counts.map(({ label, count, share, training }) =>
        element(
          'li',
          {},
          element('span', { class: 'label' }, label),
          element(
            'span',
            { class: 'pair', 'aria-hidden': 'true' },
            bar('given-bar', share, most),
            ...(training === undefined ? [] : [bar('training-bar', training, most)]),
          ),
          element('span', { class: 'value' }, texts.counts.value(count, share, training)),
        ),
      ),
    );
  };
  root.addEventListener('toggle', update);
  return { root, update };
}
