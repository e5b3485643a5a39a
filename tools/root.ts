/** @module Nothing -> the folder of the package, wherever this file was compiled to. */
import { existsSync } from 'node:fs';

/** The nearest folder above that has a package.json. */
export const root: URL = (() => {
  for (let folder = new URL('./', import.meta.url); ; folder = new URL('../', folder)) {
    if (existsSync(new URL('package.json', folder))) return folder;
    if (folder.pathname === '/') throw new Error('No package.json lies above the tools.');
  }
})();
