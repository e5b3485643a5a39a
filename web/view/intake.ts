/** @module Every way in: drop, paste, pick, camera and address -> files and addresses. */
import { describeSkipped, type SkipCounts } from '../../src/dataset/browser.ts';
import { mediaTypes } from '../../src/image/browser.ts';
import type { PosterSource } from '../engine.ts';
import { addressOf } from '../fetch.ts';
import { transferred } from '../files.ts';
import { texts } from '../texts.ts';
import { takePicture } from './camera.ts';
import { button, element } from './element.ts';
import { samplePosters } from './samples.ts';

export interface Intake {
  readonly root: HTMLElement;
  /** Whether addresses are taken. */
  allowAddresses(allowed: boolean): void;
}

/** Formats that are read; a phone then hands over a JPEG instead of HEIC. */
const accepted = Object.values(mediaTypes).join(',');

/** Where the keyboard goes when what it stood on is gone and there is nothing else. */
export function focusWayIn(): void {
  document.querySelector<HTMLInputElement>('.intake input[type=file]')?.focus();
}

/** @param teach opens what is taught beside what is read */
export function intake(
  teach: HTMLElement,
  onPosters: (sources: readonly PosterSource[]) => Promise<void>,
): Intake {
  const note = element('p', { class: 'problem', role: 'status' });
  const problem = element('p', { class: 'problem failure', role: 'alert' });
  const input = element('input', { type: 'file', multiple: true, accept: accepted });
  const address = element('input', {
    type: 'url',
    'aria-label': texts.intake.address,
    placeholder: texts.intake.addressExample,
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const form = element(
    'form',
    { class: 'address', novalidate: true },
    address,
    element('button', {}, texts.intake.fetch),
  );

  const take = (sources: readonly PosterSource[]): void => {
    problem.textContent = sources.length === 0 ? texts.errors.nothingToRead : '';
    if (sources.length === 0) return;
    onPosters(sources).catch((error: unknown) => {
      problem.textContent = error instanceof Error ? error.message : String(error);
    });
  };
  const takeFiles = (files: readonly Blob[], fallback: string): void =>
    take(
      files.map((blob) => ({ kind: 'file', blob, name: (blob instanceof File && blob.name) || fallback })),
    );
  const tellSkipped = (skipped: SkipCounts): void => {
    const words = describeSkipped(skipped);
    note.textContent = words === '' ? '' : texts.intake.passedOver(words);
  };
  /** @returns whether it was an address */
  const takeAddress = (text: string): boolean => {
    try {
      take([addressOf(text)]);
      return true;
    } catch (error) {
      problem.textContent = (error as Error).message;
      return false;
    }
  };
  const takeTransfer = async (transfer: DataTransfer): Promise<void> => {
    const { files, skipped, text } = await transferred(transfer);
    tellSkipped(skipped.counts);
    if (files.length > 0)
      take(files.map(({ name, blob }) => ({ kind: 'file', blob, name: name || texts.intake.pasted })));
    else if (text !== undefined && !form.hidden) takeAddress(text);
    else take([]);
  };

  input.addEventListener('change', () => {
    if (input.files?.length) takeFiles([...input.files], texts.intake.pasted);
    input.value = ''; // the same file may be chosen again
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (takeAddress(address.value)) address.value = '';
  });
  const camera = button(texts.intake.camera, () => {
    takePicture()
      .then((picture) => picture && takeFiles([picture], texts.intake.photograph))
      .catch(() => {
        problem.textContent = texts.camera.refused;
      });
  });

  let depth = 0;
  const drag = (change: number): void => {
    depth = Math.max(0, depth + change);
    document.body.toggleAttribute('data-dragging', depth > 0);
  };
  addEventListener('dragenter', () => drag(1));
  addEventListener('dragleave', () => drag(-1));
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    drag(-depth);
    // What is taught takes what is dropped on it.
    if (event.target instanceof Element && event.target.closest('[data-drop]')) return;
    if (event.dataTransfer) void takeTransfer(event.dataTransfer);
  });
  addEventListener('paste', (event) => {
    const inField = event.target instanceof HTMLInputElement && event.target.type === 'url';
    if (event.clipboardData && (!inField || event.clipboardData.files.length > 0)) {
      event.preventDefault();
      void takeTransfer(event.clipboardData);
    }
  });

  const sheet = element(
    'label',
    { class: 'blank-sheet' },
    element('span', { class: 'marks', 'aria-hidden': 'true' }),
    element('span', { class: 'drop', 'data-dragging': texts.intake.dropNow }, texts.intake.drop),
    element('span', { class: 'paste' }, texts.intake.paste),
    element('span', { class: 'pick' }, texts.intake.choose),
    input,
  );
  const beside = element('div', { class: 'beside' }, camera, teach);
  const ways = element('div', { class: 'ways' }, beside, form);
  const drawings = samplePosters(
    (poster) => take([poster]),
    (reason) => {
      problem.textContent = reason;
    },
  );
  const root = element(
    'section',
    { class: 'intake', 'aria-label': texts.intake.label },
    sheet,
    ways,
    drawings,
    problem,
    note,
  );
  return {
    root,
    allowAddresses: (allowed) => {
      form.hidden = !allowed;
    },
  };
}
