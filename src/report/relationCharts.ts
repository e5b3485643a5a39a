/** @module Labels and decisions -> heat maps of the genres among themselves. */
import { type Chart, drawChart } from './chart.ts';
import { percent } from './format.ts';
import { confusion, coOccurrence, largestPairs } from './relations.ts';
import type { ScoredPosters } from './scored.ts';

function drawHeatmap(
  shares: readonly (readonly (number | null)[])[],
  genres: readonly string[],
  axes: { readonly row: string; readonly column: string },
  words: Omit<Chart, 'svg' | 'alternative'>,
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
    title: axes.column,
    axis: { orient: 'top', labelAngle: -90, domain: false, ticks: false },
  };
  const y = {
    field: 'row',
    type: 'nominal',
    sort: genres,
    scale: { domain: genres },
    title: axes.row,
    axis: { domain: false, ticks: false },
  };
  const spec = {
    width: { step: 24 },
    height: { step: 15 },
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
        transform: [{ filter: 'datum.share >= 0.005' }],
        mark: { type: 'text', fontSize: 9 },
        encoding: {
          x,
          y,
          text: { field: 'share', type: 'quantitative', format: '.0%' },
          color: { condition: { test: `datum.share > ${highest / 2}`, value: '#ffffff' }, value: '#10202c' },
        },
      },
    ],
  };
  const largest = largestPairs(shares, genres, 5).map(
    ({ row, column, share }) => `${row} with ${column} ${percent(share, 0)}`,
  );
  return drawChart(spec, {
    ...words,
    alternative: largest.length > 0 ? `The largest: ${largest.join(', ')}.` : 'All are zero.',
  });
}

/** What stands together in truth, what is given together, and what is taken for what. */
export function drawRelations({ genres, yTrue, yPred }: ScoredPosters): Promise<Chart[]> {
  const together = (what: string) =>
    `Each row reads: of the posters ${what} with this genre, the share that also has the column's.`;
  return Promise.all([
    drawHeatmap(
      coOccurrence(yTrue),
      genres,
      { row: 'true genre', column: 'also true' },
      { name: 'together-true', title: 'Genres that truly stand together', caption: together('labelled') },
    ),
    drawHeatmap(
      coOccurrence(yPred),
      genres,
      { row: 'given genre', column: 'also given' },
      {
        name: 'together-given',
        title: 'Genres that the model gives together',
        caption: `${together('given')} A genre that is never given has an empty row.`,
      },
    ),
    drawHeatmap(
      confusion(yTrue, yPred),
      genres,
      { row: 'true genre, missed', column: 'given wrongly instead' },
      {
        name: 'confusion',
        title: 'Confusion among genres',
        caption:
          "Each row reads: of the posters that truly have this genre, the share on which it was missed while the column's was given wrongly.",
      },
    ),
  ]);
}
