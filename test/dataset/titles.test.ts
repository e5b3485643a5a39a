import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTitledFilms, readTitles } from '../../src/dataset/index.ts';
import { temporaryFolder } from '../model/fixture.ts';

async function tableOf(content: string, name = 'films.csv'): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  return path;
}

test('titles, original titles and years are read by id, the year also behind the title or in a date', async () => {
  const path = await tableOf(
    [
      'id,title,original_title,year',
      'heat,Heat,Heat,1995',
      'amelie,Amélie,Le fabuleux destin,2001-04-25',
      'alien,Alien (1979),,',
      '1984,1984,,1956.0',
      'bare,,,1950',
    ].join('\n'),
  );
  const { films, example, notes } = await readTitles(path);
  expect(Object.fromEntries(films)).toEqual({
    heat: { title: 'Heat', year: 1995 },
    amelie: { title: 'Amélie', originalTitle: 'Le fabuleux destin', year: 2001 },
    alien: { title: 'Alien', year: 1979 },
    '1984': { title: '1984', year: 1956 },
    bare: { year: 1950 },
  });
  expect(example).toBe('heat');
  expect(notes).toEqual([`Not heard of the 5 rows of ${path}: without a title, 1.`]);
});

test('a poster is named by id, by path with or without its ending, or by a bare number of IMDb', async () => {
  const byPath = await tableOf('{"file_name":"./Heat (1995)/poster.jpg","name":"Heat"}\n', 'films.jsonl');
  expect([...(await readTitles(byPath)).films.keys()]).toEqual([
    'Heat (1995)/poster',
    'Heat (1995)/poster.jpg',
  ]);
  const byNumber = await tableOf('imdb_id,title\n113277,Heat\n');
  expect([...(await readTitles(byNumber)).films.keys()]).toEqual(['113277', 'tt0113277']);
});

test('what a table says twice, wrongly or not at all is counted', async () => {
  const path = await tableOf(
    'id,title,year\na,Heat,soon\na,Alien,1979\na,Heat,1995\nb,,\n,Nobody,1999\nc,\\N,\\N\n',
  );
  const { films, notes } = await readTitles(path);
  expect(Object.fromEntries(films)).toEqual({ a: { title: 'Heat' } });
  expect(notes).toEqual([
    `Not heard of the 6 rows of ${path}: without the name of a poster, or unreadable, 1; without a title, 2; ` +
      'with a year that is none, 1; with another title than an earlier row of the poster, 1.',
  ]);
});

test('a table without titles, or without ids, is refused with its columns', async () => {
  await expect(readTitles(await tableOf('id,genres\na,Drama\n'))).rejects.toMatchObject({
    code: 'TABLE_LAYOUT',
    message: expect.stringContaining('found id, genres; expected a column title (or name)'),
  });
  await expect(readTitles(await tableOf('title,year\nHeat,1995\n'))).rejects.toMatchObject({
    code: 'TABLE_LAYOUT',
  });
});

test('films to learn titles from are read once each, with genres as a model spells them and what is known of them', async () => {
  const first = await tableOf(
    'id,title,year,genres,known\na,Alien,1979,Horror|Science Fiction,all\nb,Heat,1995,,all\nc,,1990,Drama,all\n',
  );
  const second = await tableOf('id,title,genres,known\na,Aliens,Action,all\nd,Rocky,Drama,Drama|Sci-Fi\n');
  const { films, rows } = await readTitledFilms([first, second], { labels: ['Horror', 'Sci-Fi', 'Drama'] });
  expect(rows).toBe(5);
  expect(films).toEqual([
    { title: 'Alien', year: 1979, names: ['a'], genres: ['Horror', 'Sci-Fi'] },
    { title: 'Rocky', names: ['d'], genres: ['Drama'], known: ['Drama', 'Sci-Fi'] },
  ]);
});
