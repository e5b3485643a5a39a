/** @module The histories of one or more runs -> charts of their losses and measures over the epochs. */
import type { HistoryRow } from '../run/index.ts';
import { type Chart, colours, dashes, drawChart, shapes } from './chart.ts';
import { bestRow, type HistoryColumn } from './curves.ts';
import type { Tongue } from './words/tongue.ts';

interface Line {
  readonly column: HistoryColumn;
  readonly label: string;
}

interface Mark {
  readonly epoch: number;
  readonly label: string;
}

/** A line, and the band around it where it is the mean of several. */
interface Series {
  readonly label: string;
  readonly points: readonly {
    readonly epoch: number;
    readonly value: number;
    readonly low?: number;
    readonly high?: number;
  }[];
}

/** Of the plot, in CSS pixels: two stand side by side on A4 and one fills a phone. */
const plot = { width: 280, height: 180 } as const;

function pointsOf(rows: readonly HistoryRow[], column: HistoryColumn): Series['points'] {
  return rows
    .filter((row) => Number.isFinite(row[column]))
    .map((row) => ({ epoch: row.epoch, value: row[column] }));
}

/** One line a series over the epochs, with vertical marks and, if wanted, a horizontal floor. */
function curveSpec(
  series: readonly Series[],
  titles: { readonly x: string; readonly y: string },
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
    title: titles.x,
    scale: { domain: [1, last], nice: false },
    axis: { tickMinStep: 1, grid: false, format: 'd' },
  };
  const legend = {
    title: null,
    orient: 'bottom',
    columns: 2,
    labelLimit: 300,
    symbolSize: 90,
    symbolStrokeWidth: 2,
  };
  const y = { field: 'value', type: 'quantitative', title: titles.y, scale: { zero: false } };
  const values = series.flatMap(({ label, points }) => points.map((point) => ({ ...point, label })));
  const banded = values.filter(({ low }) => low !== undefined);
  const color = { field: 'label', type: 'nominal', scale: scaleOf(colours), legend };
  return {
    ...plot,
    layer: [
      ...(floor
        ? [
            {
              data: { values: [floor] },
              mark: { type: 'rule', strokeDash: [3, 3], opacity: 0.6 },
              encoding: { y },
            },
            {
              data: { values: [{ ...floor, epoch: last }] },
              mark: { type: 'text', align: 'right', baseline: 'bottom', dy: -2, fontSize: 10 },
              encoding: { x, y, text: { field: 'label' } },
            },
          ]
        : []),
      ...marks.flatMap((mark, i) => [
        {
          data: { values: [mark] },
          mark: { type: 'rule', strokeDash: i === 0 ? [1, 0] : [4, 3], opacity: 0.7 },
          encoding: { x },
        },
        {
          data: { values: [mark] },
          mark: {
            type: 'text',
            align: mark.epoch > (last + 1) / 2 ? 'right' : 'left',
            dx: mark.epoch > (last + 1) / 2 ? -3 : 3,
            fontSize: 11,
            baseline: 'top',
          },
          encoding: { x, y: { value: -26 + 13 * i }, text: { field: 'label' } },
        },
      ]),
      ...(banded.length > 0
        ? [
            {
              data: { values: banded },
              mark: { type: 'area', opacity: 0.2 },
              encoding: {
                x,
                y: { ...y, field: 'low' },
                y2: { field: 'high' },
                color: { ...color, legend: null },
              },
            },
          ]
        : []),
      {
        data: { values },
        mark: { type: 'line', point: { filled: true, size: 30 } },
        encoding: {
          x,
          y,
          color,
          strokeDash: { field: 'label', type: 'nominal', scale: scaleOf(dashes), legend },
          shape: { field: 'label', type: 'nominal', scale: scaleOf(shapes), legend },
        },
      },
    ],
  };
}

function fromTo(points: Series['points'], label: string, { training }: Tongue): string {
  if (points.length === 0) return training.noValue(label);
  return training.fromTo(label, points[0]!.value, points.at(-1)!.value);
}

/** What the vertical lines of every curve say. */
function marksOf(rows: readonly HistoryRow[], measure: HistoryColumn, { training }: Tongue): Mark[] {
  const [best, last] = [bestRow(rows, measure), rows.at(-1)];
  if (best && best === last) return [{ epoch: best.epoch, label: training.bestAndLast(best.epoch) }];
  const marks = best ? [{ epoch: best.epoch, label: training.best(best.epoch) }] : [];
  return last ? [...marks, { epoch: last.epoch, label: training.last(last.epoch) }] : marks;
}

/** The charts of a training. */
export interface CurveCharts {
  readonly loss: Chart;
  readonly precision: Chart;
  readonly micro: Chart;
  readonly macro: Chart;
}

/** `prior` is the loss of knowing only frequencies. */
export async function drawCurves(
  rows: readonly HistoryRow[],
  measure: HistoryColumn,
  prior: number | undefined,
  tongue: Tongue,
): Promise<CurveCharts> {
  const { training: words, language } = tongue;
  const marks = marksOf(rows, measure, tongue);
  const marked = marks.map(({ label }) => label).join(', ');
  const marksText = words.marks(words.columnName(measure), marks.length > 1);
  const draw = (
    lines: readonly Line[],
    y: string,
    { caption, ...names }: Pick<Chart, 'name' | 'title' | 'caption'>,
    floor?: { readonly value: number; readonly label: string },
  ) => {
    const series = lines.map(({ column, label }) => ({ label, points: pointsOf(rows, column) }));
    const alternative = `${series.map(({ label, points }) => fromTo(points, label, tongue)).join('; ')}. ${marked}.`;
    return drawChart(
      curveSpec(series, { x: words.epoch, y }, marks, floor),
      { ...names, alternative, caption: `${caption} ${marksText}` },
      language,
    );
  };
  const measureLines = (average: 'micro' | 'macro'): Line[] => [
    { column: `validation_${average}_average_precision`, label: words.averagePrecision },
    { column: `validation_${average}_precision`, label: words.precision },
    { column: `validation_${average}_recall`, label: words.recall },
    { column: `validation_${average}_f1`, label: words.f1 },
  ];
  const floor = prior === undefined ? undefined : { value: prior, label: words.frequencies };
  const [loss, precision, micro, macro] = await Promise.all([
    draw(
      [
        { column: 'training_loss', label: words.training },
        { column: 'validation_loss', label: words.validation },
      ],
      words.lossAxis,
      { name: 'loss', title: words.lossTitle, caption: words.lossCaption },
      floor,
    ),
    draw(
      [
        { column: 'validation_micro_precision', label: words.micro },
        { column: 'validation_macro_precision', label: words.macro },
      ],
      words.shareAxis,
      { name: 'precision', title: words.precisionTitle, caption: words.precisionCaption },
    ),
    draw(measureLines('micro'), words.shareAxis, {
      name: 'micro-measures',
      title: words.microTitle,
      caption: words.microCaption,
    }),
    draw(measureLines('macro'), words.shareAxis, {
      name: 'macro-measures',
      title: words.macroTitle,
      caption: words.macroCaption,
    }),
  ]);
  return { loss, precision, micro, macro };
}

/** Every value as a share of the first. */
function relative(points: Series['points']): Series['points'] {
  return points.map(({ epoch, value }) => ({ epoch, value: value / points[0]!.value }));
}

/** The mean of several runs at each epoch that any of them has, with the band from their lowest to their highest. */
function banded(runs: readonly Series['points'][]): Series['points'] {
  if (runs.length === 1) return runs[0]!;
  const epochs = [...new Set(runs.flat().map(({ epoch }) => epoch))].sort((a, b) => a - b);
  return epochs.map((epoch) => {
    const values = runs.flat().filter((point) => point.epoch === epoch);
    const numbers = values.map(({ value }) => value);
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    return { epoch, value: mean, low: Math.min(...numbers), high: Math.max(...numbers) };
  });
}

/**
 * One measure of several runs over the epochs, those that differ in their seed alone as one line with a band;
 * `isRelative` draws each as a share of its own first epoch.
 */
export function drawOverlay(
  groups: readonly { readonly name: string; readonly histories: readonly (readonly HistoryRow[])[] }[],
  column: HistoryColumn,
  words: Pick<Chart, 'name' | 'title' | 'caption'> & { readonly unit: string; readonly isRelative?: boolean },
  tongue: Tongue,
): Promise<Chart> {
  const { unit, isRelative = false, ...rest } = words;
  const series = groups.map(({ name, histories }) => {
    const runs = histories
      .map((history) => pointsOf(history, column))
      .map((points) => (isRelative && points.length > 0 ? relative(points) : points));
    return { label: name, points: banded(runs.filter((points) => points.length > 0)) };
  });
  const alternative = `${series.map(({ label, points }) => fromTo(points, label, tongue)).join('; ')}.`;
  const spec = curveSpec(series, { x: tongue.training.epoch, y: unit }, []);
  return drawChart(spec, { ...rest, alternative }, tongue.language);
}
