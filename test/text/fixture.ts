import { writeFile } from 'node:fs/promises';
import { Random } from '../../src/random.ts';
import { encodeTextModel, fitTextModel } from '../../src/text/index.ts';
import { tinyGenres } from '../model/fixture.ts';

const sayings = ['a very funny wedding', 'the trial of his life', 'the haunted house'];

/** Posters of {@link tinyGenres}, one genre each, whose text tells the genre of most of them. */
function posters(count: number, random: Random) {
  const rows = Array.from({ length: count }, (_, i) => {
    const genre = i % tinyGenres.length;
    return { genre, lines: i % 4 === 1 ? ['coming soon'] : ['coming soon', sayings[genre]!] };
  });
  return {
    texts: rows.map(({ lines }) => lines),
    labels: rows.map(({ genre }) => tinyGenres.map((_, g) => Number(g === genre))),
    probabilities: rows.map(({ genre }) =>
      tinyGenres.map((_, g) => (g === genre ? 0.45 : 0.3) + 0.4 * (random.float() - 0.5)),
    ),
  };
}

/**
 * A small text model beside a network that is hardly better than chance.
 *
 * @param contradicted whether labels say the opposite where nothing is known
 */
export function tinyTextModel(isKnown?: (poster: number, genre: number) => boolean, contradicted = false) {
  const random = Random.fromSeed(3);
  const partly = (whole: ReturnType<typeof posters>) => {
    if (isKnown === undefined) return whole;
    const known = whole.labels.map((row, i) => row.map((_, g) => Number(isKnown(i, g))));
    const labels = whole.labels.map((row, i) =>
      row.map((label, g) => (contradicted && known[i]![g] === 0 ? 1 - label : label)),
    );
    return { ...whole, labels, known };
  };
  return fitTextModel({
    genres: tinyGenres,
    train: partly(posters(60, random.split('train'))),
    validation: partly(posters(30, random.split('validation'))),
    prevalence: [1 / 3, 1 / 3, 1 / 3],
    random,
  });
}

export async function writeTinyTextModel(path: string): Promise<void> {
  await writeFile(path, encodeTextModel(tinyTextModel().model));
}
