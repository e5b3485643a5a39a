/** @module Checks that paths become short ids, each for one poster alone. */
import { describe, expect, test } from 'vitest';
import { claimerOf, idsOfNames, isCalledAsFilm, standsForFolder, stemOf } from '../../src/dataset/ids.ts';

test.each([
  ['a/b.c.jpg', 'a/b.c'],
  ['a.JPEG', 'a'],
  ['movie.tbn', 'movie'],
  ['com.plexapp.agents.imdb_0a1b', 'com.plexapp.agents.imdb_0a1b'],
  ['.jpg', '.jpg'],
  ['a/.jpg', 'a/.jpg'],
])('the ending of a picture is left out of %s', (path, stem) => {
  expect(stemOf(path)).toBe(stem);
});

describe('a picture that stands for its folder', () => {
  test.each([
    [
      ['poster.jpg', 'folder.jpg'],
      ['F', 'F/folder'],
    ],
    [
      ['Folder.JPG', 'cover.png'],
      ['F', 'F/cover'],
    ],
    [['movie.tbn'], ['F']],
    [
      ['default.jpg', 'b.jpg'],
      ['F', 'F/b'],
    ],
    [['any-poster.jpg'], ['F']],
    [
      ['F.1995-poster.jpg', 'season01-poster.jpg'],
      ['F', 'F/season01'],
    ],
    [
      ['x-poster.jpg', 'y-poster.jpg'],
      ['F/x', 'F/y'],
    ],
    [
      ['poster.jpg', 'poster.png'],
      ['F', 'F'],
    ],
  ])('of %j claims its name', (names, claims) => {
    expect(names.map(claimerOf('F', 'F', names))).toEqual(claims);
  });

  test('has no name to claim in the folder that ids are relative to', () => {
    const names = ['poster.jpg', 'Heat-poster.jpg'];
    expect(names.map(claimerOf('', undefined, names))).toEqual(['poster', 'Heat']);
  });

  test('is told by its name and that of its folder', () => {
    expect(standsForFolder('poster.jpg', 'anything')).toBe(true);
    expect(standsForFolder('Heat.1995.1080p-poster.jpg', 'Heat (1995)')).toBe(true);
    expect(standsForFolder('Alien-poster.jpg', 'Movies')).toBe(false);
    expect(['Heat (1995)', 'Heat [1995]', 'posters', '1995'].map(isCalledAsFilm)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('idsOfNames', () => {
  test.each([
    [
      ['a.jpg', 'b.png'],
      ['a', 'b'],
    ],
    [
      ['a.jpg', 'a.png', 'a.jpg.png'],
      ['a.jpg', 'a.png', 'a.jpg.png'],
    ],
    [
      ['Heat (1995)/poster.jpg', 'Heat (1995).jpg'],
      ['Heat (1995)/poster.jpg', 'Heat (1995).jpg'],
    ],
    [
      ['x/1.jpg', 'y/1.jpg'],
      ['x/1', 'y/1'],
    ],
    [
      ['Film\\poster.jpg', './a.jpg'],
      ['Film', 'a'],
    ],
    [
      ['a.jpg', 'a.jpg', 'a (2).jpg', 'a.jpg'],
      ['a', 'a (3)', 'a (2)', 'a (4)'],
    ],
    [
      ['https://example.org/a.jpg', 'a.jpg'],
      ['https://example.org/a.jpg', 'a'],
    ],
  ])('names %j', (names, ids) => {
    expect(idsOfNames(names)).toEqual(ids);
  });

  test('never gives two posters one id, whatever they are called', () => {
    const parts = ['a', 'b', 'poster', 'folder', 'a-poster'];
    const endings = ['', '.jpg', '.png', '.jpg.png'];
    const files = parts.flatMap((part) => endings.map((ending) => part + ending));
    const names = [...files, ...parts.flatMap((folder) => files.map((file) => `${folder}-/${file}`))];
    const deep = files.map((file) => `a-/a/${file}`);
    const all = [...names, ...deep, ...files];
    expect(new Set(idsOfNames(all)).size).toBe(all.length);
  });
});
