/** @module A poster's probabilities and a policy -> its genres as bars, each a button that shows where it is seen. */
import type { Policy } from '../../src/evaluate/browser.ts';
import { texts } from '../texts.ts';
import { button, element } from './element.ts';

interface Row {
  readonly genre: number;
  readonly label: string;
  readonly probability: number;
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly line: HTMLElement;
  /** What the decision line says of this genre. */
  readonly rule: HTMLElement;
}

export interface GenreList {
  readonly root: HTMLElement;
  /** Draws the decision lines and marks what is given. */
  decide(policy: Policy, decided: readonly string[]): void;
  /** Marks the genres whose maps are shown. */
  press(genres: readonly number[]): void;
  focus(genre: number): void;
  /** The row of a genre, where something may follow its button. */
  itemOf(genre: number): HTMLElement | undefined;
}

/** Genres that say all, as a rule; the others are a click away. */
const few = 8;

function rowOf(genre: number, label: string, probability: number, canExplain: boolean): Row {
  const line = element('span', { class: 'line' });
  const rule = element('span', { class: 'rule' });
  const fill = element('span', { class: 'fill' });
  fill.style.inlineSize = `${probability * 100}%`;
  const row = element(
    'button',
    { type: 'button', class: 'genre', 'aria-pressed': 'false', disabled: !canExplain },
    element('span', { class: 'label' }, label),
    element('span', { class: 'bar' }, fill, line),
    element('span', { class: 'value' }, texts.genre.value(probability)),
    rule,
  );
  return { genre, label, probability, button: row, line, rule, item: element('li', {}, row) };
}

export function genreList(
  labels: readonly string[],
  probabilities: Float32Array,
  canExplain: boolean,
  onChoose: (genre: number) => void,
): GenreList {
  const rows = labels
    .map((label, genre) => rowOf(genre, label, probabilities[genre]!, canExplain))
    .sort((a, b) => b.probability - a.probability);
  for (const { button: row, genre } of rows) row.addEventListener('click', () => onChoose(genre));
  const note = element('p', { class: 'note', hidden: true });
  const list = element('ol', { class: 'genres', 'aria-label': texts.detail.genres });
  list.append(...rows.map(({ item }) => item));
  let isWhole = false;
  const more = button(
    '',
    () => {
      isWhole = !isWhole;
      shorten();
    },
    { class: 'quiet more' },
  );

  /** The first ones, and all that are given or looked at. */
  const shorten = (): void => {
    const wanted = ({ item, button: row }: Row, rank: number): boolean =>
      rank < few || item.hasAttribute('data-given') || row.getAttribute('aria-pressed') === 'true';
    const shown = rows.filter((row, rank) => {
      row.item.hidden = !isWhole && !wanted(row, rank);
      return !row.item.hidden;
    });
    more.hidden = rows.length <= few;
    more.textContent = isWhole ? texts.genre.fewer : texts.genre.all(rows.length);
    more.setAttribute('aria-expanded', String(isWhole));
    if (!isWhole && shown.length === rows.length) more.hidden = true;
  };

  const decide = (policy: Policy, decided: readonly string[]): void => {
    let reached = false;
    rows.forEach(({ genre, label, probability, item, line, rule }, rank) => {
      const threshold = policy.kind === 'threshold' ? policy.thresholds[genre]! : undefined;
      const given = decided.includes(label);
      if (threshold !== undefined && probability >= threshold) reached = true;
      item.toggleAttribute('data-given', given);
      line.hidden = threshold === undefined || threshold > 1;
      line.style.insetInlineStart = `${Math.min(1, threshold ?? 0) * 100}%`;
      rule.textContent = texts.genre.rule(threshold, given);
      const isLast = policy.kind === 'top' && rank === policy.k - 1;
      if (isLast && policy.kind === 'top') item.dataset.cut = texts.genre.top(policy.k);
      else delete item.dataset.cut;
    });
    list.dataset.kind = policy.kind;
    note.hidden = reached || policy.kind === 'top' || decided.length === 0;
    note.textContent = note.hidden ? '' : texts.genre.fallback(decided[0]!);
    shorten();
  };
  const press = (pressed: readonly number[]): void => {
    for (const { genre, button: row } of rows)
      row.setAttribute('aria-pressed', String(pressed.includes(genre)));
    shorten();
  };
  const rowFor = (wanted: number): Row | undefined => rows.find(({ genre }) => genre === wanted);
  return {
    root: element('div', {}, list, more, note),
    decide,
    press,
    focus: (genre) => rowFor(genre)?.button.focus(),
    itemOf: (genre) => rowFor(genre)?.item,
  };
}
