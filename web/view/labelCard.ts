/** @module A label of a person's own -> a card: its name, its posters, and ways to add to them. */
import { mediaTypes } from '../../src/image/browser.ts';
import type { PosterFile } from '../engine.ts';
import { transferred } from '../files.ts';
import { bounds, type Label } from '../teaching/collection.ts';
import { texts } from '../texts.ts';
import { button, element } from './element.ts';

/** Posters of a label whose pictures are shown. */
const mostShown = 12;

export interface LabelCard {
  readonly root: HTMLElement;
  update(): void;
}

/** @param onChange called when its name or the number of labels changes */
export function labelCard(
  label: Label,
  number: number,
  onPosters: (posters: readonly PosterFile[]) => void,
  onChange: () => void,
  onRemove: () => void,
): LabelCard {
  const name = element('input', {
    type: 'text',
    class: 'label-name',
    maxlength: 60,
    value: label.name,
    placeholder: texts.teach.example(number),
    'aria-label': texts.teach.labelName(number),
  });
  name.addEventListener('input', () => {
    label.name = name.value;
    onChange();
  });
  const input = element('input', {
    type: 'file',
    multiple: true,
    accept: Object.values(mediaTypes).join(','),
    'aria-label': texts.teach.addTo(number),
  });
  const take = (files: readonly { name: string; blob: Blob }[]): void =>
    onPosters(files.map(({ name: own, blob }) => ({ kind: 'file', name: own, blob })));
  input.addEventListener('change', () => {
    take([...(input.files ?? [])].map((blob) => ({ name: blob.name, blob })));
    input.value = '';
  });
  const count = element('p', { class: 'count', role: 'status' });
  const pictures = element('div', { class: 'taught', 'aria-hidden': 'true' });
  const remove = button(texts.teach.removeLabel, onRemove, { class: 'quiet' });
  const root = element(
    'li',
    { class: 'lesson', 'data-drop': true },
    name,
    element('label', { class: 'add' }, element('span', {}, texts.teach.add), input),
    count,
    pictures,
    remove,
  );
  root.addEventListener('drop', (event) => {
    event.preventDefault();
    if (event.dataTransfer) void transferred(event.dataTransfer).then(({ files }) => take(files));
  });
  const addresses: string[] = [];
  const update = (): void => {
    count.textContent = texts.teach.count(label.posters.size, bounds.fewestPosters);
    for (const address of addresses.splice(0)) URL.revokeObjectURL(address);
    const shown = [...label.posters.values()].slice(0, mostShown);
    pictures.replaceChildren(
      ...shown.map(({ blob }) => {
        const src = URL.createObjectURL(blob);
        addresses.push(src);
        return element('img', { src, alt: '', loading: 'lazy', decoding: 'async' });
      }),
    );
  };
  update();
  return { root, update };
}
