/** @module Texts with genres and a network's probabilities -> linear models and how they speak beside the network. */
import {
  applyCalibration,
  choosePolicy,
  defaultPolicyNames,
  fitPlatt,
  type Labels,
  type Matrix,
  matrixFromRows,
  policyCurvesOf,
} from '../evaluate/index.ts';
import { countFeatures, type TextCounts } from './features.ts';
import type { Heard } from './heard.ts';
import type { LinearModel } from './linear.ts';
import {
  type Combination,
  combinations,
  type Fit,
  logitOf,
  type Term,
  type TextModel,
  termLogits,
} from './model.ts';
import { type LabelledTexts, trainLinear } from './train.ts';
import type { WordVectors } from './vectors.ts';

/** Posters or films with genres and what is heard of them; rows of all are in one order. */
export interface HeardFilms {
  readonly heard: readonly Heard[];
  /** 0 or 1, `[genres]` each. */
  readonly labels: readonly ArrayLike<number>[];
  /** 0 where nothing is known of a label, `[genres]` each. @default everything is known */
  readonly known?: readonly ArrayLike<number>[];
}

/** What a network that has not seen the validation posters says of them, and what is heard of them. */
export interface HeardValidation extends HeardFilms {
  /** `[genres]` each. */
  readonly probabilities: readonly ArrayLike<number>[];
}

export interface FitOptions {
  readonly genres: readonly string[];
  /** Training posters with lines, and any films with titles; none of the validation posters is among them. */
  readonly posters: HeardFilms;
  readonly films: HeardFilms;
  readonly validation: HeardValidation;
  /** Share of the training posters that have each genre, `[genres]`. */
  readonly prevalence: readonly number[];
  readonly vectors?: WordVectors;
  readonly onProgress?: (what: string) => void;
}

export interface FittedTextModel {
  readonly model: TextModel;
  /** By each combination that could be fitted, of the validation posters of which it is heard. */
  readonly validation: readonly FittedCombination[];
}

export interface FittedCombination {
  readonly combination: Combination;
  /** Which of the validation posters. */
  readonly posters: readonly number[];
  /** Fitted to them in weights and calibration only. */
  readonly probability: Matrix;
}

/** Features of each linear model that are kept, at most, so that the file stays below 2.5 MB. */
const mostFeatures = { lines: 22_000, titles: 34_000 };

/** Fewer validation posters are too few to choose by. */
const leastValidation = 10;

/** What a term may count beside the network, in steps. */
const weights = Array.from({ length: 16 }, (_, i) => i / 10);

const termsOf: Readonly<Record<Combination, readonly Omit<Term, 'weight'>[]>> = {
  title: [{ head: 'titles', of: 'title' }],
  lines: [
    { head: 'lines', of: 'lines' },
    { head: 'titles', of: 'lines' },
  ],
  both: [
    { head: 'lines', of: 'lines' },
    { head: 'titles', of: 'lines' },
    { head: 'titles', of: 'title' },
  ],
};

/**
 * Learns linear models of the lines of the training posters and of the titles of films; chooses on the validation
 * posters, for each combination that is heard of enough of them, how much each model counts, the calibration of all
 * together, and the policies. The model of lines that is returned then learns the validation posters' lines too.
 */
export function fitTextModel(options: FitOptions): FittedTextModel {
  const { genres, posters, films, validation, vectors, onProgress } = options;
  onProgress?.('titles');
  const titles = learn(films, 'title', {
    vectors,
    mostFeatures: mostFeatures.titles,
  });
  onProgress?.('lines');
  const lines = learnLines(posters);
  const chosenBy = { ...(titles && { titles }), ...(lines && { lines }) };
  onProgress?.('weights');
  const fitted = combinations.flatMap((combination) => fitCombination(combination, chosenBy, options) ?? []);
  const all = lines && learnLines(joined(posters, validation));
  const model: TextModel = {
    genres,
    heads: { ...(titles && { titles }), ...(all && { lines: all }) },
    fits: Object.fromEntries(fitted.map(({ combination, fit }) => [combination, fit])),
    posters: lines === undefined ? 0 : countHeard(posters, 'lines') + countHeard(validation, 'lines'),
    films: titles === undefined ? 0 : countHeard(films, 'title'),
  };
  return { model, validation: fitted };
}

/** What lines of text say of genres; nothing where no poster has any. */
export function learnLines(posters: HeardFilms): LinearModel | undefined {
  return learn(posters, 'lines', { mostFeatures: mostFeatures.lines });
}

type Kind = 'lines' | 'title';

function linesOf({ lines = [], title, originalTitle }: Heard, kind: Kind): readonly string[] {
  return kind === 'lines' ? lines : [title, originalTitle].flatMap((text) => text ?? []);
}

function countHeard({ heard }: HeardFilms, kind: Kind): number {
  return heard.filter((each) => linesOf(each, kind).length > 0).length;
}

/** Nothing where no text of the kind is heard. */
function learn(
  films: HeardFilms,
  kind: Kind,
  options: Parameters<typeof trainLinear>[1],
): LinearModel | undefined {
  const rows = [...films.heard.keys()].filter((row) => linesOf(films.heard[row]!, kind).length > 0);
  if (rows.length === 0) return undefined;
  const of = <Value>(list: readonly Value[]): Value[] => rows.map((row) => list[row]!);
  const texts: TextCounts[] = of(films.heard).map((heard) => countFeatures(linesOf(heard, kind)));
  const data: LabelledTexts = {
    texts,
    labels: of(films.labels),
    ...(films.known && { known: of(films.known) }),
  };
  return trainLinear(data, options);
}

function joined(first: HeardFilms, second: HeardFilms): HeardFilms {
  const known =
    first.known || second.known ? { known: [...everyKnown(first), ...everyKnown(second)] } : undefined;
  return {
    heard: [...first.heard, ...second.heard],
    labels: [...first.labels, ...second.labels],
    ...known,
  };
}

function everyKnown({ labels, known }: HeardFilms): readonly ArrayLike<number>[] {
  return known ?? labels.map(({ length }) => new Uint8Array(length).fill(1));
}

function fitCombination(
  combination: Combination,
  heads: TextModel['heads'],
  { validation, prevalence }: FitOptions,
): (FittedCombination & { readonly fit: Fit }) | undefined {
  const logitsOf = termLogits(heads);
  const terms = termsOf[combination].filter(({ head }) => heads[head]);
  const own = combination === 'both' ? (['lines', 'title'] as const) : [combination];
  const spoken = own.every((of) => terms.some((term) => term.of === of));
  const rows = [...validation.heard.keys()].filter((row) =>
    own.every((kind) => linesOf(validation.heard[row]!, kind).some((text) => text.trim() !== '')),
  );
  if (!spoken || rows.length < leastValidation) return undefined;
  const truth = truthOf(validation, rows);
  const network = rows.map((row) => Float64Array.from(validation.probabilities[row]!, logitOf));
  const said = terms.map((term) => rows.map((row) => logitsOf(validation.heard[row]!, term)));
  const tried = (chosen: readonly number[]) => {
    const logits = matrixFromRows(
      network.map((row, i) =>
        row.map((logit, g) =>
          chosen.reduce((sum, weight, t) => sum + weight * (said[t]![i]?.[g] ?? 0), logit),
        ),
      ),
    );
    const calibration = fitPlatt(truth, logits);
    const probability = applyCalibration(calibration, logits);
    return { chosen, calibration, probability, loss: crossEntropy(truth, probability) };
  };
  let best = tried(terms.map(() => 0.5));
  for (let before = Number.POSITIVE_INFINITY; best.loss < before; ) {
    before = best.loss;
    for (const t of terms.keys())
      for (const weight of weights) {
        const one = tried(best.chosen.with(t, weight));
        if (one.loss < best.loss) best = one;
      }
  }
  const { probability, calibration } = best;
  const fit: Fit = {
    terms: terms.map((term, t) => ({ ...term, weight: best.chosen[t]! })),
    calibration,
    policies: defaultPolicyNames.map((name) => choosePolicy(name, truth, probability, prevalence)),
    policyCurves: policyCurvesOf(truth, probability),
  };
  return { combination, posters: rows, probability, fit };
}

function truthOf({ labels, known }: HeardFilms, rows: readonly number[]): Labels {
  const of = (list: readonly ArrayLike<number>[]) => matrixFromRows(rows.map((row) => list[row]!));
  return { ...of(labels), ...(known && { known: Uint8Array.from(of(known).data) }) };
}

function crossEntropy({ data: truth, known }: Labels, { data: probability }: Matrix): number {
  let [loss, pairs] = [0, 0];
  for (let i = 0; i < truth.length; i++) {
    if (known?.[i] === 0) continue;
    loss -= Math.log(truth[i] === 1 ? probability[i]! : 1 - probability[i]!);
    pairs += 1;
  }
  return loss / pairs;
}
