/** @module bench/results/scaling-*.json -> charts of how time and memory grow, with the machine's limit as a line. */
import type { Point } from '../bench/result.ts';
import { type Chart, colours, drawChart } from '../src/report/index.ts';
import { resultAt } from './figures.ts';

interface Growth {
  readonly peakOperationsPerSecond?: number;
  readonly points: readonly Point[];
}

interface Drawn {
  readonly dimension: string;
  readonly value: number;
  readonly what: 'measured' | 'limit';
  readonly milliseconds: number;
  readonly megabytes: number | undefined;
}

/** A panel for each thing that grows; both axes are logarithmic, as most of it doubles. */
function panels(points: readonly Drawn[], field: 'milliseconds' | 'megabytes', title: string): object[] {
  const dimensions = [...new Set(points.map(({ dimension }) => dimension))];
  return dimensions.map((dimension, i) => ({
    width: 130,
    height: 130,
    data: { values: points.filter((point) => point.dimension === dimension && point[field] !== undefined) },
    mark: { type: 'line', point: { size: 28 }, strokeWidth: 1.5 },
    encoding: {
      x: {
        field: 'value',
        type: 'quantitative',
        title: dimension === 'image size' ? 'pixels' : dimension,
        scale: { type: 'log' },
        axis: { tickCount: 3, format: '~s', grid: false },
      },
      y: {
        field,
        type: 'quantitative',
        title: i === 0 ? title : null,
        scale: { type: 'log' },
        axis: { tickCount: 4, format: '~g' },
      },
      color: {
        field: 'what',
        type: 'nominal',
        title: null,
        scale: { domain: ['measured', 'limit'], range: [colours[0], colours[1]] },
        legend: field === 'milliseconds' && i === 0 ? { orient: 'top' } : null,
      },
      strokeDash: {
        field: 'what',
        type: 'nominal',
        scale: {
          domain: ['measured', 'limit'],
          range: [
            [1, 0],
            [4, 3],
          ],
        },
        legend: null,
      },
    },
  }));
}

/** @param part `scaling-training` or `scaling-prediction`, as the benchmark calls it */
export async function drawGrowth(part: string, name: string, title: string): Promise<Chart> {
  const { points, peakOperationsPerSecond: peak } = resultAt(`bench/results/${part}.json`) as Growth;
  const drawn = points.flatMap(
    ({ dimension, value, images, seconds, peakMegabytes, operations }): Drawn[] => {
      const of = (what: Drawn['what'], time: number, megabytes?: number): Drawn => {
        return { dimension, value, what, milliseconds: (time * 1000) / images, megabytes };
      };
      const measured = of('measured', seconds, peakMegabytes);
      const isLimited = operations !== undefined && peak !== undefined;
      return isLimited ? [measured, of('limit', operations / peak)] : [measured];
    },
  );
  const rows = [
    { hconcat: panels(drawn, 'milliseconds', 'milliseconds an image') },
    { hconcat: panels(drawn, 'megabytes', 'megabytes, at most') },
  ].filter(({ hconcat }) => hconcat.length > 0);
  const chart = await drawChart(
    { vconcat: rows },
    {
      name,
      title,
      alternative: 'Milliseconds an image and peak of memory; the figures are in the table below.',
      caption: title,
    },
  );
  // A picture of its own has no page whose colour it could take: this grey reads on white and on black.
  return { ...chart, svg: chart.svg.replace('<svg ', '<svg style="color:#808890" ') };
}

/** A line for each point: what grew, and what it cost. */
export function growthTable(part: string): string[] {
  const { points } = resultAt(`bench/results/${part}.json`) as Growth;
  return [
    '| what differs | | milliseconds an image | megabytes, at most | share of peak arithmetic |',
    '|---|---|---|---|---|',
    ...points.map(({ dimension, label, seconds, images, peakMegabytes, shareOfPeak }) => {
      const time = ((seconds * 1000) / images).toPrecision(3);
      const memory = peakMegabytes === undefined ? '-' : peakMegabytes.toFixed(0);
      return `| ${dimension} | ${label} | ${time} | ${memory} | ${shareOfPeak?.toFixed(2) ?? '-'} |`;
    }),
  ];
}
