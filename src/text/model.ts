/** @module A model of texts, what is heard of a poster and a network's probabilities -> what all of them say together. */
import type { Calibration, Policy, PolicyCurves } from '../evaluate/index.ts';
import { countFeatures } from './features.ts';
import type { Heard } from './heard.ts';
import { type LinearModel, linearContributions, linearLogits } from './linear.ts';

/** The linear models: of what stands on posters, and of titles. */
export type Head = 'lines' | 'titles';

/** What is heard of a poster: its lines, its title, or all of it as lines. */
export type Source = 'lines' | 'title' | 'all';

/** One linear model's word on one of a poster's texts. */
export interface Term {
  readonly head: Head;
  readonly of: Source;
  /** Factor of its logits beside the network's. */
  readonly weight: number;
}

/** Which kinds of text are heard of a poster, beside its picture. */
export const combinations = ['title', 'lines', 'both'] as const;
export type Combination = (typeof combinations)[number];

/** How a poster is judged of which one combination is heard. */
export interface Fit {
  readonly terms: readonly Term[];
  /** From the sum of logits to probabilities. */
  readonly calibration: Calibration;
  /** Decision rules by name, chosen on validation posters; the first is the default. */
  readonly policies: readonly Policy[];
  /** What any precision and recall can be made from; a model written before this was kept has none. */
  readonly policyCurves?: PolicyCurves;
}

/** Linear models of texts and how they speak beside a network. */
export interface TextModel {
  /** The network's genres, in its order. */
  readonly genres: readonly string[];
  readonly heads: Readonly<Partial<Record<Head, LinearModel>>>;
  /** One at least; a poster of a combination that has none is judged as one of a combination that has. */
  readonly fits: Readonly<Partial<Record<Combination, Fit>>>;
  /** Posters whose lines, and films whose titles it learned from. */
  readonly posters: number;
  readonly films: number;
}

/** A word's part in the logit of each genre. */
export interface WordContribution {
  readonly kind: 'lines' | 'title' | 'originalTitle';
  /** The word as it stands in the text. */
  readonly text: string;
  /** Which of the poster's lines, from 0, and the word's first character there. */
  readonly line: number;
  readonly start: number;
  /** `[genres]` */
  readonly logits: Float64Array;
}

/** The logit of each genre is the sum of all of them. */
export interface Contributions {
  /** Of the picture, `[genres]`. */
  readonly picture: Float64Array;
  /** Every word that is heard, in the order of the texts; of a word that says nothing, zeros. */
  readonly words: readonly WordContribution[];
  /** What calibration adds whatever is heard, `[genres]`. */
  readonly constant: Float64Array;
}

export interface Judgement {
  /** `[genres]` */
  readonly probabilities: Float32Array;
  /** How it was judged; nothing where nothing is heard that the model knows: then the network's word stands. */
  readonly fit: Fit | undefined;
}

/** A network's certainty counts up to here, so that its logits are finite. */
const leastProbability = 1e-7;

export function logitOf(probability: number): number {
  const bounded = Math.min(Math.max(probability, leastProbability), 1 - leastProbability);
  return Math.log(bounded / (1 - bounded));
}

/** The texts of a poster from which a source is heard, each with its kind. */
function textsOf(
  heard: Heard,
  of: Source,
): { readonly kind: WordContribution['kind']; readonly text: string }[] {
  const title = (['title', 'originalTitle'] as const).flatMap((kind) => {
    const text = heard[kind];
    return text === undefined ? [] : [{ kind, text }];
  });
  const lines = (heard.lines ?? []).map((text) => ({ kind: 'lines' as const, text }));
  return of === 'title' ? title : of === 'lines' ? lines : [...title, ...lines];
}

/** Logits of a term, before its weight; nothing where its head knows no word of its source. */
export function termLogits(heads: TextModel['heads']) {
  const logits = new Map<Head, ReturnType<typeof linearLogits>>();
  for (const head of ['lines', 'titles'] as const)
    if (heads[head]) logits.set(head, linearLogits(heads[head]));
  return (heard: Heard, { head, of }: Pick<Term, 'head' | 'of'>): Float64Array | undefined =>
    logits.get(head)?.(countFeatures(textsOf(heard, of).map(({ text }) => text)));
}

/** How a model speaks beside a network. */
export function besideText({ heads, fits }: Pick<TextModel, 'heads' | 'fits'>) {
  const logitsOfTerm = termLogits(heads);
  const explained = new Map<Head, ReturnType<typeof linearContributions>>();
  const contributionsOf = (head: Head) => {
    const known = explained.get(head) ?? linearContributions(heads[head]!);
    explained.set(head, known);
    return known;
  };
  const fitOf = (heard: Heard): Fit | undefined => {
    const [title, lines] = [isSaid(heard, 'title'), isSaid(heard, 'lines')];
    const wanted = title ? (lines ? 'both' : 'title') : lines ? 'lines' : undefined;
    return wanted && fitFor(fits, wanted);
  };

  /** @param network its probabilities, `[genres]` */
  const judge = (heard: Heard, network: ArrayLike<number>): Judgement => {
    const fit = fitOf(heard);
    const said = fit?.terms.map((term) => ({ ...term, logits: logitsOfTerm(heard, term) }));
    if (fit === undefined || !said?.some(({ logits }) => logits))
      return { probabilities: Float32Array.from(network), fit: undefined };
    const { scale, bias } = fit.calibration;
    const probabilities = Float32Array.from(network, (probability, g) => {
      const sum = said.reduce((all, { weight, logits }) => all + weight * (logits?.[g] ?? 0), 0);
      return 1 / (1 + Math.exp(-(scale[g]! * (logitOf(probability) + sum) + bias[g]!)));
    });
    return { probabilities, fit };
  };

  /** @param network its probabilities, `[genres]` */
  const contributions = (heard: Heard, network: ArrayLike<number>): Contributions => {
    const { fit } = judge(heard, network);
    const scale = fit?.calibration.scale ?? Array.from(network, () => 1);
    const words = new Map<string, WordContribution>();
    for (const { head, of, weight } of fit?.terms ?? []) {
      const texts = textsOf(heard, of);
      const lines = texts.map(({ text }) => text);
      for (const { text, line, start, logits } of contributionsOf(head)(lines, countFeatures(lines))) {
        const { kind } = texts[line]!;
        const place = line - texts.findIndex((each) => each.kind === kind);
        const key = `${kind} ${place} ${start}`;
        const before = words.get(key)?.logits;
        const added = logits.map((logit, g) => scale[g]! * weight * logit + (before?.[g] ?? 0));
        words.set(key, { kind, text, line: place, start, logits: added });
      }
    }
    return {
      picture: Float64Array.from(network, (probability, g) => scale[g]! * logitOf(probability)),
      words: [...words.values()],
      constant: Float64Array.from(network, (_, g) => fit?.calibration.bias[g] ?? 0),
    };
  };
  return { judge, contributions };
}

function isSaid(heard: Heard, of: 'title' | 'lines'): boolean {
  return textsOf(heard, of).some(({ text }) => text.trim() !== '');
}

/** How a model judges posters of which it is told these kinds; as those of which both are heard, where it is told none. */
export function howJudged(
  { fits }: TextModel,
  { lines, title }: { readonly lines: boolean; readonly title: boolean },
) {
  return fitFor(fits, lines === title ? 'both' : lines ? 'lines' : 'title');
}

/** Of a model that learned one kind only, the other is heard as that. */
function fitFor(fits: TextModel['fits'], wanted: Combination): Fit | undefined {
  if (fits[wanted]) return fits[wanted];
  const [only] = combinations.flatMap((combination) => fits[combination] ?? []);
  return only && { ...only, terms: only.terms.map((term) => ({ ...term, of: 'all' as const })) };
}
