/** @module Committed JSON -> the figures in README.md: `<!--figure FILE POINTER DIGITS-->...<!--/figure-->`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const pattern = /<!--figure (\S+) (\S+) (\d)-->[^<]*<!--\/figure-->/g;

/** The number at a dotted path; `measures.microF1.interval.0` reads an array. */
function numberAt(file, pointer) {
  let value = JSON.parse(readFileSync(new URL(file, root), 'utf8'));
  for (const key of pointer.split('.')) value = value?.[key];
  if (typeof value !== 'number') throw new Error(`${file} has no number at ${pointer}`);
  return value;
}

/** The page with every figure read anew. */
export function withFigures(page) {
  return page.replace(pattern, (_all, file, pointer, digits) => {
    const text = numberAt(file, pointer).toFixed(Number(digits));
    return `<!--figure ${file} ${pointer} ${digits}-->${text}<!--/figure-->`;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = new URL('README.md', root);
  writeFileSync(page, withFigures(readFileSync(page, 'utf8')));
}
