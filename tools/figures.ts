/** @module Committed JSON -> the figures in README.md: `<!--figure FILE POINTER DIGITS-->...<!--/figure-->`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { root } from './root.ts';

const pattern = /<!--figure (\S+) (\S+) (\d)-->[^<]*<!--\/figure-->/g;

/** The number at a dotted path; `measures.microF1.interval.0` reads an array. */
export function numberAt(file: string, pointer: string): number {
  let value: unknown = JSON.parse(readFileSync(new URL(file, root), 'utf8'));
  for (const key of pointer.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  if (typeof value !== 'number') throw new Error(`${file} has no number at ${pointer}`);
  return value;
}

/** The page with every figure read anew. */
export function withFigures(page: string): string {
  return page.replace(pattern, (_all, file: string, pointer: string, digits: string) => {
    const text = numberAt(file, pointer).toFixed(Number(digits));
    return `<!--figure ${file} ${pointer} ${digits}-->${text}<!--/figure-->`;
  });
}

export function writeFigures(): void {
  const page = new URL('README.md', root);
  writeFileSync(page, withFigures(readFileSync(page, 'utf8')));
}
