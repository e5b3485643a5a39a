import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as door from '../../src/evaluate/index.ts';
import { Random } from '../../src/random.ts';

/** The worked example of each docstring: its lines, and what its last line says that it gives. */
interface Example {
  name: string;
  before: string;
  expression: string;
  result: string;
}

const room = new URL('../../src/evaluate/', import.meta.url);
const scope: Record<string, unknown> = { ...door, Random };

function examplesOf(source: string): Example[] {
  const docstrings = source.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*?@example(?:(?!\*\/)[\s\S])*)\*\/\s*export function (\w+)/g,
  );
  return [...docstrings].map(([, docstring, name]) => {
    const lines = docstring!
      .slice(docstring!.indexOf('@example') + '@example'.length)
      .split('\n')
      .map((line) => line.replace(/^\s*\* ?/, ''));
    const last = lines.findIndex((line) => /;\s*\/\/ /.test(line));
    const [, expression, result] = lines[last]?.match(/^(.*);\s*\/\/ (.*)$/) ?? [];
    return {
      name: name!,
      before: lines.slice(0, last).join('\n'),
      expression: expression!,
      result: result!,
    };
  });
}

const examples = readdirSync(room)
  .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
  .flatMap((file) => examplesOf(readFileSync(new URL(file, room), 'utf8')));

function run(code: string): unknown {
  return new Function(...Object.keys(scope), code)(...Object.values(scope));
}

function numbersOf(value: unknown): number[] {
  return typeof value === 'number' ? [value] : Array.from(value as ArrayLike<number>);
}

test.each(examples)('the worked example of $name gives what it says', ({ before, expression, result }) => {
  const actual = numbersOf(run(`${before}\nreturn ${expression};`));
  const expected = numbersOf(run(`return ${result};`));
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 12);
  });
});

test('every measure has a worked example', () => {
  const measures = Object.keys(door).filter((name) => /(Score|Loss|Error|AtK|Curve)$/.test(name));
  expect(measures.length).toBeGreaterThanOrEqual(16);
  expect(examples.map(({ name }) => name)).toEqual(expect.arrayContaining(measures));
});
