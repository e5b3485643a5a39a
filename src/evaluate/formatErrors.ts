/** @module The posters with the highest loss and the labels that are doubted -> plain text tables for people. */
import { table } from './format.ts';
import type { LabelDoubts, LossyPoster } from './posterErrors.ts';

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function listed(genres: readonly string[]): string {
  return genres.join(', ') || 'none';
}

/** @param posters what they are, such as `test posters` */
export function formatLosses(losses: readonly LossyPoster[], posters: string): string {
  const rows = losses.map(({ id, genres, likeliest, logLoss }) => [
    id,
    listed(genres),
    likeliest.map(({ label, probability }) => `${label} ${percent(probability)}`).join(', '),
    logLoss.toFixed(3),
  ]);
  return [
    `The ${posters} with the highest log loss, which are worth a look:`,
    '',
    table([['poster', 'true genres', 'likeliest by the model', 'log loss'], ...rows], 3),
  ].join('\n');
}

/** Tables of the labels that may be missing and that may be wrong, and how far they can be believed. */
export function formatDoubts({ posters, labels, doubted, missing, wrong }: LabelDoubts): string {
  const lines = [
    `Labels that are probably missing or wrong: ${doubted} of ${labels} on ${posters} posters (${percent(doubted / labels)}), by confident`,
    "learning. A label is doubted when the model's probability of its opposite reaches what it is on average for",
    'posters labelled so. A model that often errs also doubts right labels: look, then decide.',
  ];
  for (const [kind, doubts] of [
    ['missing', missing],
    ['wrong', wrong],
  ] as const) {
    if (doubts.length === 0) continue;
    const rows = doubts.map(({ id, genres, genre, probability }) => [
      id,
      listed(genres),
      genre,
      percent(probability),
    ]);
    lines.push('', table([['poster', 'labelled', `may be ${kind}`, 'probability'], ...rows], 3));
  }
  return lines.join('\n');
}
