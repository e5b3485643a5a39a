/** @module What stands on a poster -> words to read and correct, and how strongly each speaks for the chosen genre. */
import { Failure, type Hears, type Mode, type PosterFile } from '../engine.ts';
import type { Poster, Posters } from '../posters.ts';
import { texts } from '../texts.ts';
import { button, element } from './element.ts';

/** Milliseconds without a keystroke after which a correction is heard. */
const pause = 400;

/** Words that are shown of a genre. */
const mostWords = 12;

export interface HeardView {
  readonly root: HTMLElement;
  /** @param genre that is looked at; without one, the likeliest */
  update(poster: Poster, genre: number | undefined): void;
}

/** What is heard, where, and at what cost. */
function leadOf(mode: Mode, { reading, bytes }: Hears): string {
  const inBrowser = mode === 'private';
  const what = reading ? (inBrowser ? texts.heard.leadPrivate : texts.heard.lead) : texts.heard.leadTold;
  const missing = inBrowser && !reading ? [texts.heard.noReader] : [];
  return [what, ...missing, ...(bytes > 0 ? [texts.heard.bytes(bytes)] : [])].join(' ');
}

/** Nothing for a poster whose engine hears only pictures, or of which the page has no file. */
export function heardView(posters: Posters, { number, engine, source }: Poster): HeardView | undefined {
  const { hears } = engine;
  if (!hears || source.kind !== 'file') return undefined;
  const title = element('input', { type: 'text', class: 'label-name', maxlength: 500 });
  const lines = element('textarea', { rows: 4, maxlength: 4000, spellcheck: 'false' });
  const fields = element(
    'div',
    {},
    element('label', {}, texts.heard.title, title),
    element('label', {}, texts.heard.lines, lines),
    element('p', {}, texts.heard.correct),
  );
  const lead = element('p', {}, leadOf(engine.mode, hears));
  const progress = element('progress', { 'aria-label': texts.heard.reading, hidden: true });
  const problem = element('p', { class: 'failure', role: 'alert' });
  const spokenHead = element('p', {});
  const spoken = element('ul', { class: 'spoken', role: 'list' });
  const how = element('p', {}, texts.heard.how);
  let controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const hear = async (told: { title: string; lines: string[] } | undefined): Promise<void> => {
    controller.abort();
    controller = new AbortController();
    const { signal } = controller;
    progress.hidden = false;
    progress.removeAttribute('value');
    const onProgress = (done: number, total: number): void => {
      if (signal.aborted) return;
      const isLoading = done < total;
      progress.ariaLabel = isLoading ? texts.heard.loading : texts.heard.reading;
      if (isLoading) progress.value = done / total;
      else progress.removeAttribute('value');
    };
    problem.textContent = '';
    try {
      const hearing = await engine.hear!(source as PosterFile, told, { signal, onProgress });
      if (told === undefined) lines.value = hearing.lines.join('\n');
      if (!signal.aborted) posters.hear(number, hearing);
    } catch (error) {
      if (signal.aborted) return;
      problem.textContent = error instanceof Failure ? error.message : String(error);
    }
    progress.hidden = true;
  };
  const correct = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const own = lines.value.split('\n').filter((line) => line.trim() !== '');
      void hear({ title: title.value.trim(), lines: own });
    }, pause);
  };
  title.addEventListener('input', correct);
  lines.addEventListener('input', correct);
  const read = button(texts.heard.read, () => void hear(undefined));
  const root = element(
    'section',
    { class: 'heard', 'aria-label': texts.heard.headline },
    element('h3', {}, texts.heard.headline),
    lead,
    read,
    progress,
    problem,
    fields,
    spokenHead,
    spoken,
    how,
  );

  const update = ({ hearing, state }: Poster, chosen: number | undefined): void => {
    read.hidden = hearing !== undefined || !hears.reading;
    lead.hidden = hearing !== undefined;
    fields.hidden = hearing === undefined && hears.reading;
    for (const part of [spokenHead, spoken, how]) part.hidden = hearing === undefined;
    if (!hearing || state.kind !== 'done') return;
    if (lines.value === '' && document.activeElement !== lines) lines.value = hearing.lines.join('\n');
    if (title.value === '' && document.activeElement !== title) title.value = hearing.title;
    const likeliest = state.probabilities.indexOf(
      state.probabilities.reduce((most, each) => Math.max(most, each)),
    );
    const genre = chosen ?? likeliest;
    const label = engine.model.metadata.genres[genre]!;
    const { picture, words } = hearing.spoken[genre]!;
    spokenHead.textContent = words.length > 0 ? texts.heard.spoken(label) : texts.heard.none(label);
    how.hidden = words.length === 0;
    const all = words.length > 0 ? [{ text: texts.heard.picture, logit: picture }, ...words] : [];
    spoken.replaceChildren(
      ...all
        .slice(0, mostWords + 1)
        .map(({ text, logit }) =>
          element(
            'li',
            { 'data-for': logit > 0 },
            text,
            element('span', { class: 'value' }, texts.heard.weight(logit)),
          ),
        ),
    );
  };
  return { root, update };
}
