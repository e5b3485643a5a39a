import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { knownOperators } from '../../src/graph/index.ts';

test('every operator has its one record in one family', async () => {
  const folder = new URL('../../src/graph/rules/', import.meta.url);
  const modules = await Promise.all(readdirSync(folder).map((file) => import(new URL(file, folder).href)));
  const families = modules.flatMap((module: Record<string, object>) =>
    Object.keys(module)
      .filter((name) => name.endsWith('Rules'))
      .map((name) => module[name]!),
  );
  expect(families.flatMap((family) => Object.keys(family)).sort()).toEqual([...knownOperators]);
});
