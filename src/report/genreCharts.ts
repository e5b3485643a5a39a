/** @module Labels, probabilities and an evaluation -> charts of each genre: curves, calibration, frequency. */
import {
  type Evaluation,
  knownOfGenre,
  precisionRecallCurve,
  valuesAt,
  wilsonInterval,
} from '../evaluate/index.ts';
import { type Chart, colours, drawChart } from './chart.ts';
import type { FigureBlock } from './document.ts';
import type { ScoredPosters } from './scored.ts';
import type { Tongue } from './words/tongue.ts';

/** At most `most` points of a curve, evenly by recall, its ends kept. */
function thinned<T extends { readonly recall: number }>(points: readonly T[], most: number): T[] {
  let last = Number.POSITIVE_INFINITY;
  return points.filter((point, i) => {
    const keep = i === points.length - 1 || last - point.recall >= 1 / most;
    if (keep) last = point.recall;
    return keep;
  });
}

/** Letters of a small chart's title; longer names are cut there, and are whole in the tables. */
const longestTitle = 20;

function drawGenreCurve(
  scored: ScoredPosters,
  g: number,
  averagePrecision: number | null | undefined,
  { results, decimal, language }: Tongue,
): Promise<Chart> | undefined {
  const posters = knownOfGenre(scored.yTrue, g);
  const truth = valuesAt(scored.yTrue.data, posters);
  const support = truth.reduce((sum, label) => sum + label, 0);
  if (support === 0) return undefined;
  const { precision, recall } = precisionRecallCurve(truth, valuesAt(scored.yScore.data, posters));
  const points = Array.from(precision, (p, i) => ({ recall: recall[i]!, precision: p }));
  const genre = scored.genres[g]!;
  const shown = genre.length > longestTitle ? `${genre.slice(0, longestTitle - 1)}…` : genre;
  const axis = { values: [0, 0.5, 1], format: '.1' };
  const scale = { domain: [0, 1] };
  const y = { type: 'quantitative', scale, axis, title: results.precision };
  const spec = {
    width: 108,
    height: 82,
    title: {
      text: `${shown} ${decimal(averagePrecision, 2)}`,
      fontSize: 11,
      fontWeight: 'normal',
      color: 'currentColor',
      offset: 4,
    },
    layer: [
      {
        data: { values: [{ floor: support / truth.length }] },
        mark: { type: 'rule', strokeDash: [2, 2] },
        encoding: { y: { ...y, field: 'floor' } },
      },
      {
        data: { values: thinned(points, 40) },
        mark: { type: 'line', color: colours[0], interpolate: 'step-after' },
        encoding: {
          x: { field: 'recall', type: 'quantitative', scale, axis, title: results.recall },
          y: { ...y, field: 'precision' },
          order: { field: 'recall', type: 'quantitative' },
        },
      },
    ],
  };
  const alternative = results.precisionRecallAlternative(`${genre} ${decimal(averagePrecision, 2)}`);
  return drawChart(spec, { name: `precision-recall-${g}`, title: genre, alternative, caption: '' }, language);
}

/** One small precision-recall curve a genre, with the floor of chance; `order` has their columns. */
export async function drawPrecisionRecall(
  scored: ScoredPosters,
  evaluation: Evaluation,
  order: readonly number[],
  tongue: Tongue,
): Promise<FigureBlock> {
  const facts = new Map(evaluation.genres.map((row) => [row.genre, row]));
  const charts = await Promise.all(
    order.flatMap(
      (g) => drawGenreCurve(scored, g, facts.get(scored.genres[g]!)?.averagePrecision, tongue) ?? [],
    ),
  );
  const { results } = tongue;
  return {
    kind: 'figure',
    id: 'precision-recall',
    title: results.precisionRecallTitle,
    caption: results.precisionRecallCaption,
    charts,
  };
}

/** A share of fewer pairs than this says next to nothing: its interval is wider than a third. */
const fewestPairs = 30;

/** Powers of ten among the counts, two at least where there are as many. */
function legendCounts(counts: readonly number[]): number[] {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const powers = [1, 10, 100, 1000, 10_000, 100_000].filter((count) => count >= least && count <= most);
  return powers.length > 0 ? powers : [most];
}

/** How often a probability came true. */
export function drawReliability(evaluation: Evaluation, { results, language }: Tongue): Promise<Chart> {
  const { expectedCalibrationError } = evaluation.calibration;
  const bins = evaluation.calibration.bins.map((bin) => ({
    ...bin,
    ...wilsonInterval(bin.positiveRate, bin.count),
    isFew: bin.count < fewestPairs,
  }));
  const solid = bins.filter(({ isFew }) => !isFew);
  const few = bins.filter(({ isFew }) => isFew);
  const counts = bins.map(({ count }) => count);
  const axisOf = (title: string) => ({ title, format: '.0%', tickCount: 5 });
  const scale = { domain: [0, 1] };
  const x = {
    field: 'meanProbability',
    type: 'quantitative',
    scale,
    axis: axisOf(results.reliabilityAxes[0]),
  };
  const y = { field: 'positiveRate', type: 'quantitative', scale, axis: axisOf(results.reliabilityAxes[1]) };
  const size = {
    field: 'count',
    type: 'quantitative',
    scale: {
      type: 'log',
      domain: [1, Math.max(10, ...counts)],
      range: [12, 240],
      clamp: true,
    },
    legend: {
      title: results.pairs,
      orient: 'bottom',
      direction: 'horizontal',
      format: 'd',
      values: legendCounts(counts),
      symbolFillColor: colours[0],
      symbolStrokeColor: colours[0],
    },
  };
  const spec = {
    width: 280,
    height: 240,
    layer: [
      {
        data: {
          values: [
            { meanProbability: 0, positiveRate: 0 },
            { meanProbability: 1, positiveRate: 1 },
          ],
        },
        mark: { type: 'line', strokeDash: [4, 3], color: 'currentColor', opacity: 0.6 },
        encoding: { x, y },
      },
      {
        data: { values: bins },
        mark: { type: 'rule', color: colours[0], opacity: 0.6 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      { data: { values: solid }, mark: { type: 'line', color: colours[0] }, encoding: { x, y } },
      {
        data: { values: solid },
        mark: { type: 'point', filled: true, color: colours[0], opacity: 1 },
        encoding: { x, y, size },
      },
      {
        data: { values: few },
        mark: { type: 'point', filled: false, stroke: colours[0], opacity: 1, size: 40 },
        encoding: { x, y },
      },
    ],
  };
  return drawChart(
    spec,
    {
      name: 'reliability',
      title: results.reliabilityTitle,
      alternative: `${bins.map((bin) => results.reliabilityPoint(bin.meanProbability, bin.positiveRate, bin.isFew)).join(', ')}.`,
      caption: results.reliabilityCaption(expectedCalibrationError, fewestPairs, few.length),
    },
    language,
  );
}

/** How often each genre is given, as a bar, beside how often it is true; `genres` has those that are shown, in order. */
export function drawFrequencies(
  evaluation: Evaluation,
  genres: readonly string[],
  { results, language }: Tongue,
): Promise<Chart> {
  const facts = new Map(evaluation.genres.map((row) => [row.genre, row]));
  const rows = genres.flatMap((genre) => facts.get(genre) ?? []);
  const [given, isTrue] = results.frequencyKinds;
  const y = {
    field: 'genre',
    type: 'nominal',
    sort: rows.map(({ genre }) => genre),
    title: null,
    axis: { ticks: false, domain: false, labelLimit: 120 },
  };
  const title = results.frequencyAxis;
  const kinds = { domain: [given, isTrue], range: ['#7fb2d9', 'currentColor'] };
  const legend = { title: null, orient: 'bottom', direction: 'horizontal', symbolType: 'square' };
  const spec = {
    width: 250,
    height: { step: rows.length > 14 ? 15 : 19 },
    layer: [
      {
        data: { values: rows.map((row) => ({ ...row, kind: given })) },
        mark: { type: 'bar', height: { band: 0.72 } },
        encoding: {
          y,
          x: { field: 'predicted', type: 'quantitative', title, axis: { tickCount: 5 } },
          color: { field: 'kind', type: 'nominal', scale: kinds, legend },
        },
      },
      {
        data: { values: rows.map((row) => ({ ...row, kind: isTrue })) },
        mark: { type: 'tick', thickness: 3, color: 'currentColor', height: { band: 0.95 } },
        encoding: { y, x: { field: 'support', type: 'quantitative', title } },
      },
    ],
  };
  const over = rows.filter((row) => row.predicted > 1.5 * row.support).map(({ genre }) => genre);
  const under = rows.filter((row) => row.predicted < row.support / 1.5).map(({ genre }) => genre);
  const said = [
    over.length > 0 ? results.tooOften(over) : '',
    under.length > 0 ? results.tooRarely(under) : '',
    over.length + under.length === 0 ? results.frequencyFits : '',
    rows.length < evaluation.genres.length ? results.onlyMost(rows.length, evaluation.genres.length) : '',
  ];
  return drawChart(
    spec,
    {
      name: 'frequency',
      title: results.frequencyTitle,
      alternative: rows.map((row) => results.frequencyOf(row.genre, row.support, row.predicted)).join('; '),
      caption: said.filter(Boolean).join(' '),
    },
    language,
  );
}
