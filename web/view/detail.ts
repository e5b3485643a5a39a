/** @module The poster that is looked at -> what it is, its picture, given genres, policies and bars. */
import { parsePolicyName } from '../../src/evaluate/browser.ts';
import type { Explanation } from '../explanation.ts';
import type { Poster, Posters } from '../posters.ts';
import { texts } from '../texts.ts';
import { button, element } from './element.ts';
import { type GenreList, genreList } from './genres.ts';
import { type HeardView, heardView } from './heard.ts';
import { focusWayIn } from './intake.ts';
import { type Maps, mapsOf } from './maps.ts';
import { type PolicyChoice, policyChoice } from './policy.ts';
import { stage } from './stage.ts';

export interface Detail {
  readonly root: HTMLElement;
}

/** What is drawn of the selected poster, and follows changes until another is selected. */
interface Parts {
  readonly stage: HTMLElement;
  readonly heading: HTMLElement;
  readonly sure: HTMLElement;
  readonly genres?: GenreList;
  readonly policy?: PolicyChoice;
  readonly maps?: Maps;
  readonly heard?: HeardView;
}

/** Windows in which the picture stands above the genres, not beside them. */
const narrow = matchMedia('(max-width: 48rem)');

export function detail(posters: Posters, explanation: Explanation, announce: (text: string) => void): Detail {
  const root = element('section', { class: 'detail', hidden: true });
  let parts: Parts | undefined;

  const decide = (): void => {
    const poster = posters.selected;
    if (!parts || poster?.state.kind !== 'done') return;
    const policy = posters.policyOf(poster);
    const decided = posters.decidedOf(poster);
    const { genres } = poster.engine.model.metadata;
    const { probabilities } = poster.state;
    parts.heading.textContent = decided.length > 0 ? decided.join(', ') : texts.detail.undecided;
    parts.heading.toggleAttribute('data-undecided', decided.length === 0);
    const all = genres.map((label, genre) => ({ label, probability: probabilities[genre]! }));
    const given = all.filter(({ label }) => decided.includes(label));
    const told = (given.length > 0 ? given : all).sort((a, b) => b.probability - a.probability);
    parts.sure.textContent = texts.sure.sentence(given.length > 0 ? told : told.slice(0, 1));
    parts.policy?.update(policy);
    parts.heard?.update(poster, explanation.of(poster)?.genres.at(-1));
    parts.genres?.decide(policy, decided);
  };

  /** Marks the genres whose maps are shown, and puts the maps where they are looked for: on a phone below the genre. */
  const place = (): void => {
    const poster = posters.selected;
    if (!parts?.maps || !poster) return;
    parts.maps.update();
    const genres = explanation.of(poster)?.genres ?? [];
    parts.genres?.press(genres);
    parts.heard?.update(poster, genres.at(-1));
    const row = narrow.matches ? parts.genres?.itemOf(genres.at(-1) ?? -1) : undefined;
    (row ?? parts.stage).append(parts.maps.root);
    parts.stage.toggleAttribute('data-mapped', genres.length > 0 && !row && !parts.maps.root.hidden);
  };

  const choosePolicy = (name: string): void => {
    posters.choosePolicy(name);
    const poster = posters.selected;
    if (!poster) return;
    const request = parsePolicyName(posters.policyOf(poster).name);
    announce(texts.announce.policy(texts.policy.strength(request), posters.decidedOf(poster)));
  };

  const barsOf = (poster: Poster, probabilities: Float32Array): GenreList =>
    genreList(poster.engine.model.metadata.genres, probabilities, poster.picture !== undefined, (genre) =>
      explanation.toggle(poster, genre),
    );

  /** New bars in place of the old: all else stays, and with it what a person is typing. */
  const hearAgain = (): void => {
    const poster = posters.selected;
    if (!parts?.genres || poster?.state.kind !== 'done') return;
    const genres = barsOf(poster, poster.state.probabilities);
    parts.genres.root.replaceWith(genres.root);
    parts = { ...parts, genres };
    decide();
    place();
  };

  /** What stands below the heading, by the poster's state. */
  const readingOf = (poster: Poster): { nodes: HTMLElement[] } & Partial<Parts> => {
    const { state, engine, picture } = poster;
    if (state.kind === 'failed')
      return { nodes: [element('p', { class: 'failure' }, state.failure.message)] };
    if (state.kind !== 'done')
      return { nodes: [element('progress', { 'aria-label': texts.detail.working })] };
    const canExplain = picture !== undefined;
    const genres = barsOf(poster, state.probabilities);
    const policy = policyChoice(engine.model, posters.policyOf(poster), choosePolicy);
    const heard = heardView(posters, poster);
    const hint = canExplain ? texts.detail.hint : texts.detail.hintNoPicture;
    return {
      nodes: [
        policy.root,
        element('p', { class: 'hint' }, hint),
        genres.root,
        ...(heard ? [heard.root] : []),
      ],
      genres,
      ...(heard && { heard }),
      policy,
      maps: mapsOf(poster, explanation, announce, (genre) => parts?.genres?.focus(genre)),
    };
  };

  const remove = ({ number }: Poster): void => {
    posters.remove([number]);
    if (posters.selected) root.querySelector<HTMLButtonElement>('.slate button')?.focus();
    else focusWayIn();
  };

  const headingOf = ({ state }: Poster): string => {
    if (state.kind === 'failed') return texts.detail.failed;
    return state.kind === 'working' ? texts.detail.working : texts.detail.waiting;
  };

  const render = (): void => {
    const poster = posters.selected;
    root.hidden = poster === undefined;
    if (!poster) {
      parts = undefined;
      root.replaceChildren();
      return;
    }
    const { source, state, number } = poster;
    root.setAttribute('aria-label', texts.detail.label(source.name));
    root.dataset.state = state.kind;
    const { nodes, ...reading } = readingOf(poster);
    const heading = element('h2', { class: 'given', 'data-state': state.kind }, headingOf(poster));
    parts = { stage: stage(poster), heading, sure: element('p', { class: 'sure' }), ...reading };
    const slate = element(
      'p',
      { class: 'slate' },
      element('span', { class: 'number', 'aria-hidden': 'true' }, String(number)),
      element('span', { class: 'name' }, source.name),
      button(texts.detail.remove, () => remove(poster), { class: 'quiet' }),
    );
    const head = element('div', { class: 'verdict' }, slate, heading, parts.sure);
    root.replaceChildren(parts.stage, head, element('div', { class: 'reading' }, ...nodes));
    decide();
    place();
  };

  posters.onChange((change, number) => {
    const poster = posters.selected;
    if (change === 'policy' && poster) decide();
    else if (change === 'heard' && number === poster?.number) hearAgain();
    else if (change === 'selected' || (change === 'state' && number === poster?.number)) render();
  });
  explanation.onChange(place);
  narrow.addEventListener('change', place);
  return { root };
}
