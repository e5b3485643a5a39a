/** @module Labels, probabilities and an evaluation -> charts of each genre: curves, calibration, frequency. */
import { type Evaluation, knownOfGenre, precisionRecallCurve, valuesAt } from '../evaluate/index.ts';
import { type Chart, colours, drawChart } from './chart.ts';
import { decimal, listed, percent } from './format.ts';
import type { ScoredPosters } from './scored.ts';

/** At most `most` points of a curve, evenly by recall, its ends kept. */
function thinned<T extends { readonly recall: number }>(points: readonly T[], most: number): T[] {
  let last = Number.POSITIVE_INFINITY;
  return points.filter((point, i) => {
    const keep = i === points.length - 1 || last - point.recall >= 1 / most;
    if (keep) last = point.recall;
    return keep;
  });
}

/** One small precision-recall curve a genre, with the floor of chance. */
export function drawPrecisionRecall(scored: ScoredPosters, evaluation: Evaluation): Promise<Chart> {
  const facts = new Map(evaluation.genres.map((row) => [row.genre, row]));
  const curves: object[] = [];
  const titles: string[] = [];
  scored.genres.forEach((genre, g) => {
    const posters = knownOfGenre(scored.yTrue, g);
    const truth = valuesAt(scored.yTrue.data, posters);
    const support = truth.reduce((sum, label) => sum + label, 0);
    if (support === 0) return;
    const title = `${genre} ${decimal(facts.get(genre)?.averagePrecision, 2)}`;
    titles.push(title);
    const { precision, recall } = precisionRecallCurve(truth, valuesAt(scored.yScore.data, posters));
    const points = Array.from(precision, (p, i) => ({ recall: recall[i]!, precision: p }));
    for (const point of thinned(points, 40)) curves.push({ title, floor: support / truth.length, ...point });
  });
  const axis = { values: [0, 0.5, 1], format: '.1' };
  const x = { field: 'recall', type: 'quantitative', scale: { domain: [0, 1] }, axis, title: 'recall' };
  const scale = { domain: [0, 1] };
  const spec = {
    data: { values: curves },
    facet: {
      field: 'title',
      type: 'nominal',
      title: null,
      sort: titles,
      header: { labelPadding: 2 },
    },
    columns: 5,
    spacing: 10,
    spec: {
      width: 92,
      height: 80,
      layer: [
        {
          mark: { type: 'rule', strokeDash: [2, 2] },
          encoding: { y: { aggregate: 'mean', field: 'floor', type: 'quantitative', scale } },
        },
        {
          mark: { type: 'line', color: colours[0], interpolate: 'step-after' },
          encoding: {
            x,
            y: { field: 'precision', type: 'quantitative', scale, axis, title: 'precision' },
            order: { field: 'recall', type: 'quantitative' },
          },
        },
      ],
    },
  };
  return drawChart(spec, {
    name: 'precision-recall',
    title: 'Precision against recall of each genre',
    alternative: `Average precision: ${titles.join(', ')}.`,
    caption:
      "The number beside each genre is its average precision, the area under the curve. The dashed line is chance: the genre's share of these posters.",
  });
}

/** Wilson's 95% interval of a share (Wilson 1927). */
function wilsonInterval(share: number, trials: number): { low: number; high: number } {
  const z = 1.96;
  const centre = share + z ** 2 / (2 * trials);
  const reach = z * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  const scale = 1 + z ** 2 / trials;
  return { low: (centre - reach) / scale, high: (centre + reach) / scale };
}

/** How often a probability came true. */
export function drawReliability(evaluation: Evaluation): Promise<Chart> {
  const { bins, expectedCalibrationError } = evaluation.calibration;
  const axisOf = (title: string) => ({ title, format: '.0%' });
  const spec = {
    width: 300,
    height: 260,
    layer: [
      {
        data: {
          values: [
            { a: 0, b: 0 },
            { a: 1, b: 1 },
          ],
        },
        mark: { type: 'line', strokeDash: [4, 3], color: 'currentColor', opacity: 0.6 },
        encoding: { x: { field: 'a', type: 'quantitative' }, y: { field: 'b', type: 'quantitative' } },
      },
      {
        data: { values: bins.map((bin) => ({ ...bin, ...wilsonInterval(bin.positiveRate, bin.count) })) },
        mark: { type: 'rule', color: colours[0], opacity: 0.7 },
        encoding: {
          x: { field: 'meanProbability', type: 'quantitative' },
          y: { field: 'low', type: 'quantitative' },
          y2: { field: 'high' },
        },
      },
      {
        data: { values: bins },
        mark: { type: 'line', color: colours[0] },
        encoding: {
          x: {
            field: 'meanProbability',
            type: 'quantitative',
            axis: axisOf('predicted probability (mean of the bin)'),
          },
          y: { field: 'positiveRate', type: 'quantitative', axis: axisOf('share that is true') },
        },
      },
      {
        data: { values: bins },
        mark: { type: 'point', filled: true, color: colours[0], opacity: 1 },
        encoding: {
          x: { field: 'meanProbability', type: 'quantitative' },
          y: { field: 'positiveRate', type: 'quantitative' },
          size: {
            field: 'count',
            type: 'quantitative',
            scale: { type: 'log', domain: [1, 100_000], range: [10, 300], clamp: true },
            legend: {
              title: 'poster-genre pairs',
              format: '~s',
              values: [10, 100, 1000, 10000],
              symbolFillColor: colours[0],
              symbolStrokeColor: colours[0],
              labelOffset: 8,
            },
          },
        },
      },
    ],
  };
  return drawChart(spec, {
    name: 'reliability',
    title: 'Calibration: how often a probability came true',
    alternative: `${bins.map((bin) => `${percent(bin.meanProbability, 0)} came true ${percent(bin.positiveRate, 0)}`).join(', ')}. Expected calibration error ${decimal(expectedCalibrationError)}.`,
    caption: `On the dashed diagonal probabilities mean what they say; below it they promise too much. Expected calibration error ${decimal(expectedCalibrationError)} over 15 bins of equal width. The bars are Wilson's 95% intervals, as if pairs were independent: bins with few pairs scatter by chance.`,
  });
}

/** How often each genre is said, beside how often it is true. */
export function drawFrequencies(evaluation: Evaluation): Promise<Chart> {
  const rows = [...evaluation.genres].sort((a, b) => b.support - a.support);
  const what = ['true', 'given by the model'];
  const values = rows.flatMap(({ genre, support, predicted }) => [
    { genre, what: what[0], posters: support },
    { genre, what: what[1], posters: predicted },
  ]);
  const y = {
    field: 'genre',
    type: 'nominal',
    sort: rows.map(({ genre }) => genre),
    title: null,
    axis: { grid: true, ticks: false, domain: false },
  };
  const scaleOf = (range: readonly string[]) => ({ domain: what, range });
  const spec = {
    width: 430,
    height: { step: 19 },
    layer: [
      {
        data: { values: rows },
        mark: { type: 'rule', opacity: 0.5, strokeWidth: 2 },
        encoding: {
          y,
          x: { field: 'support', type: 'quantitative', title: 'posters' },
          x2: { field: 'predicted' },
        },
      },
      {
        data: { values },
        mark: { type: 'point', filled: true, size: 75, opacity: 1 },
        encoding: {
          y,
          x: { field: 'posters', type: 'quantitative', title: 'posters' },
          color: {
            field: 'what',
            type: 'nominal',
            scale: scaleOf([colours[0], colours[1]]),
            legend: { title: null, orient: 'top' },
          },
          shape: { field: 'what', type: 'nominal', scale: scaleOf(['circle', 'diamond']) },
        },
      },
    ],
  };
  const over = rows.filter((row) => row.predicted > 1.5 * row.support).map(({ genre }) => genre);
  const under = rows.filter((row) => row.predicted < row.support / 1.5).map(({ genre }) => genre);
  const said = [
    over.length > 0 ? `More than half too often: ${listed(over, 20)}.` : '',
    under.length > 0 ? `Less than two thirds as often as true: ${listed(under, 20)}.` : '',
  ].filter((text) => text !== '');
  return drawChart(spec, {
    name: 'frequency',
    title: 'How often each genre is given and how often it is true',
    alternative: rows.map((row) => `${row.genre}: true ${row.support}, given ${row.predicted}`).join('; '),
    caption:
      said.length > 0
        ? said.join(' ')
        : 'No genre is given half too often, or less than two thirds as often as it is true.',
  });
}
