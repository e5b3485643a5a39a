/** @module A run, or a model with posters, and files on films -> what a model of texts learns from. */
import { stat } from 'node:fs/promises';
import {
  chooseSplit,
  type DataSource,
  type Dataset,
  type FilmTitle,
  knownMatrix,
  labelMatrix,
  loadDataset,
  type Poster,
  postersOf,
  readTitledFilms,
  type Split,
  type TitledFilm,
} from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { loadModel } from '../model/index.ts';
import { Run } from '../run/index.ts';
import {
  type Heard,
  type HeardFilms,
  type HeardValidation,
  readTexts,
  readVectors,
  type WordVectors,
} from '../text/index.ts';
import { modelPathOf, openClassifier } from './predict.ts';
import { score } from './score.ts';

export interface TextMaterialOptions extends DataSource {
  /** A run's folder, or a model with `data` and `split`: its validation posters must be new to the network. */
  readonly model: string;
  /** JSON lines of `{"id", "texts"}` for training and validation posters. @default no lines are heard */
  readonly texts?: string;
  /** Tables of films with `id`, `title` and genres, which need no posters. @default no titles are heard */
  readonly titles?: string | readonly string[];
  /** Word vectors as GloVe and fastText write them. @default words that no title has say nothing by their meaning */
  readonly vectors?: string;
  /** Of a model: the split that it was trained with. */
  readonly split?: string;
  /** Threads of the engine. @default 2 */
  readonly threads?: number;
}

export interface TextMaterial {
  readonly modelPath: string;
  readonly genres: readonly string[];
  /** Share of the training posters that have each genre, `[genres]`. */
  readonly prevalence: readonly number[];
  readonly dataset: Dataset;
  readonly split: Split;
  readonly training: readonly Poster[];
  readonly heardOf: (id: string) => Heard;
  readonly rowsOf: (posters: readonly Poster[]) => HeardFilms;
  /** None of whose films is a validation or test poster. */
  readonly films: HeardFilms;
  /** Rows of the tables of films; those without a title or a genre, and further ones of a film, are not learned. */
  readonly filmRows: number;
  /** Films that were left out since their posters are kept apart. */
  readonly keptApart: number;
  readonly validation: HeardValidation & { readonly ids: readonly string[] };
  readonly vectors: WordVectors | undefined;
}

/** What the network says of posters that it has not seen. */
interface Seen {
  readonly modelPath: string;
  readonly prevalence: readonly number[];
  readonly dataset: Dataset;
  readonly split: Split;
  readonly validation: readonly (Pick<Poster, 'id' | 'genres' | 'known'> & {
    readonly probabilities: ArrayLike<number>;
  })[];
}

/**
 * Test posters are not looked at.
 *
 * @throws {OnesheetError} for files that are missing or do not belong together; OPTION_INVALID for a model without
 * posters
 */
export async function readTextMaterial(options: TextMaterialOptions): Promise<TextMaterial> {
  const modelPath = await modelPathOf(options.model);
  const { metadata } = await loadModel(modelPath);
  const { genres } = metadata;
  const tables = [options.titles ?? []].flat();
  const [texts, titled, vectors] = await Promise.all([
    options.texts === undefined ? undefined : readTexts(options.texts),
    readTitledFilms(tables, { genreNames: options.genreNames, labels: genres }),
    options.vectors === undefined ? undefined : readVectors(options.vectors),
  ]);
  const seen = (await seenByRun(options.model)) ?? (await seenByModel(modelPath, options));
  const { dataset, split } = seen;
  const titles = new Map(titled.films.flatMap((film) => film.names.map((name) => [name, film] as const)));
  const heardOf = (id: string): Heard => {
    const lines = texts?.get(id);
    return { ...(lines && { lines }), ...titleOf(titles.get(id)) };
  };
  const isApart = ({ names }: TitledFilm) =>
    names.some((name) => (split.assignment.get(name) ?? 'train') !== 'train');
  const films = titled.films.filter((film) => !isApart(film));
  const rowsOf = (posters: readonly Poster[]): HeardFilms => {
    const [labels, known] = [labelMatrix(posters, genres), knownMatrix(posters, genres)];
    const rows = (matrix: Uint8Array): Uint8Array[] =>
      posters.map((_, row) => matrix.subarray(row * genres.length, (row + 1) * genres.length));
    return {
      heard: posters.map(({ id }) => heardOf(id)),
      labels: rows(labels),
      ...(known && { known: rows(known) }),
    };
  };
  return {
    ...seen,
    genres,
    training: postersOf(dataset, split, 'train'),
    heardOf,
    rowsOf,
    films: { ...labelsOfLists(films, genres), heard: films.map(titleOf) },
    filmRows: titled.rows,
    keptApart: titled.films.length - films.length,
    validation: {
      ...labelsOfLists(seen.validation, genres),
      ids: seen.validation.map(({ id }) => id),
      heard: seen.validation.map(({ id }) => heardOf(id)),
      probabilities: seen.validation.map(({ probabilities }) => probabilities),
    },
    vectors,
  };
}

function titleOf(film: FilmTitle | undefined): Heard {
  if (film === undefined) return {};
  const { title, originalTitle } = film;
  return { ...(title !== undefined && { title }), ...(originalTitle !== undefined && { originalTitle }) };
}

function labelsOfLists(
  films: readonly { readonly genres?: readonly string[]; readonly known?: readonly string[] }[],
  genres: readonly string[],
): Pick<Required<HeardFilms>, 'labels' | 'known'> {
  const isIn = (list: readonly string[]) => Uint8Array.from(genres, (genre) => Number(list.includes(genre)));
  return {
    labels: films.map(({ genres: own = [] }) => isIn(own)),
    known: films.map(({ known }) => isIn(known ?? genres)),
  };
}

async function seenByRun(folder: string): Promise<Seen | undefined> {
  const isRun = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isRun) return undefined;
  const run = await Run.open(folder);
  const modelPath = run.path('model');
  const { id } = await loadModel(modelPath);
  const { content } = await run.validation(id);
  const { prevalence } = run.config;
  return { modelPath, prevalence, ...(await run.data()), validation: content };
}

async function seenByModel(modelPath: string, options: TextMaterialOptions): Promise<Seen> {
  const { data, images, genreNames, split: file, threads } = options;
  if (data === undefined || file === undefined) {
    const missing = data === undefined ? 'data' : 'split';
    throw onesheetError(
      'OPTION_INVALID',
      missing,
      'posters and the split that the model was trained with',
      'none',
    );
  }
  const classifier = await openClassifier(modelPath, { threads });
  try {
    const { genres, prevalence } = classifier.model.metadata;
    const loaded = await loadDataset({ data, images, genreNames, labels: genres });
    const { dataset, split } = await chooseSplit(loaded, { genres, file });
    const scored = await score(classifier, postersOf(dataset, split, 'validation'));
    const validation = scored.posters.map((poster, row) => ({
      ...poster,
      probabilities: scored.yScore.data.subarray(row * genres.length, (row + 1) * genres.length),
    }));
    return { modelPath, prevalence, dataset, split, validation };
  } finally {
    await classifier.release();
  }
}
