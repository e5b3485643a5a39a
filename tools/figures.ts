/** @module A sentence with `{file pointer digits}` in it and committed JSON -> the sentence with its figures. */
import { existsSync, readFileSync } from 'node:fs';
import { root } from './root.ts';

/** All of a committed JSON. */
export function resultAt(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, root), 'utf8'));
}

function valueAt(file: string, pointer: string): unknown {
  let value = resultAt(file);
  for (const key of pointer.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return value;
}

/** The number at a dotted path; `measures.microF1.interval.0` reads an array. */
function numberAt(file: string, pointer: string): number {
  const value = valueAt(file, pointer);
  if (typeof value !== 'number') throw new Error(`${file} has no number at ${pointer}`);
  return value;
}

/** The text at a dotted path. */
export function textAt(file: string, pointer: string): string {
  const value = valueAt(file, pointer);
  if (typeof value !== 'string') throw new Error(`${file} has no text at ${pointer}`);
  return value;
}

const figure = /\{(\S+) (\S+) (\.?)(\d)\}/g;

/** Whether all figures of a sentence are in committed JSON; parts that take long may not have been measured yet. */
export function areMeasured(sentence: string): boolean {
  return [...sentence.matchAll(figure)].every(
    ([, file, pointer]) => existsSync(new URL(file!, root)) && typeof valueAt(file!, pointer!) === 'number',
  );
}

/** `{bench/results/train.json median 2}` becomes `1.02`; a point before the digits, as in `.2`, leaves out the zero. */
export function withFigures(sentence: string): string {
  return sentence.replace(figure, (_all, file: string, pointer: string, point: string, digits: string) => {
    const text = numberAt(file, pointer).toFixed(Number(digits));
    return point === '' ? text : text.replace(/^0\./, '.');
  });
}
