/** @module What was learned -> how good it is on posters that it had not seen, in words and as a table. */
import type { Measured, Taught } from '../teaching/head.ts';
import { texts } from '../texts.ts';
import { element } from './element.ts';

/** @param labels in the order of the measures */
export function taughtResult(labels: readonly string[], taught: Taught): HTMLElement {
  const cells = (measured: Measured): HTMLElement =>
    element('td', {}, texts.teach.measured(measured.hits, measured.of, measured.low, measured.high));
  const head = [texts.teach.label, texts.teach.found, texts.teach.right].map((text) =>
    element('th', { scope: 'col' }, text),
  );
  const rows = labels.map((label, at) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, label),
      cells(taught.found[at]!),
      cells(taught.right[at]!),
    ),
  );
  const { likeliest, mostCommon } = taught;
  return element(
    'div',
    { class: 'learned' },
    element('h3', {}, texts.teach.result(likeliest.hits, likeliest.of)),
    element('p', {}, texts.teach.interval(likeliest.low, likeliest.high, mostCommon.hits / mostCommon.of)),
    element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows)),
    element('p', { class: 'note' }, texts.teach.how),
  );
}
