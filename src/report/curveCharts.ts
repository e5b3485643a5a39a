/** @module The histories of one or more runs -> charts of their losses and measures over the epochs. */
import type { HistoryRow } from '../run/index.ts';
import { type Chart, colours, dashes, drawChart, shapes } from './chart.ts';
import { bestRow, type HistoryColumn } from './curves.ts';
import { decimal } from './format.ts';

interface Line {
  readonly column: HistoryColumn;
  readonly label: string;
}

interface Mark {
  readonly epoch: number;
  readonly label: string;
}

const lossLines: readonly Line[] = [
  { column: 'training_loss', label: 'training' },
  { column: 'validation_loss', label: 'validation' },
];

function measureLines(average: 'micro' | 'macro'): Line[] {
  return [
    { column: `validation_${average}_average_precision`, label: 'average precision' },
    { column: `validation_${average}_precision`, label: 'precision' },
    { column: `validation_${average}_recall`, label: 'recall' },
    { column: `validation_${average}_f1`, label: 'F1' },
  ];
}

interface Series {
  readonly label: string;
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
}

function pointsOf(rows: readonly HistoryRow[], column: HistoryColumn): Series['points'] {
  return rows
    .filter((row) => Number.isFinite(row[column]))
    .map((row) => ({ epoch: row.epoch, value: row[column] }));
}

/** One line a series over the epochs, with vertical marks and, if wanted, a horizontal floor. */
function curveSpec(
  series: readonly Series[],
  yTitle: string,
  marks: readonly Mark[],
  floor?: { readonly value: number; readonly label: string },
) {
  const labels = series.map(({ label }) => label);
  const last = Math.max(2, ...series.flatMap(({ points }) => points.map(({ epoch }) => epoch)));
  const scaleOf = (range: readonly unknown[]) => ({
    domain: labels,
    range: labels.map((_, i) => range[i % range.length]),
  });
  const x = {
    field: 'epoch',
    type: 'quantitative',
    title: 'epoch',
    scale: { domain: [1, last], nice: false },
    axis: { tickMinStep: 1, grid: false, format: 'd' },
  };
  const legend = {
    title: null,
    orient: 'bottom',
    columns: 4,
    labelLimit: 400,
    symbolSize: 110,
    symbolStrokeWidth: 0,
  };
  const y = { field: 'value', type: 'quantitative', title: yTitle, scale: { zero: false } };
  return {
    width: 520,
    height: 220,
    layer: [
      ...(floor
        ? [
            {
              data: { values: [floor] },
              mark: { type: 'rule', strokeDash: [1, 3] },
              encoding: { y: { field: 'value', type: 'quantitative' } },
            },
            {
              data: { values: [floor] },
              mark: { type: 'text', align: 'center', dy: -7, fontSize: 11 },
              encoding: {
                x: { value: 260 },
                y: { field: 'value', type: 'quantitative' },
                text: { field: 'label' },
              },
            },
          ]
        : []),
      ...marks.flatMap((mark, i) => [
        {
          data: { values: [mark] },
          mark: { type: 'rule', strokeDash: i === 0 ? [1, 0] : [4, 4], opacity: 0.6 },
          encoding: { x },
        },
        {
          data: { values: [mark] },
          mark: {
            type: 'text',
            align: mark.epoch > (last + 1) / 2 ? 'right' : 'left',
            dx: mark.epoch > (last + 1) / 2 ? -4 : 4,
            fontSize: 11,
            baseline: 'top',
          },
          encoding: { x, y: { value: -26 + 13 * i }, text: { field: 'label' } },
        },
      ]),
      {
        data: { values: series.flatMap(({ label, points }) => points.map((point) => ({ ...point, label }))) },
        mark: { type: 'line', point: { filled: true, size: 36 } },
        encoding: {
          x,
          y,
          color: {
            field: 'label',
            type: 'nominal',
            scale: scaleOf(colours),
            legend,
          },
          strokeDash: { field: 'label', type: 'nominal', scale: scaleOf(dashes), legend: null },
          shape: { field: 'label', type: 'nominal', scale: scaleOf(shapes), legend },
        },
      },
    ],
  };
}

function fromTo(rows: readonly HistoryRow[], { column, label }: Line): string {
  const points = pointsOf(rows, column);
  if (points.length === 0) return `${label}: no value`;
  return `${label} from ${decimal(points[0]!.value)} to ${decimal(points.at(-1)!.value)}`;
}

/** What the two vertical lines of every curve say. */
function marksOf(rows: readonly HistoryRow[], measure: HistoryColumn): Mark[] {
  const [best, last] = [bestRow(rows, measure), rows.at(-1)];
  if (best && best === last) return [{ epoch: best.epoch, label: `best and last: epoch ${best.epoch}` }];
  const marks = best ? [{ epoch: best.epoch, label: `best: epoch ${best.epoch}` }] : [];
  return last ? [...marks, { epoch: last.epoch, label: `last: epoch ${last.epoch}` }] : marks;
}

/** Losses, then micro and macro measures of the validation posters. `prior` is the loss of knowing only frequencies. */
export async function drawCurves(
  rows: readonly HistoryRow[],
  measure: HistoryColumn,
  prior: number | undefined,
): Promise<Chart[]> {
  const marks = marksOf(rows, measure);
  const marked = marks.map(({ label }) => label).join(', ');
  const seriesOf = (lines: readonly Line[]) =>
    lines.map(({ column, label }) => ({ label, points: pointsOf(rows, column) }));
  const floor = prior === undefined ? undefined : { value: prior, label: 'genre frequencies alone' };
  const best = `the best epoch by ${measure.replaceAll('_', ' ')}, whose weights the model keeps`;
  const caption =
    marks.length > 1
      ? `The solid vertical line marks ${best}; the dashed one the last epoch, where training stopped.`
      : `The vertical line marks ${best} and with which training stopped.`;
  const charts = [
    drawChart(curveSpec(seriesOf(lossLines), 'loss (mean over posters)', marks, floor), {
      name: 'loss',
      title: 'Loss of training and validation posters over the epochs',
      alternative: `${lossLines.map((line) => fromTo(rows, line)).join('; ')}. ${marked}.`,
      caption: `${caption} Training loss is measured while learning, with augmentation and dropout, so it can lie above validation loss.`,
    }),
    ...(['micro', 'macro'] as const).map((average) =>
      drawChart(curveSpec(seriesOf(measureLines(average)), `share (${average} average)`, marks), {
        name: `${average}-measures`,
        title: `Validation measures over the epochs, ${average} average`,
        alternative: `${measureLines(average)
          .map((line) => fromTo(rows, line))
          .join('; ')}. ${marked}.`,
        caption:
          average === 'micro'
            ? 'All poster-genre pairs count alike, so frequent genres weigh most. Precision, recall and F1 are of decisions at probability 1/2.'
            : 'Every genre counts alike, so rare genres weigh as much as frequent ones.',
      }),
    ),
  ];
  return Promise.all(charts);
}

/** Every value as a share of the first. */
function relative(points: Series['points']): Series['points'] {
  return points.map(({ epoch, value }) => ({ epoch, value: value / points[0]!.value }));
}

/** One measure of several runs over the epochs; `isRelative` draws each as a share of its own first epoch. */
export function drawOverlay(
  runs: readonly { readonly name: string; readonly history: readonly HistoryRow[] }[],
  column: HistoryColumn,
  words: Pick<Chart, 'name' | 'title' | 'caption'> & { readonly unit: string; readonly isRelative?: boolean },
): Promise<Chart> {
  const { unit, isRelative = false, ...rest } = words;
  const series = runs.map(({ name, history }) => {
    const points = pointsOf(history, column);
    return { label: name, points: isRelative ? relative(points) : points };
  });
  const alternative = `${runs.map(({ name, history }) => fromTo(history, { column, label: name })).join('; ')}.`;
  return drawChart(curveSpec(series, unit, []), { ...rest, alternative });
}
