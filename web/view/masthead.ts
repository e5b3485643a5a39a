/** @module The modes there are -> the page's head: its name, the switch between modes, and how the model is. */
import type { Mode } from '../engine.ts';
import type { Host } from '../modes.ts';
import { texts } from '../texts.ts';
import { choices, element } from './element.ts';

export interface Masthead {
  readonly root: HTMLElement;
  /** Says how the mode's model is: on its way, ready, or why not. */
  say(status: string): void;
  /** Explains the mode; without a service behind the page there is no choice. */
  explain(mode: Mode, host: Host): void;
}

export function masthead(onMode: (mode: Mode) => void): Masthead {
  const note = element('p', { class: 'mode-note' });
  const status = element('span', { class: 'status', role: 'status' });
  const place = element('div', { class: 'mode' });
  const root = element(
    'header',
    { class: 'masthead' },
    element('p', { class: 'wordmark' }, texts.name),
    place,
    element('div', { class: 'about' }, note, status),
  );
  const explain = (mode: Mode, host: Host): void => {
    if (host === 'service' && place.childElementCount === 0) {
      const options = (['service', 'private'] as const).map((value) => ({ value, text: texts.mode[value] }));
      place.append(choices(texts.mode.legend, 'mode', options, mode, (value) => onMode(value as Mode)));
    }
    const privateNote = {
      service: texts.mode.privateNote,
      static: texts.mode.staticNote,
      locked: texts.mode.lockedNote,
    };
    note.textContent = mode === 'private' ? privateNote[host] : texts.mode.serviceNote;
  };
  return {
    root,
    explain,
    say: (text) => {
      status.textContent = text;
    },
  };
}
