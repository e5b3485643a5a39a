import { writeFile } from 'node:fs/promises';
import { Random } from '../../src/random.ts';
import { encodeTextModel, type FitOptions, fitTextModel, type Heard } from '../../src/text/index.ts';
import { tinyGenres } from '../model/fixture.ts';

const sayings = ['a very funny wedding', 'the trial of his life', 'the haunted house'];
const names = ['Funny Girls', 'The Verdict', 'Night of the Ghost'];

/** Posters of {@link tinyGenres}, one genre each, whose texts and titles tell the genre of most of them. */
function posters(count: number, random: Random) {
  const rows = Array.from({ length: count }, (_, i) => {
    const genre = i % tinyGenres.length;
    const heard: Heard = {
      lines: i % 4 === 1 ? ['coming soon'] : ['coming soon', sayings[genre]!],
      title: i % 5 === 1 ? 'Untitled' : `${names[genre]!} ${i}`,
    };
    return { genre, heard };
  });
  return {
    heard: rows.map(({ heard }) => heard),
    labels: rows.map(({ genre }) => tinyGenres.map((_, g) => Number(g === genre))),
    probabilities: rows.map(({ genre }) =>
      tinyGenres.map((_, g) => (g === genre ? 0.45 : 0.3) + 0.4 * (random.float() - 0.5)),
    ),
  };
}

export interface TinyTextOptions extends Pick<FitOptions, 'vectors'> {
  readonly isKnown?: (poster: number, genre: number) => boolean;
  /** Whether labels say the opposite where nothing is known. */
  readonly contradicted?: boolean;
  /** Of what texts are learned. @default lines alone */
  readonly kinds?: readonly ('lines' | 'title')[];
}

/** A small text model beside a network that is hardly better than chance. */
export function tinyTextModel({
  isKnown,
  contradicted = false,
  kinds = ['lines'],
  vectors,
}: TinyTextOptions = {}) {
  const random = Random.fromSeed(3);
  const partly = (whole: ReturnType<typeof posters>) => {
    const heard = whole.heard.map(({ lines, title }) => ({
      ...(kinds.includes('lines') && { lines }),
      ...(kinds.includes('title') && { title }),
    }));
    if (isKnown === undefined) return { ...whole, heard };
    const known = whole.labels.map((row, i) => row.map((_, g) => Number(isKnown(i, g))));
    const labels = whole.labels.map((row, i) =>
      row.map((label, g) => (contradicted && known[i]![g] === 0 ? 1 - label : label)),
    );
    return { ...whole, heard, labels, known };
  };
  const train = partly(posters(60, random.split('train')));
  return fitTextModel({
    genres: tinyGenres,
    posters: train,
    films: train,
    validation: partly(posters(30, random.split('validation'))),
    prevalence: [1 / 3, 1 / 3, 1 / 3],
    vectors,
  });
}

export async function writeTinyTextModel(path: string, options?: TinyTextOptions): Promise<void> {
  await writeFile(path, encodeTextModel(tinyTextModel(options).model));
}
