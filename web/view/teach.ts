/** @module A person's own genres and posters of each -> a head that is learned in the browser, tried and saved. */
import { save } from '../download.ts';
import { type Engine, Failure } from '../engine.ts';
import type { PrivateEngine } from '../private/engine.ts';
import { bounds, Collection, type Label } from '../teaching/collection.ts';
import { TaughtEngine } from '../teaching/engine.ts';
import { type TaughtModel, taughtModel } from '../teaching/file.ts';
import { texts } from '../texts.ts';
import { button, element } from './element.ts';
import { type LabelCard, labelCard } from './labelCard.ts';
import { taughtResult } from './taught.ts';

/**
 * @param network opens private mode, whose network is taught
 * @param onEngine called with the engine that gives the person's genres, and with nothing when the page's own are wanted again
 */
export function teaching(
  network: () => Promise<PrivateEngine>,
  onEngine: (engine: Engine | undefined) => void,
): { readonly root: HTMLElement; readonly opener: HTMLButtonElement } {
  const collection = new Collection();
  const cards = new Map<Label, LabelCard>();
  const list = element('ol', { class: 'lessons' });
  const hint = element('p', { class: 'hint', role: 'status' });
  const problem = element('p', { class: 'failure', role: 'alert' });
  const progress = element('progress', { 'aria-label': texts.teach.learning, hidden: true });
  const result = element('div', { 'aria-live': 'polite' });
  let learning = false;

  let isUsed = false;

  const useEngine = (own: Engine | undefined): void => {
    if (isUsed || own) onEngine(own);
    isUsed = own !== undefined;
  };
  /** What was learned is no longer what there is to learn from. */
  const forget = (): void => {
    result.replaceChildren();
    useEngine(undefined);
  };
  const follow = (): void => {
    const { missing } = collection;
    learn.disabled = missing !== undefined || learning;
    another.hidden = collection.labels.length >= bounds.mostLabels;
    hint.textContent =
      missing === undefined ? texts.teach.ready(collection.posters.size) : texts.teach.missing(missing);
  };
  const changed = (): void => {
    forget();
    follow();
  };
  const addLabel = (): LabelCard => {
    const label = collection.add();
    const card = labelCard(
      label,
      collection.labels.length,
      (posters) => {
        void collection.put(label, posters).then(() => {
          card.update();
          changed();
        });
      },
      changed,
      () => {
        collection.remove(label);
        cards.delete(label);
        card.root.remove();
        changed();
      },
    );
    cards.set(label, card);
    list.append(card.root);
    changed();
    return card;
  };

  /** Features of every poster; those that cannot be read are dropped and named. */
  const look = async (engine: PrivateEngine): Promise<Map<string, Float32Array>> => {
    const features = new Map<string, Float32Array>();
    const failed = new Map<string, string>();
    const posters = [...collection.posters];
    progress.max = posters.length;
    for (const [at, [hash, poster]] of posters.entries()) {
      progress.value = at;
      await engine.features(poster).then(
        (found) => features.set(hash, found),
        (error: unknown) => failed.set(hash, error instanceof Error ? error.message : String(error)),
      );
    }
    collection.drop(failed.keys());
    for (const card of cards.values()) card.update();
    problem.textContent = failed.size === 0 ? '' : texts.teach.unreadable([...failed.values()]);
    return features;
  };

  const finish = (engine: PrivateEngine, model: TaughtModel, own: TaughtEngine): HTMLElement => {
    const use = button(texts.teach.use, () => {
      useEngine(isUsed ? undefined : own);
      use.setAttribute('aria-pressed', String(isUsed));
      use.textContent = isUsed ? texts.teach.useOwn : texts.teach.use;
    });
    use.setAttribute('aria-pressed', 'false');
    const file = `${model.metadata.name}.onnx`;
    const keep = button(
      texts.teach.save(model.bytes.length),
      () => save(model.bytes, file, 'application/octet-stream'),
      { class: 'primary' },
    );
    return element(
      'div',
      { class: 'buttons' },
      keep,
      use,
      element('p', { class: 'note' }, texts.teach.saved(engine.facts.name, file)),
    );
  };

  const work = async (): Promise<void> => {
    const engine = await network();
    const features = await look(engine);
    if (collection.missing !== undefined) return;
    const labels = collection.labels.map(({ name: own }) => own.trim());
    const taught = await engine.teach(collection.lessonOf(features), (done, total) => {
      progress.max = total;
      progress.value = done;
    });
    const course = {
      name: modelName.value.trim() || texts.teach.defaultName,
      labels,
      posters: [...features.keys()].map((hash) => ({ hash, labels: collection.labelsOf(hash) })),
    };
    const model = await taughtModel(await engine.modelFile(), engine.facts, course, taught);
    const own = new TaughtEngine(engine, taught.head, model.id, model.metadata);
    result.replaceChildren(taughtResult(labels, taught), finish(engine, model, own));
  };
  const modelName = element('input', {
    type: 'text',
    class: 'label-name',
    maxlength: 60,
    pattern: '[\\w.\\-]+',
    placeholder: texts.teach.defaultName,
    'aria-label': texts.teach.modelName,
  });
  const learn = button(
    texts.teach.learn,
    () => {
      learning = true;
      progress.hidden = false;
      problem.textContent = '';
      forget();
      follow();
      work()
        .catch((error: unknown) => {
          problem.textContent =
            error instanceof Failure ? error.message : texts.errors.privateFailed(String(error));
        })
        .finally(() => {
          learning = false;
          progress.hidden = true;
          follow();
        });
    },
    { class: 'primary' },
  );
  const another = button(texts.teach.another, () => {
    addLabel().root.querySelector('input')?.focus();
  });
  const opener = button(texts.teach.open, () => {
    root.hidden = !root.hidden;
    opener.setAttribute('aria-expanded', String(!root.hidden));
    document.body.toggleAttribute('data-teaching', !root.hidden);
    if (!root.hidden) root.querySelector('input')?.focus();
  });
  opener.setAttribute('aria-expanded', 'false');
  const root = element(
    'section',
    { class: 'teach', 'aria-label': texts.teach.open, hidden: true },
    element('h2', {}, texts.teach.headline),
    element('p', {}, texts.teach.lead(bounds.fewestPosters)),
    list,
    another,
    element('div', { class: 'buttons' }, learn, modelName),
    hint,
    progress,
    problem,
    result,
  );
  for (let at = 0; at < bounds.fewestLabels; at++) addLabel();
  return { root, opener };
}
