/** @module Checks that a folder is listed as people mean it, once, with an id for each poster, and the rest counted. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ListOptions, listPictures, loadDataset, Naming, Skipped } from '../../src/dataset/index.ts';
import { makeFolder, picture } from './folder.ts';

async function list(folder: string, options: ListOptions = {}) {
  const skipped = new Skipped();
  const found = [];
  for await (const item of listPictures(folder, { ...options, skipped })) found.push(item);
  const posters = found.filter(({ kind }) => kind !== 'artwork');
  return {
    ids: posters.map(({ id }) => id),
    paths: posters.map(({ path }) => path),
    skipped: skipped.counts,
  };
}

describe('what is listed', () => {
  test('leaves out what systems leave behind, and counts it by kind', async () => {
    const folder = await makeFolder({
      'a.jpg': '',
      '._a.jpg': '',
      '.hidden.jpg': '',
      '.cache/b.jpg': '',
      '__MACOSX/a.jpg': '',
      '@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg': '',
      '.actors/Jane_Doe.jpg': '',
      'Thumbs.db': 'cache',
      'b.bmp': 'BM',
    });
    expect(await list(folder)).toEqual({
      ids: ['a'],
      paths: ['a.jpg'],
      skipped: { hidden: 2, macos: 2, system: 1, actors: 1, otherFormat: 1, notPicture: 1 },
    });
  });

  test('takes a file for a picture by its content where its name does not say', async () => {
    const bytes = await picture(1, 40);
    const folder = await makeFolder({
      'posters/com.plexapp.agents.imdb_0a1b': bytes,
      'b.data': bytes,
      'c.data': 'no picture',
      'd.data': '',
      'e.jpg': 'no picture, but called so',
    });
    const { ids, skipped } = await list(folder);
    expect(ids).toEqual(['b.data', 'e', 'posters/com.plexapp.agents.imdb_0a1b']);
    expect(skipped).toEqual({ notPicture: 2 });
  });

  const film = {
    'Heat (1995)/poster.jpg': '',
    'Heat (1995)/fanart.jpg': '',
    'Heat (1995)/Heat-banner.jpg': '',
    'Heat (1995)/disc1.png': '',
    'Heat (1995)/extrafanart/1.jpg': '',
    'set/1.jpg': '',
    'set/logo.jpg': '',
  };

  test('passes over pictures beside a poster where a folder looks like a library', async () => {
    const { ids, skipped } = await list(await makeFolder(film));
    expect(ids).toEqual(['Heat (1995)', 'set/1', 'set/logo']);
    expect(skipped).toEqual({ artwork: 4 });
  });

  test('does so everywhere or nowhere on demand', async () => {
    const folder = await makeFolder(film);
    expect((await list(folder, { library: true })).ids).toEqual(['Heat (1995)', 'set/1']);
    const all = await list(folder, { library: false });
    expect(all.ids).toContain('Heat (1995)/fanart');
    expect(all.ids).toContain('Heat (1995)/extrafanart/1');
    expect(all.skipped).toEqual({});
  });

  test('follows linked folders once, out of no circle, and names links to nothing', async () => {
    const store = await makeFolder({ 'real/p1.jpg': '', 'real/deep/p2.jpg': '' });
    const folder = await makeFolder({ 'own/p3.jpg': '', '.store/p4.jpg': '' });
    await symlink(join(store, 'real'), join(folder, 'a'));
    await symlink(join(store, 'real'), join(folder, 'b'));
    await symlink('own', join(folder, 'alias'));
    await symlink('.store', join(folder, 'shown'));
    await symlink('..', join(folder, 'own', 'up'));
    await symlink('loop.jpg', join(folder, 'loop.jpg'));
    await symlink('gone', join(folder, 'gone'));
    const { ids, skipped } = await list(folder);
    expect(ids).toEqual(['a/deep/p2', 'a/p1', 'loop', 'own/p3', 'shown/p4']);
    expect(skipped).toEqual({ hidden: 1, brokenLink: 1, repeatedFolder: 3 });
  });

  test('is the whole of a folder that is big', async () => {
    const folder = await makeFolder({});
    await mkdir(join(folder, 'x'));
    await Promise.all(Array.from({ length: 2000 }, (_, i) => writeFile(join(folder, 'x', `${i}`), `${i}`)));
    expect((await list(folder)).skipped).toEqual({ notPicture: 2000 });
  });

  test('a missing folder is named', async () => {
    await expect(list('/nowhere/at/all')).rejects.toMatchObject({ code: 'FILE_MISSING' });
  });
});

describe('ids', () => {
  const files = {
    'Heat (1995)/poster.jpg': '',
    'Heat (1995)/folder.jpg': '',
    'Alien/Alien-poster.jpg': '',
    'Brazil/poster.jpg': '',
    'Brazil.jpg': '',
    'Cube/cover.jpg': '',
    'Cube/cover.png': '',
    'deep/Dune (2021)/movie.tbn': '',
    'x/1.jpg': '',
    'y/1.jpg': '',
    'y/1.png': '',
    'poster.jpg': '',
  };
  const expected = [
    ['Alien/Alien-poster.jpg', 'Alien'],
    ['Brazil/poster.jpg', 'Brazil/poster.jpg'],
    ['Brazil.jpg', 'Brazil.jpg'],
    ['Cube/cover.jpg', 'Cube/cover.jpg'],
    ['Cube/cover.png', 'Cube/cover.png'],
    ['Heat (1995)/folder.jpg', 'Heat (1995)/folder'],
    ['Heat (1995)/poster.jpg', 'Heat (1995)'],
    ['deep/Dune (2021)/movie.tbn', 'deep/Dune (2021)'],
    ['poster.jpg', 'poster'],
    ['x/1.jpg', 'x/1'],
    ['y/1.jpg', 'y/1.jpg'],
    ['y/1.png', 'y/1.png'],
  ];

  test('are short, and the whole path where two would be alike', async () => {
    const { ids, paths } = await list(await makeFolder(files));
    expect(paths.map((path, at) => [path, ids[at]]).sort()).toEqual([...expected].sort());
  });

  test('are the same for one picture by itself, and in a data set', async () => {
    const folder = await makeFolder(files);
    const naming = new Naming(folder);
    for (const [path, id] of expected) expect(await naming.idOf(join(folder, path!))).toBe(id);
    const { unlabelled } = await loadDataset({ images: folder });
    expect(unlabelled.map(({ id }) => id).sort()).toEqual(expected.map(([, id]) => id).sort());
  });

  test('are the same from a folder inside, relative to the one around it', async () => {
    const folder = await makeFolder(files);
    for (const inside of ['Brazil', 'Heat (1995)', 'deep']) {
      const { ids, paths } = await list(join(folder, inside), { base: folder });
      const own = expected.filter(([path]) => path!.startsWith(`${inside}/`));
      expect(paths.map((path, at) => [path, ids[at]]).sort()).toEqual(own.sort());
    }
  });

  test('of a film by itself are its folder’s name', async () => {
    const folder = await makeFolder({
      'Heat (1995)/poster.jpg': '',
      'plain/poster.jpg': '',
      'kodi/poster.jpg': '',
      'kodi/a.nfo': '',
    });
    expect((await list(join(folder, 'Heat (1995)'))).ids).toEqual(['Heat (1995)']);
    expect((await list(join(folder, 'plain'))).ids).toEqual(['poster']);
    expect((await list(join(folder, 'kodi'))).ids).toEqual(['kodi']);
  });

  test('of what lies elsewhere or nowhere are whole paths', async () => {
    const folder = await makeFolder({ 'a.jpg': '' });
    const naming = new Naming(join(folder, 'below'));
    expect(await naming.idOf(join(folder, 'a.jpg'))).toBe(`${folder}/a`);
    expect(await naming.idOf(join(folder, 'below', 'gone.jpg'))).toBe('gone');
  });
});
