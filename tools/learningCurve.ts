/**
 * @module docs/results/learning-curve.json -> its chart, and the table of docs/experiments.md between its markers.
 * `npm run tool -- learning-curve`; `tools/starts/probe.py` measures it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { colours, drawChart } from '../src/report/index.ts';
import { resultAt } from './figures.ts';
import { root } from './root.ts';

/** A measure and the ends of its 95 % interval over the validation posters. */
type Estimate = readonly [value: number, low: number, high: number];

interface LearningCurve {
  readonly start: string;
  readonly validationPosters: number;
  readonly points: readonly {
    readonly posters: number;
    readonly with: 'training posters' | 'further posters';
    readonly micro: Estimate;
    readonly macro: Estimate;
  }[];
}

const measured = (): LearningCurve => resultAt('docs/results/learning-curve.json') as LearningCurve;

const names = { 'training posters': 'the first set only', 'further posters': 'both sets, mixed' } as const;
const measures = { micro: 'Micro average precision', macro: 'Macro average precision' } as const;

/** Panels of both measures; each doubling of the posters takes the same width. */
export async function drawLearningCurve(): Promise<string> {
  const { points, start } = measured();
  const panel = (measure: keyof typeof measures, hasLegend: boolean): object => {
    const values = points.map((point) => {
      const [value, low, high] = point[measure];
      return { posters: point.posters, set: names[point.with], value, low, high };
    });
    const colour = {
      field: 'set',
      type: 'nominal',
      title: null,
      scale: { domain: Object.values(names), range: [colours[0], colours[1]] },
      legend: hasLegend ? { orient: 'top' } : null,
    };
    const [x, y] = [{ field: 'posters', type: 'quantitative' }, { type: 'quantitative' }];
    const across = {
      ...x,
      title: 'posters to train',
      scale: { type: 'log', base: 2, domain: [450, 24_000] },
      axis: { values: [500, 1000, 2000, 4000, 8000, 16_000], format: ',d', grid: false },
    };
    const up = { ...y, title: measures[measure], scale: { zero: false } };
    return {
      width: 280,
      height: 200,
      data: { values },
      layer: [
        {
          mark: { type: 'area', opacity: 0.15 },
          encoding: { x: across, y: { ...up, field: 'low' }, y2: { field: 'high' }, color: colour },
        },
        {
          mark: { type: 'line', point: { size: 30 }, strokeWidth: 1.5 },
          encoding: { x: across, y: { ...up, field: 'value' }, color: colour },
        },
      ],
    };
  };
  const { svg } = await drawChart(
    { hconcat: [panel('micro', true), panel('macro', false)] },
    {
      name: 'learning-curve',
      title: `Average precision of a frozen ${start} against the posters to train`,
      alternative:
        'Average precision against the number of posters to train; the figures are in the table below.',
      caption: '',
    },
  );
  // A picture of its own has no page whose colour it could take: this grey reads on white and on black.
  return `${svg.replace('<svg ', '<svg style="color:#808890" ')}\n`;
}

function renderLearningCurve(): string {
  const cell = ([value, ...interval]: Estimate): string => {
    const [shown, low, high] = [value, ...interval].map((each) => each.toFixed(3).replace(/^0/, ''));
    return `${shown} (${low}-${high})`;
  };
  return [
    '| Posters | of which | Micro average precision | Macro |',
    '|---|---|---|---|',
    ...measured().points.map(
      ({ posters, micro, macro, ...point }) =>
        `| ${posters.toLocaleString('en')} | ${names[point.with]} | ${cell(micro)} | ${cell(macro)} |`,
    ),
  ].join('\n');
}

const page = new URL('docs/experiments.md', root);

/** The page with its table as it was measured. */
export function withLearningCurve(text: string): string {
  const [before, rest] = text.split('<!--learning-curve-->\n') as [string, string];
  const after = rest.slice(rest.indexOf('<!--/learning-curve-->'));
  return `${before}<!--learning-curve-->\n\n${renderLearningCurve()}\n\n${after}`;
}

export async function writeLearningCurve(): Promise<void> {
  writeFileSync(page, withLearningCurve(readFileSync(page, 'utf8')));
  writeFileSync(new URL('docs/pictures/learning-curve.svg', root), await drawLearningCurve());
}
