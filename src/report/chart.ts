/** @module A Vega-Lite specification -> an SVG that reads in light, in dark and in grey print. */
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Language } from './format.ts';

/** A picture of the report, with what stands in its place for those who cannot see it. */
export interface Chart {
  /** File name without ending, unique in a report. */
  readonly name: string;
  readonly title: string;
  /** What the chart shows, with its figures. */
  readonly alternative: string;
  /** How it is to be read. */
  readonly caption: string;
  readonly svg: string;
}

/**
 * Blue, vermilion, bluish green, reddish purple, orange and sky blue of Okabe & Ito 2008, and a grey: told apart
 * by all common kinds of colour vision. In grey print some look alike, so lines also differ in dashes and points
 * in shape; seven colours and four dashes make 28 different lines.
 */
export const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#808080'] as const;
export const dashes: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
];
export const shapes = ['circle', 'square', 'triangle-up', 'diamond'] as const;

/** Lines and letters take the page's own colour, so that they show in light and dark. */
const config = {
  aria: false,
  background: null,
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  axis: {
    labelColor: 'currentColor',
    titleColor: 'currentColor',
    domainColor: 'currentColor',
    tickColor: 'currentColor',
    gridColor: 'currentColor',
    gridOpacity: 0.12,
    titleFontWeight: 'normal',
    labelFontSize: 11,
    titleFontSize: 12,
  },
  legend: {
    labelColor: 'currentColor',
    titleColor: 'currentColor',
    labelFontSize: 12,
    labelLimit: 400,
    titleFontWeight: 'normal',
    symbolSize: 70,
  },
  header: { labelColor: 'currentColor', titleColor: 'currentColor', labelFontSize: 11 },
  text: { fill: 'currentColor' },
  rule: { stroke: 'currentColor' },
} as const;

/** How numbers are written on axes, by language; English is Vega's own. */
const axisLocales: Readonly<Record<Language, object>> = {
  en: {},
  de: {
    locale: {
      number: { decimal: ',', thousands: '.', grouping: [3], currency: ['', '\u00a0€'], percent: '\u00a0%' },
    },
  },
};

/** Runs Vega without a browser or canvas; text widths are its estimates. The same specification gives the same SVG. */
export async function drawChart(
  spec: Readonly<Record<string, unknown>>,
  words: Omit<Chart, 'svg'>,
  language: Language = 'en',
): Promise<Chart> {
  const compiled = compile({ ...spec, background: null, config } as unknown as TopLevelSpec, {
    logger: vega.logger(vega.None),
  }).spec;
  vega.resetSVGDefIds();
  const view = new vega.View(vega.parse({ ...compiled, background: undefined }, axisLocales[language]), {
    renderer: 'none',
    logLevel: vega.None,
  });
  try {
    return drawingOf(await view.toSVG(), words);
  } finally {
    view.finalize();
  }
}

/** The drawing becomes one image with a name; ids are made unique, since all charts share a page. */
export function drawingOf(svg: string, words: Omit<Chart, 'svg'>): Chart {
  const { name, title, alternative } = words;
  const label = escapeXml(`${title}. ${alternative}`);
  const labelled = svg
    .replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, '')
    .replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', '')
    .replace('<svg ', () => `<svg role="img" aria-label="${label}" `)
    .replaceAll('id="', `id="${name}-`)
    .replaceAll('url(#', `url(#${name}-`);
  return { ...words, svg: labelled };
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function sizeOf(svg: string): { width: number; height: number } {
  const side = (name: string) => Number(new RegExp(`^<svg [^>]*\\b${name}="([\\d.]+)"`).exec(svg)?.[1] ?? 0);
  return { width: side('width'), height: side('height') };
}

/** Small charts beside each other in a file. */
const chartsInRow = 5;

/** Charts as a file of its own: on white, since nothing gives them the page's colours there. */
export function standaloneDrawing(charts: readonly Chart[]): string {
  const onWhite = 'style="background:#fff;color:#1b2126"';
  const [first] = charts;
  if (charts.length === 1) return first!.svg.replace('<svg ', `<svg ${onWhite} `);
  const sizes = charts.map(({ svg }) => sizeOf(svg));
  const cell = {
    width: Math.max(...sizes.map(({ width }) => width)) + 10,
    height: Math.max(...sizes.map(({ height }) => height)) + 10,
  };
  const [columns, rows] = [Math.min(chartsInRow, charts.length), Math.ceil(charts.length / chartsInRow)];
  const placed = charts.map(({ svg }, i) => {
    const [x, y] = [(i % chartsInRow) * cell.width, Math.floor(i / chartsInRow) * cell.height];
    return svg.replace('<svg ', `<svg x="${x}" y="${y}" `);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${columns * cell.width}" height="${rows * cell.height}" ${onWhite}>${placed.join('\n')}</svg>`;
}
