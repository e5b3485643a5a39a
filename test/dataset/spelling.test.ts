/** @module Checks that a genre's names become one, that joined names are taken apart, and that what is left is reported. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditDataset, type LoadOptions, loadDataset, readGenreNames } from '../../src/dataset/index.ts';
import { separateGenres } from '../../src/dataset/joinedGenres.ts';
import { findLookAlikes } from '../../src/dataset/lookAlikes.ts';
import { GenreVocabulary } from '../../src/dataset/vocabulary.ts';
import { makeFolder } from './folder.ts';

const vocabulary = new GenreVocabulary();

async function loadLists(lists: readonly string[], options: LoadOptions = {}) {
  const rows = lists.map((genres, at) => `${JSON.stringify({ id: `p${at}`, genres })}\n`);
  const images = Object.fromEntries(lists.map((_, at) => [`p${at}.jpg`, '']));
  const folder = await makeFolder({ 't.jsonl': rows.join(''), ...images });
  return loadDataset({ data: join(folder, 't.jsonl'), ...options });
}

describe('GenreVocabulary', () => {
  test.each([
    ['Science Fiction', ['sci-fi', 'SciFi', 'Sci\u2011Fi', 'SCIENCE-FICTION', 'sci fi', 'Sci-Fi.']],
    ['Reality-TV', ['Reality', 'reality tv']],
    ['Talk-Show', ['Talk', 'talk show']],
    ["Children's", ['Children', 'kids', 'Children\u2019s']],
    ['Sci-Fi & Fantasy', ['Science Fiction and Fantasy', 'sci-fi & fantasy']],
    ['Isekai', ['isekai', 'ISEKAI.']],
    ['Café', ['Cafe\u0301']],
  ])('folds the names of %s', (name, others) => {
    for (const other of others) expect(vocabulary.keyOf(other)).toBe(vocabulary.keyOf(name));
  });

  test.each([
    ['Music', 'Musical'],
    ['Family', 'Children'],
    ['Action', 'Action & Adventure'],
    ['Sci-Fi', 'Sci-Fi & Fantasy'],
    ['Short', 'Sport'],
    ['Drama', 'Dramа'],
  ])('keeps %s and %s two genres', (one, other) => {
    expect(vocabulary.keyOf(one)).not.toBe(vocabulary.keyOf(other));
  });
});

describe('one spelling for each genre', () => {
  test('is the one of most rows', async () => {
    const dataset = await loadLists([
      'drama|Sci-Fi',
      'Drama|Science Fiction',
      'Drama|DRAMA',
      'Science Fiction',
    ]);
    expect([...dataset.genreCounts.keys()]).toEqual(['Drama', 'Science Fiction']);
    expect(dataset.labelled.map(({ genres }) => genres)).toEqual([
      ['Drama', 'Science Fiction'],
      ['Drama', 'Science Fiction'],
      ['Drama'],
      ['Science Fiction'],
    ]);
    expect(dataset.findings.spellings).toContainEqual({
      genre: 'Drama',
      names: [
        { name: 'Drama', rows: 2 },
        { name: 'drama', rows: 1 },
        { name: 'DRAMA', rows: 1 },
      ],
    });
  });

  test('is the label of a model, and else the one that the user gives', async () => {
    const genreNames = { Suspense: ['Thriller', '53'] };
    const lists = ['53|scifi', 'thriller', 'Suspense|drama'];
    const byUser = await loadLists(lists, { genreNames });
    expect([...byUser.genreCounts]).toEqual([
      ['Suspense', 3],
      ['drama', 1],
      ['scifi', 1],
    ]);
    const labels = ['Drama', 'Sci-Fi', 'Thriller'];
    const byModel = await loadLists(lists, { genreNames, labels });
    expect([...byModel.genreCounts.keys()]).toEqual(['Thriller', 'Drama', 'Sci-Fi']);
  });

  test('leaves two labels that a model has for one genre as they are', async () => {
    const { labelled } = await loadLists(['Sci-Fi', 'SciFi'], { labels: ['Sci-Fi', 'SciFi'] });
    expect(labelled.map(({ genres }) => genres)).toEqual([['Sci-Fi'], ['SciFi']]);
  });

  test('of the user is read from a file, or refused with what was expected', async () => {
    const folder = await makeFolder({ 'names.json': '{"Suspense": ["Thriller"]}' });
    expect(await readGenreNames(join(folder, 'names.json'))).toEqual({ Suspense: ['Thriller'] });
    await writeFile(join(folder, 'names.json'), '{"Suspense": "Thriller"}');
    await expect(readGenreNames(join(folder, 'names.json'))).rejects.toThrow('each with its other names');
    await writeFile(join(folder, 'names.json'), '{');
    await expect(readGenreNames(join(folder, 'names.json'))).rejects.toThrow('no JSON');
  });
});

describe('names that are several genres', () => {
  const separate = (...lists: string[][]) => separateGenres(lists, vocabulary);

  test.each([
    ['Action / Adventure', ['Action', 'Adventure']],
    ['Drama/Romance', ['Drama', 'Romance']],
    ['Sci-Fi, Fantasy', ['Sci-Fi', 'Fantasy']],
    ['Action / Isekai', ['Action', 'Isekai']],
    ['Sci-Fi & Fantasy', ['Sci-Fi & Fantasy']],
    ['Action & Adventure', ['Action & Adventure']],
    ['Sci/Fi', ['Sci/Fi']],
    ['AC/DC', ['AC/DC']],
    ['N/A', ['N/A']],
  ])('are taken apart where the parts are genres: %s', (name, genres) => {
    expect(separate([name], ['Drama', 'War']).lists[0]).toEqual(genres);
  });

  test('are taken apart at names that stand alone elsewhere', () => {
    expect(separate(['Isekai/Mecha'], ['Mecha'], ['Isekai']).lists[0]).toEqual(['Isekai', 'Mecha']);
    const { lists, doubtful } = separate(['Isekai/Mecha'], ['Mecha', 'Drama']);
    expect(lists[0]).toEqual(['Isekai/Mecha']);
    expect(doubtful).toEqual(new Map([['Isekai/Mecha', 1]]));
  });

  test('are separated by spaces only where nothing else separates and every word is a genre', () => {
    expect(separate(['Action Adventure'], ['Drama']).lists[0]).toEqual(['Action', 'Adventure']);
    expect(separate(['Comedy Drama'], ['War', 'Drama']).lists[0]).toEqual(['Comedy Drama']);
    expect(separate(['Action Adventure'], ['Dark Comedy']).lists[0]).toEqual(['Action Adventure']);
    expect(separate(['Science Fiction'], ['Film Noir']).lists[0]).toEqual(['Science Fiction']);
  });

  test.each(['Drama、Comedy', 'Drama，Comedy', 'Drama / Comedy', 'Drama\nComedy', 'Drama;Comedy'])(
    'are read from a list such as %j',
    async (list) => {
      expect((await loadLists([list])).labelled[0]!.genres).toEqual(['Drama', 'Comedy']);
    },
  );
});

describe('look-alikes', () => {
  test.each([
    ['Drama', 'Dramа', 'letters of another alphabet'],
    ['Isekai', 'Isekay', 'one letter differs'],
    ['Thriller', 'Thiller', 'one letter differs'],
    ['Western', 'Wetsern', 'one letter differs'],
  ])('are %s and %s', (one, other, reason) => {
    expect(findLookAlikes([one, other], vocabulary)).toEqual([{ genres: [one, other], reason }]);
  });

  test.each([
    ['Short', 'Sport'],
    ['Music', 'Musical'],
    ['War', 'Wax'],
    ['Drama', 'Comedy'],
  ])('are not %s and %s', (one, other) => {
    expect(findLookAlikes([one, other], vocabulary)).toEqual([]);
  });

  test('stand in the audit, with what was folded and taken apart', async () => {
    const dataset = await loadLists(['Drama / War', 'drama', 'Draama', 'Draama']);
    const audit = await auditDataset(dataset, { decode: false, minimumSupport: 1 });
    expect(audit.lookAlikes).toEqual([{ genres: ['Draama', 'Drama'], reason: 'one letter differs' }]);
    expect(audit.separated).toEqual([{ name: 'Drama / War', rows: 1 }]);
    expect(audit.spellings.map(({ genre }) => genre)).toEqual(['Drama']);
  });
});
