import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { temporaryFolder } from '../model/fixture.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

/** Writes a recipe into a folder that each test has to itself. @returns the path of `<name>.json` */
export async function written(name: string, json: object): Promise<string> {
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify({ name, ...json }));
  return path;
}
