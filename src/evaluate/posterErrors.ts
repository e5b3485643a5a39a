/** @module Labels and probabilities of named posters -> those with the highest loss, and the labels that are probably missing or wrong. */

import { findLabelErrors, type LabelCandidate, postersByLoss } from './confidentLearning.ts';
import { confusionOf } from './confusion.ts';
import { knownPairs, type Labels, type Matrix } from './matrix.ts';

/** Posters whose labels and probabilities are known. */
export interface NamedScores {
  /** One a row. */
  readonly ids: readonly string[];
  /** 0 or 1, and calibrated probabilities in [0, 1]: `[posters, genres]` each. */
  readonly yTrue: Labels;
  readonly yScore: Matrix;
}

/** A poster on which the model errs. */
export interface LossyPoster {
  readonly id: string;
  /** Its true genres that the model knows. */
  readonly genres: readonly string[];
  /** The three likeliest genres, with their probabilities. */
  readonly likeliest: readonly { readonly label: string; readonly probability: number }[];
  /** Binary cross-entropy, the mean over genres. */
  readonly logLoss: number;
}

/** A label that the model confidently contradicts. */
export interface DoubtedLabel {
  readonly id: string;
  /** What the poster is labelled with. */
  readonly genres: readonly string[];
  /** The genre that may be missing or wrong. */
  readonly genre: string;
  readonly probability: number;
}

/** How many labels of a genre are doubted. */
export interface GenreDoubts {
  readonly genre: string;
  /** Posters that are known to be without the genre, and on how many of them it may be missing. */
  readonly without: number;
  readonly missing: number;
  /** Posters with the genre, and on how many of them it may be wrong. */
  readonly with: number;
  readonly wrong: number;
}

/** What confident learning doubts; plain data, written as JSON. */
export interface LabelDoubts {
  readonly posters: number;
  /** Poster-genre pairs that are known, and how many of them are doubted. */
  readonly labels: number;
  readonly doubted: number;
  /** The most doubtful of each kind, the most doubtful first, at most a fifth of a list of one genre. */
  readonly missing: readonly DoubtedLabel[];
  readonly wrong: readonly DoubtedLabel[];
  /** One a genre, in the order of the columns. */
  readonly genres: readonly GenreDoubts[];
}

function genresAt({ yTrue }: NamedScores, genres: readonly string[], row: number): string[] {
  return genres.filter((_, g) => {
    const pair = row * genres.length + g;
    return yTrue.data[pair] === 1 && yTrue.known?.[pair] !== 0;
  });
}

/**
 * The posters with the highest log loss, the worst first.
 *
 * @param genres names of the columns
 * @throws {OnesheetError} OPTION_INVALID as {@link postersByLoss}
 */
export function highestLosses(scores: NamedScores, genres: readonly string[], most: number): LossyPoster[] {
  const { ids, yTrue, yScore } = scores;
  return postersByLoss(yTrue, yScore)
    .slice(0, most)
    .map(({ poster, loss }) => {
      const all = genres.map((label, g) => ({
        label,
        probability: yScore.data[poster * genres.length + g]!,
      }));
      const likeliest = all.sort((a, b) => b.probability - a.probability).slice(0, 3);
      return { id: ids[poster]!, genres: genresAt(scores, genres, poster), likeliest, logLoss: loss };
    });
}

/**
 * The labels that are probably missing or wrong, by {@link findLabelErrors}: the probabilities must come from
 * models that did not learn from these posters.
 *
 * @param genres names of the columns
 * @param most of each kind are named, at most a fifth of them of one genre; all are counted
 * @throws {OnesheetError} OPTION_INVALID as {@link findLabelErrors}
 */
export function doubtLabels(scores: NamedScores, genres: readonly string[], most: number): LabelDoubts {
  const { candidates, joints } = findLabelErrors(scores.yTrue, scores.yScore);
  const { support, known } = confusionOf(scores.yTrue, scores.yTrue, 'none');
  const { rows, columns } = scores.yTrue;
  const ofEach = Math.ceil(most / 5);
  const named = (kind: LabelCandidate['kind']): DoubtedLabel[] => {
    const taken = new Float64Array(columns);
    return candidates
      .filter((candidate) => candidate.kind === kind && ++taken[candidate.genre]! <= ofEach)
      .slice(0, most)
      .map(({ poster, genre, probability }) => ({
        id: scores.ids[poster]!,
        genres: genresAt(scores, genres, poster),
        genre: genres[genre]!,
        probability,
      }));
  };
  return {
    posters: rows,
    labels: knownPairs(scores.yTrue).length,
    doubted: candidates.length,
    missing: named('missing'),
    wrong: named('wrong'),
    genres: genres.map((genre, g) => {
      const { counts } = joints[g]!;
      const [of, has] = [known[g]!, support[g]!];
      return { genre, without: of - has, missing: counts[0][1], with: has, wrong: counts[1][0] };
    }),
  };
}

/** Posters of several sources as one; a poster that stands in two counts as it stands in the first. */
export function stackScores(parts: readonly NamedScores[]): NamedScores {
  const [ids, labels, probabilities, known]: [string[], number[], number[], number[]] = [[], [], [], []];
  const seen = new Set<string>();
  const columns = parts[0]?.yTrue.columns ?? 0;
  for (const part of parts) {
    for (const [row, id] of part.ids.entries()) {
      if (seen.has(id)) continue;
      seen.add(id);
      ids.push(id);
      for (let g = 0; g < columns; g++) {
        labels.push(part.yTrue.data[row * columns + g]!);
        known.push(part.yTrue.known?.[row * columns + g] ?? 1);
        probabilities.push(part.yScore.data[row * columns + g]!);
      }
    }
  }
  const matrix = (data: readonly number[]): Matrix => ({
    rows: ids.length,
    columns,
    data: Float64Array.from(data),
  });
  const yTrue = { ...matrix(labels), known: known.includes(0) ? Uint8Array.from(known) : undefined };
  return { ids, yTrue, yScore: matrix(probabilities) };
}

/** The posters that a test of their ids lets pass. */
export function scoresWhere(scores: NamedScores, passes: (id: string) => boolean): NamedScores {
  const rows = [...scores.ids.keys()].filter((row) => passes(scores.ids[row]!));
  if (rows.length === scores.ids.length) return scores;
  const { columns } = scores.yTrue;
  const pick = (data: ArrayLike<number>): Float64Array =>
    Float64Array.from(
      rows.flatMap((row) => Array.from({ length: columns }, (_, g) => data[row * columns + g]!)),
    );
  const { known } = scores.yTrue;
  return {
    ids: rows.map((row) => scores.ids[row]!),
    yTrue: {
      rows: rows.length,
      columns,
      data: pick(scores.yTrue.data),
      known: known && Uint8Array.from(pick(known)),
    },
    yScore: { rows: rows.length, columns, data: pick(scores.yScore.data) },
  };
}
