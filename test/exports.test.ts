import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

function textsOf(folder: string): [path: string, text: string][] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [join(folder, path), readFileSync(join(root, folder, path), 'utf8')]);
}

const texts = ['src', 'web', 'bench', 'tools', 'test'].flatMap(textsOf);

/** What files call the operators, which are taken as a whole: `import { operators as op }`, `import * as op`. */
const spaces = new Set(
  texts.flatMap(([, text]) =>
    [...text.matchAll(/\* as (\w+) from|\boperators as (\w+)/g)].map(([, star, alias]) => (star ?? alias)!),
  ),
);

/** Names that a file takes from others, by `import { a, type B as C } from` or a dynamic import, or hands on. */
function namesTaken(text: string): string[] {
  const lists = text.matchAll(
    /(?:import|export)(?: type)? (?:\w+, )?\{([^}]*)\} from|const \{([^}]*)\} = await import/g,
  );
  const listed = [...lists].flatMap(([, fixed, dynamic]) => (fixed ?? dynamic)!.split(','));
  const names = listed.map(
    (each) =>
      each
        .trim()
        .replace(/^type /, '')
        .split(/ as |:/)[0]!,
  );
  const members = [...text.matchAll(/(?:await import\([^)]*\)\)|import\([^)]*\))\.(\w+)/g)].map(
    ([, name]) => name!,
  );
  // Of a file that is taken as a whole, what is used by its name.
  const whole = [...text.matchAll(/\b(\w+)\.(\w+)/g)].flatMap(([, space, name]) =>
    spaces.has(space!) ? [name!] : [],
  );
  return [...names, ...members, ...whole];
}

test('whatever code a file exports, another file takes', () => {
  const takers = texts.map(([path, text]) => [path, new Set(namesTaken(text))] as const);
  const dead = texts.flatMap(([path, text]) =>
    [...text.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm)]
      .map(([, name]) => name!)
      .filter((name) => !takers.some(([taker, names]) => taker !== path && names.has(name)))
      .map((name) => `${path} exports ${name}`),
  );
  expect(dead).toEqual([]);
});

test('whatever code a door of a room shows, someone outside takes', () => {
  const doors = texts.filter(
    ([path]) => /^src\/\w+\/(index|browser)\.ts$/.test(path) && path !== 'src/server/index.ts',
  );
  const dead = doors.flatMap(([path, text]) => {
    const room = path.slice(0, path.lastIndexOf('/') + 1);
    const taken = new Set(
      texts.filter(([other]) => !other.startsWith(room)).flatMap(([, other]) => namesTaken(other)),
    );
    return [...text.matchAll(/^export \{([^}]*)\} from/gm)]
      .flatMap(([, list]) => list!.split(','))
      .map((each) => each.trim())
      .filter((each) => each !== '' && !each.startsWith('type '))
      .map((each) => each.split(' as ').at(-1)!)
      .filter((name) => !taken.has(name))
      .map((name) => `${path} shows ${name}`);
  });
  expect(dead).toEqual([]);
});
