/** @module A sentence with `{file pointer digits}` in it and committed JSON -> the sentence with its figures. */
import { readFileSync } from 'node:fs';
import { root } from './root.ts';

/** The number at a dotted path; `measures.microF1.interval.0` reads an array. */
function numberAt(file: string, pointer: string): number {
  let value: unknown = JSON.parse(readFileSync(new URL(file, root), 'utf8'));
  for (const key of pointer.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  if (typeof value !== 'number') throw new Error(`${file} has no number at ${pointer}`);
  return value;
}

/** `{bench/results/train.json median 2}` becomes `1.02`; a point before the digits, as in `.2`, leaves out the zero. */
export function withFigures(sentence: string): string {
  return sentence.replace(
    /\{(\S+) (\S+) (\.?)(\d)\}/g,
    (_all, file: string, pointer: string, point: string, digits: string) => {
      const text = numberAt(file, pointer).toFixed(Number(digits));
      return point === '' ? text : text.replace(/^0\./, '.');
    },
  );
}
