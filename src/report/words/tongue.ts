/** @module A language -> everything that a report says in it: how it writes numbers, and every sentence. */
import { type Figures, figuresIn, type Language } from '../format.ts';
import { comparisonWords } from './comparison.ts';
import { dataWords } from './data.ts';
import { frameWords } from './frame.ts';
import { methodWords } from './method.ts';
import { missingWords } from './missing.ts';
import { networkWords } from './network.ts';
import { posterWords } from './posters.ts';
import { resultsWords } from './results.ts';
import { trainingWords } from './training.ts';

/**
 * The tables of sentences, each with every language: one that a table lacks does not compile, and neither does a table
 * that lacks a sentence.
 */
const tables = {
  frame: frameWords,
  data: dataWords,
  network: networkWords,
  method: methodWords,
  training: trainingWords,
  results: resultsWords,
  posters: posterWords,
  comparison: comparisonWords,
  missing: missingWords,
} satisfies Readonly<Record<string, Readonly<Record<Language, (figures: Figures) => object>>>>;

type Tables = typeof tables;

/** A language, ready to speak. */
export type Tongue = Figures & {
  readonly language: Language;
} & { readonly [Topic in keyof Tables]: ReturnType<Tables[Topic]['en']> };

export function tongueOf(language: Language): Tongue {
  const figures = figuresIn(language);
  const topics = Object.entries(tables).map(([topic, words]) => [topic, words[language](figures)]);
  return { language, ...figures, ...Object.fromEntries(topics) } as Tongue;
}
