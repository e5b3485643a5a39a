/** @module Checks that an audit finds what is wrong with a set of posters, and says it in words. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Audit, auditDataset, type Dataset, formatAudit, loadDataset } from '../../src/dataset/index.ts';
import { makeFolder, picture } from './folder.ts';

const table = `id,genres,Drama,Comedy,War
a,"Drama, Comedy",1,1,0
a,"Comedy, Drama",1,1,0
b,Drama,1,0,0
b,War,0,0,1
c,Drama,0,1,0
d,War,0,0,1
e,N/A,0,0,0
z,Drama,1,0,0
`;

let dataset: Dataset;
let audit: Audit;

beforeAll(async () => {
  const whole = await picture(3, 200);
  const folder = await makeFolder({
    't.csv': table,
    'images/a.png': await picture(1, 200),
    'images/b.jpg': await picture(1, 80),
    'images/c.png': await picture(2, 200),
    'images/d.png': whole.subarray(0, whole.length / 2),
    'images/e.jpg': 'an HTML page saved as a poster',
    'images/f.png': await picture(4, 200),
  });
  dataset = await loadDataset({ data: join(folder, 't.csv') });
  audit = await auditDataset(dataset, { minimumSupport: 3 });
});

describe('auditDataset', () => {
  test('counts posters, genres, how many a poster has, and pairs of them', () => {
    expect([audit.rows, audit.posters, audit.labelled, audit.unlabelled]).toEqual([8, 6, 4, 2]);
    expect(audit.genres).toEqual([{ genre: 'Drama', count: 3, share: 0.75, known: 4 }]);
    expect(audit.dropped.map(({ genre, count }) => [genre, count])).toEqual([
      ['War', 2],
      ['Comedy', 1],
      ['N/A', 1],
    ]);
    expect(audit.withoutKeptGenre).toBe(1);
    expect(audit.genresPerPoster).toEqual([
      { genres: 1, posters: 2 },
      { genres: 2, posters: 2 },
    ]);
    expect(audit.pairs).toEqual([
      { genres: ['Comedy', 'Drama'], count: 1 },
      { genres: ['Drama', 'War'], count: 1 },
    ]);
  });

  test('names unreadable images with their code, and near-duplicates with their genres', () => {
    expect(audit.unreadable.map(({ id, code }) => [id, code])).toEqual([
      ['d', 'IMAGE_TRUNCATED'],
      ['e', 'IMAGE_FORMAT'],
    ]);
    expect(audit.unreadable[0]!.source).toMatch(/images\/d\.png$/);
    expect(audit.nearDuplicates).toEqual([
      {
        posters: [
          { id: 'a', genres: ['Drama', 'Comedy'] },
          { id: 'b', genres: ['Drama', 'War'] },
        ],
      },
    ]);
  });

  test('says which genres are unknown of how many posters, and takes shares of the others', async () => {
    const labelled = dataset.labelled.map((poster) =>
      poster.id === 'd' ? { ...poster, known: ['War'] } : poster,
    );
    const part = await auditDataset({ ...dataset, labelled }, { minimumSupport: 2, decode: false });
    expect(part.genres).toEqual([
      { genre: 'Drama', count: 3, share: 1, known: 3 },
      { genre: 'War', count: 2, share: 0.5, known: 4 },
    ]);
    expect([part.partlyKnown, part.unknown]).toEqual([1, [{ genre: 'Drama', count: 1 }]]);
    expect(formatAudit(part)).toContain(
      'Posters with genres of which nothing is known: 1 of 4\n' +
        '  1 of 8 poster-genre pairs, which training and measures leave out; shares are of the others\n' +
        '  Drama: 1\n',
    );
    expect(formatAudit(audit)).not.toContain('nothing is known');
  });

  test('survives JSON, and reads no image when asked not to', async () => {
    expect(JSON.parse(JSON.stringify(audit))).toEqual(audit);
    const quick = await auditDataset(dataset, { decode: false });
    expect([quick.decoded, quick.unreadable, quick.nearDuplicates]).toEqual([false, [], []]);
    expect(formatAudit(quick)).toContain('not looked for');
  });
});

test('formatAudit says each finding in a line', () => {
  const text = formatAudit(audit);
  for (const line of [
    /^ {2}rows +8$/m,
    /^ {2}posters +6: 4 labelled, 2 unlabelled/m,
    /^ {2}Drama +3 +75\.0% {2}#{40}$/m,
    /^ {2}1 labelled posters carry none of these/m,
    /^ {2}War: 2 posters, fewer than 3$/m,
    /^ {2}N\/A: 1 poster, but it says that the genre is missing$/m,
    /^Genres per labelled poster: 1: 2, 2: 2$/m,
    /^Repeated ids: 2 \(1 agree and are merged, 1 disagree\)$/m,
    /^ {2}b: line 4 says Drama, line 5 says War; taken as Drama, War$/m,
    /^Rows whose image is missing: 1\n {2}line 9: z$/m,
    /^Images without a row: 1\n {2}f\.png$/m,
    /^Rows without a genre: 1\n {2}line 8: e$/m,
    /^ {2}line 6: c lists Drama, its columns say Comedy$/m,
    /^Unreadable images: 2$/m,
    /^Groups of near-duplicates, .*: 1\n {2}a \(Drama, Comedy\), b \(Drama, War\)$/m,
  ])
    expect(text).toMatch(line);
  const many = formatAudit({ ...audit, imagesWithoutRow: Array.from({ length: 9 }, (_, at) => `${at}.jpg`) });
  expect(many).toMatch(/ {2}4\.jpg\n {2}and 4 more$/m);
});
