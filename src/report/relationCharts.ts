/** @module Labels and decisions -> heat maps of the genres among themselves. */
import { type Chart, drawChart } from './chart.ts';
import { confusion, coOccurrence, largestPairs } from './relations.ts';
import type { ScoredPosters } from './scored.ts';
import type { Tongue } from './words/tongue.ts';

/** Cells that can be read on A4; of more genres the most frequent are shown. */
const mostGenres = 28;

type Shares = readonly (readonly (number | null)[])[];

function drawHeatmap(
  shares: Shares,
  genres: readonly string[],
  [rowTitle, columnTitle]: readonly [row: string, column: string],
  words: Omit<Chart, 'svg' | 'alternative'>,
  { results, language }: Tongue,
): Promise<Chart> {
  const values = shares.flatMap((row, i) =>
    row.flatMap((share, j) => (share === null ? [] : [{ row: genres[i], column: genres[j], share }])),
  );
  const highest = Math.max(0.01, ...values.map(({ share }) => share));
  const x = {
    field: 'column',
    type: 'nominal',
    sort: genres,
    scale: { domain: genres },
    title: columnTitle,
    axis: { orient: 'top', labelAngle: -90, domain: false, ticks: false },
  };
  const y = {
    field: 'row',
    type: 'nominal',
    sort: genres,
    scale: { domain: genres },
    title: rowTitle,
    axis: { domain: false, ticks: false },
  };
  const spec = {
    width: { step: Math.max(20, Math.min(36, Math.floor(540 / genres.length))) },
    height: { step: 16 },
    data: { values },
    layer: [
      {
        mark: { type: 'rect', stroke: '#fff', strokeWidth: 1 },
        encoding: {
          x,
          y,
          color: {
            field: 'share',
            type: 'quantitative',
            scale: { domain: [0, highest], range: ['#f4f6f8', '#0b3c5d'] },
            legend: null,
          },
        },
      },
      {
        transform: [
          { filter: 'datum.share >= 0.005' },
          { calculate: 'round(100 * datum.share)', as: 'hundredths' },
        ],
        mark: { type: 'text', fontSize: 10 },
        encoding: {
          x,
          y,
          text: { field: 'hundredths', type: 'quantitative', format: 'd' },
          color: { condition: { test: `datum.share > ${highest / 2}`, value: '#ffffff' }, value: '#10202c' },
        },
      },
    ],
  };
  return drawChart(
    spec,
    { ...words, alternative: results.largest(largestPairs(shares, genres, 5)) },
    language,
  );
}

/** What stands together in truth, what is given together, and what is taken for what; `order` has the genres' columns. */
export function drawRelations(
  { genres, yTrue, yPred }: ScoredPosters,
  order: readonly number[],
  tongue: Tongue,
): Promise<Chart[]> {
  const { results } = tongue;
  const { relationAxes, relationTitles, relationCaptions } = results;
  const shown = order.slice(0, mostGenres);
  const names = shown.map((g) => genres[g]!);
  const cut = shown.length < genres.length ? ` ${results.onlyMost(shown.length, genres.length)}` : '';
  const draw = (kind: keyof typeof relationAxes, name: string, shares: Shares) =>
    drawHeatmap(
      shown.map((i) => shown.map((j) => shares[i]![j]!)),
      names,
      relationAxes[kind],
      { name, title: relationTitles[kind], caption: `${relationCaptions[kind]} ${results.hundredths}${cut}` },
      tongue,
    );
  return Promise.all([
    draw('truth', 'together-true', coOccurrence(yTrue)),
    draw('given', 'together-given', coOccurrence(yPred)),
    draw('confusion', 'confusion', confusion(yTrue, yPred)),
  ]);
}
