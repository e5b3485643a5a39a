import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { filesOf, renderMap, sentenceOf } from '../tools/map.ts';
import { rooms } from '../tools/rooms.ts';

const source = fileURLToPath(new URL('../src/', import.meta.url));
const files: string[] = filesOf('');
const order: string[] = rooms.map(({ name }) => name);

function roomOf(path: string): string {
  const [first, ...rest] = path.split('/');
  return rest.length === 0 ? first! : `${first}/`;
}

/** What a file imports, relative to src/; packages by their names, unless only their types. */
function importsOf(path: string): string[] {
  const text = readFileSync(join(source, path), 'utf8').replace(
    /^import type [^;]+ from '[^.][^']*';$/gm,
    '',
  );
  const found = [...text.matchAll(/(?:from|import)\s+'([^']+)'|import\('([^']+)'\)/g)];
  return found.map(([, plain, dynamic]) => {
    const target = (plain ?? dynamic)!;
    return target.startsWith('.') ? relative(source, join(source, dirname(path), target)) : target;
  });
}

/** The same without what it imports only as types. */
function valuesFrom(path: string): string[] {
  const text = readFileSync(join(source, path), 'utf8')
    .replace(/^(?:import|export) type [^;]+;$/gm, '')
    .replace(/\btype \w+,?/g, '');
  const found = [...text.matchAll(/(?:import|export) \{([^}]*)\} from '([^']+)'/g)];
  return found
    .filter(([, names]) => names!.trim() !== '')
    .map(([, , target]) =>
      target!.startsWith('.') ? relative(source, join(source, dirname(path), target!)) : target!,
    );
}

function isOwn(target: string): boolean {
  return target.endsWith('.ts');
}

test('every file and folder of src/ belongs to a room', () => {
  expect(files.filter((path) => !order.includes(roomOf(path)))).toEqual([]);
});

test('a room imports only from rooms above it', () => {
  const wrong = files.flatMap((path) =>
    importsOf(path)
      .filter((target) => isOwn(target) && roomOf(target) !== roomOf(path))
      .filter((target) => order.indexOf(roomOf(target)) > order.indexOf(roomOf(path)))
      .map((target) => `${path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('other rooms are entered by their door, which may be the one for the browser', () => {
  const wrong = files.flatMap((path) =>
    importsOf(path)
      .filter((target) => isOwn(target) && target.includes('/') && roomOf(target) !== roomOf(path))
      .filter((target) => !['index.ts', 'browser.ts'].some((door) => target === roomOf(target) + door))
      .map((target) => `${path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

const webFiles = readdirSync(new URL('../web/', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => join('..', 'web', path));

test('the page enters rooms by their door for the browser, or reads files that are rooms of their own', () => {
  const wrong = webFiles.flatMap((path) =>
    importsOf(path)
      .filter((target) => isOwn(target) && !target.startsWith('..') && target.includes('/'))
      .filter((target) => target !== `${roomOf(target)}browser.ts`)
      .map((target) => `${path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('nothing behind a door for the browser needs Node', () => {
  const seen = new Set(files.filter((path) => path.endsWith('/browser.ts')));
  for (const path of seen) for (const target of valuesFrom(path)) if (isOwn(target)) seen.add(target);
  const needs = [...seen].flatMap((path) =>
    valuesFrom(path)
      .filter((target) => !isOwn(target) && target !== 'zod')
      .map((target) => `${path} imports ${target}`),
  );
  expect(needs).toEqual([]);
});

test('no files go in circles', () => {
  const depths = new Map<string, number>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    if (depths.has(path)) return;
    depths.set(path, trail.length);
    for (const target of importsOf(path)) if (isOwn(target)) visit(target, [...trail, path]);
  };
  for (const path of files) visit(path, []);
  expect(circles).toEqual([]);
});

test.each([
  ['onnxruntime-node', ['graph/engine.ts']],
  ['sharp', ['image/codec.ts']],
])('only one module imports %s', (name, expected) => {
  expect(files.filter((path) => importsOf(path).includes(name))).toEqual(expected);
});

test('only the command line prints, reads the arguments or sets the exit code', () => {
  const pattern = /console\.|process\.(stdout|stderr|argv|exit\b|exitCode)/;
  const wrong = files.filter(
    (path) => roomOf(path) !== 'cli/' && pattern.test(readFileSync(join(source, path), 'utf8')),
  );
  expect(wrong).toEqual([]);
});

test('randomness comes only from the seeded generator', () => {
  expect(files.filter((path) => readFileSync(join(source, path), 'utf8').includes('Math.random'))).toEqual(
    [],
  );
});

test('every file opens with one sentence on what comes in and what goes out', () => {
  expect(files.filter((path) => !sentenceOf(path))).toEqual([]);
});

test('src/README.md is the map of the tree as it stands', () => {
  expect(readFileSync(join(source, 'README.md'), 'utf8')).toBe(renderMap());
});

test('tests mirror src/, web/ and bench/', () => {
  const folders = readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${entry.name}/`);
  const others = ['web/', 'bench/', 'abuse/', 'package/'];
  expect(folders.filter((folder) => !others.includes(folder) && !order.includes(folder))).toEqual([]);
});
