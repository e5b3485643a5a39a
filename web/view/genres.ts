/** @module A poster's probabilities and a policy -> its genres as bars, each a button that shows where it is seen. */
import type { Policy } from '../../src/evaluate/browser.ts';
import { texts } from '../texts.ts';
import { element } from './element.ts';

interface Row {
  readonly genre: number;
  readonly label: string;
  readonly probability: number;
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly line: HTMLElement;
  /** What only a screen reader adds. */
  readonly heard: HTMLElement;
}

export interface GenreList {
  readonly root: HTMLElement;
  /** Draws the decision line and marks what is given. */
  decide(policy: Policy, decided: readonly string[]): void;
  /** Marks the genre whose map is shown. */
  press(genre: number | undefined): void;
  focus(genre: number): void;
}

function rowOf(genre: number, label: string, probability: number, canExplain: boolean): Row {
  const line = element('span', { class: 'line' });
  const heard = element('span', { class: 'unseen' });
  const fill = element('span', { class: 'fill' });
  fill.style.inlineSize = `${probability * 100}%`;
  const button = element(
    'button',
    { type: 'button', class: 'genre', 'aria-pressed': 'false', disabled: !canExplain },
    element('span', { class: 'label' }, label),
    element('span', { class: 'bar' }, fill, line),
    element('span', { class: 'value' }, texts.genre.value(probability)),
    heard,
  );
  return { genre, label, probability, button, line, heard, item: element('li', {}, button) };
}

/** The line of a genre under a policy; none where the policy ranks, or never gives the genre. */
function lineOf(policy: Policy, genre: number): number | undefined {
  const threshold = policy.kind === 'threshold' ? policy.thresholds[genre]! : 2;
  return threshold <= 1 ? threshold : undefined;
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
  for (const { button, genre } of rows) button.addEventListener('click', () => onChoose(genre));
  const note = element('p', { class: 'note', hidden: true });
  const list = element('ol', { class: 'genres', 'aria-label': texts.detail.genres });
  list.append(...rows.map(({ item }) => item));

  const decide = (policy: Policy, decided: readonly string[]): void => {
    let reached = false;
    rows.forEach(({ genre, label, probability, item, line, heard }, rank) => {
      const threshold = lineOf(policy, genre);
      const given = decided.includes(label);
      if (threshold !== undefined && probability >= threshold) reached = true;
      item.toggleAttribute('data-given', given);
      line.hidden = threshold === undefined;
      line.style.insetInlineStart = `${(threshold ?? 0) * 100}%`;
      heard.textContent = texts.genre.rest(threshold, given);
      const isLast = policy.kind === 'top' && rank === policy.k - 1;
      if (isLast && policy.kind === 'top') item.dataset.cut = texts.genre.top(policy.k);
      else delete item.dataset.cut;
    });
    note.hidden = reached || policy.kind === 'top' || decided.length === 0;
    note.textContent = note.hidden ? '' : texts.genre.fallback(decided[0]!);
  };
  const press = (pressed: number | undefined): void => {
    for (const { genre, button } of rows) button.setAttribute('aria-pressed', String(genre === pressed));
  };
  const focus = (focused: number): void => rows.find(({ genre }) => genre === focused)?.button.focus();
  return { root: element('div', {}, list, note), decide, press, focus };
}
