/** @module Where the page comes from: its first question, and what the person chose at an earlier visit. */
import type { Mode } from './engine.ts';

/** Where the choice is kept between visits. */
const key = 'onesheet.mode';

/** The answer of the service behind the page to what models it has; undefined without any answer. */
export const models: Promise<Response | undefined> = fetch(new URL('v1/models', document.baseURI)).catch(
  () => undefined,
);

export function keptMode(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be switched off
  }
}

export function keepMode(mode: Mode): void {
  try {
    localStorage.setItem(key, mode);
  } catch {
    // Without storage the choice lasts for this visit.
  }
}
