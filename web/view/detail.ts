/** @module The poster that is looked at -> picture, given genres, policies, bars and downloads. */
import { parsePolicyName } from '../../src/evaluate/browser.ts';
import { csvOf, jsonOf, save } from '../download.ts';
import type { Explanation } from '../explanation.ts';
import type { Poster, Posters } from '../posters.ts';
import { texts } from '../texts.ts';
import { button, choices, element } from './element.ts';
import { type GenreList, genreList } from './genres.ts';
import { focusWayIn } from './intake.ts';
import { type Stage, stage } from './stage.ts';

export interface Detail {
  readonly root: HTMLElement;
}

export function detail(posters: Posters, explanation: Explanation, announce: (text: string) => void): Detail {
  const root = element('section', { class: 'detail', hidden: true });
  let parts:
    | { stage: Stage; genres: GenreList | undefined; heading: HTMLElement; note: HTMLElement }
    | undefined;

  const decide = (poster: Poster): void => {
    if (!parts || poster.state.kind !== 'done') return;
    const policy = posters.policyOf(poster);
    const decided = posters.decidedOf(poster);
    parts.heading.textContent = decided.length > 0 ? decided.join(', ') : texts.detail.undecided;
    parts.heading.toggleAttribute('data-undecided', decided.length === 0);
    parts.note.textContent = texts.policy.explanation(parsePolicyName(policy.name));
    parts.genres?.decide(policy, decided);
  };

  const policyChoices = (poster: Poster): HTMLElement => {
    const named = poster.engine.model.metadata.policies.map(({ name }) => ({
      value: name,
      text: texts.policy.name(parsePolicyName(name)),
    }));
    const chosen = posters.policyOf(poster).name;
    return choices(texts.policy.legend, 'policy', named, chosen, (name) => {
      posters.choosePolicy(name);
      announce(texts.announce.policy(texts.policy.name(parsePolicyName(name)), posters.decidedOf(poster)));
    });
  };

  const downloads = (): HTMLElement => {
    const csv = button(texts.download.csv, () =>
      save(csvOf(posters), `${texts.download.file}.csv`, 'text/csv;charset=utf-8'),
    );
    const json = button(texts.download.json, () =>
      save(jsonOf(posters), `${texts.download.file}.json`, 'application/json'),
    );
    return element(
      'div',
      { class: 'downloads', role: 'group', 'aria-label': texts.download.label },
      element('span', {}, texts.download.label),
      csv,
      json,
    );
  };

  /** What stands beside the picture, by the poster's state. */
  const readingOf = (poster: Poster, heading: HTMLElement, note: HTMLElement) => {
    const { state, engine, picture } = poster;
    if (state.kind === 'failed') {
      heading.textContent = texts.detail.failed;
      return { nodes: [element('p', { class: 'failure' }, state.failure.message)], genres: undefined };
    }
    if (state.kind !== 'done') {
      heading.textContent = state.kind === 'working' ? texts.detail.working : texts.detail.waiting;
      return { nodes: [element('progress', { 'aria-label': texts.detail.working })], genres: undefined };
    }
    const canExplain = picture !== undefined;
    const genres = genreList(engine.model.metadata.genres, state.probabilities, canExplain, (genre) =>
      explanation.toggle(poster, genre),
    );
    const hint = canExplain ? texts.detail.hint : texts.detail.hintNoPicture;
    const nodes = [
      policyChoices(poster),
      note,
      element('p', { class: 'hint' }, hint),
      genres.root,
      downloads(),
    ];
    return { nodes, genres };
  };

  const remove = ({ number }: Poster): void => {
    posters.remove([number]);
    if (posters.selected) root.querySelector<HTMLButtonElement>('.slate button')?.focus();
    else focusWayIn();
  };

  const render = (): void => {
    const poster = posters.selected;
    root.hidden = poster === undefined;
    if (!poster) {
      parts = undefined;
      root.replaceChildren();
      return;
    }
    const { name } = poster.source;
    root.setAttribute('aria-label', texts.detail.label(name));
    const heading = element('h2', { class: 'given', 'data-state': poster.state.kind });
    const note = element('p', { class: 'policy-note' });
    const reading = readingOf(poster, heading, note);
    const picture = stage(poster, explanation, announce, (genre) => parts?.genres?.focus(genre));
    parts = { stage: picture, genres: reading.genres, heading, note };
    const head = element(
      'p',
      { class: 'slate' },
      element('span', { class: 'number', 'aria-hidden': 'true' }, String(poster.number)),
      element('span', { class: 'name' }, name),
      button(texts.detail.remove, () => remove(poster), { class: 'quiet' }),
    );
    root.replaceChildren(picture.root, element('div', { class: 'reading' }, head, heading, ...reading.nodes));
    decide(poster);
    parts.genres?.press(explanation.of(poster)?.genre);
  };

  posters.onChange((change, number) => {
    const poster = posters.selected;
    if (change === 'policy' && poster) decide(poster);
    else if (change === 'selected' || (change === 'state' && number === poster?.number)) render();
  });
  explanation.onChange(() => {
    const poster = posters.selected;
    if (!parts || !poster) return;
    parts.stage.update();
    parts.genres?.press(explanation.of(poster)?.genre);
  });
  return { root };
}
