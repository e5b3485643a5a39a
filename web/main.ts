/** @module The page: its parts, put together. */
import type { Engine } from './engine.ts';
import { Explanation } from './explanation.ts';
import { Modes } from './modes.ts';
import { keepOffline } from './offline.ts';
import { Posters } from './posters.ts';
import { PrivateEngine } from './private/engine.ts';
import { texts } from './texts.ts';
import { detail } from './view/detail.ts';
import { element } from './view/element.ts';
import { intake } from './view/intake.ts';
import { masthead } from './view/masthead.ts';
import { contactSheet } from './view/sheet.ts';
import { teaching } from './view/teach.ts';

const posters = new Posters();
const explanation = new Explanation();

const live = element('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
const announce = (text: string): void => {
  live.textContent = text;
};

const head = masthead((mode) => modes.choose(mode));
/** Gives a person's own genres, where they are wanted. */
let taught: Engine | undefined;
const school = teaching(
  () => modes.privateEngine(),
  (engine) => {
    taught = engine;
    void modes.engine().then(
      (usual) => roll(engine ?? usual),
      () => undefined,
    );
  },
);

const ways = intake(school.opener, async (sources) => {
  const engine = taught ?? (await modes.engine());
  announce(texts.announce.added(sources.length));
  posters.add(sources, engine);
});
const credits = element('footer', { class: 'credits' });
const modes = new Modes(
  head,
  (engine, takesAddresses) => {
    ways.allowAddresses(takesAddresses);
    roll(engine);
  },
  keepOffline,
);

/** The billing block: what reads the posters, as a poster names those who made the film. */
function roll(engine: Engine): void {
  const lines = [
    texts.credits.model(engine.model.id),
    texts.credits.genres(engine.model.metadata.genres.length),
    ...(engine instanceof PrivateEngine
      ? [texts.credits.training(engine.facts.provenance.trainingPosters)]
      : []),
    texts.credits.where(engine.mode),
  ];
  credits.replaceChildren(
    element('p', { class: 'billing' }, ...lines.map((line) => element('span', {}, line))),
    element('p', {}, texts.credits.caution),
  );
}

/** Says what was read: each poster while there are few, all of them together at the end. */
const few = 3;
posters.onChange((change, number) => {
  document.body.toggleAttribute('data-filled', posters.all.length > 0);
  if (change === 'selected') explanation.hide();
  if (change === 'removed' && posters.all.length === 0) announce(texts.announce.cleared);
  const poster = posters.find(number);
  if (change !== 'state' || !poster) return;
  const { done, total } = posters.progress;
  if (total > few) {
    if (done < total) return;
    const failed = posters.all.filter(({ state }) => state.kind === 'failed').length;
    announce(texts.announce.finished(done - failed, failed));
  } else if (poster.state.kind === 'done') {
    announce(texts.announce.read(poster.source.name, posters.decidedOf(poster)));
  } else if (poster.state.kind === 'failed') {
    announce(texts.announce.failed(poster.source.name, poster.state.failure.message));
  }
});

const lead = element(
  'div',
  { class: 'lead' },
  element('h1', {}, texts.headline),
  element('p', {}, texts.lead),
);
const main = element(
  'main',
  {},
  element('div', { class: 'opening' }, lead, ways.root),
  school.root,
  contactSheet(posters),
  detail(posters, explanation, announce).root,
);
document.body.append(head.root, main, credits, live);
