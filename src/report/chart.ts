/** @module A Vega-Lite specification -> an SVG that reads in light, in dark and in grey print. */
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

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

/** Runs Vega without a browser or canvas; text widths are its estimates. The same specification gives the same SVG. */
export async function drawChart(
  spec: Readonly<Record<string, unknown>>,
  words: Omit<Chart, 'svg'>,
): Promise<Chart> {
  const compiled = compile({ ...spec, background: null, config } as unknown as TopLevelSpec, {
    logger: vega.logger(vega.None),
  }).spec;
  vega.resetSVGDefIds();
  const view = new vega.View(vega.parse({ ...compiled, background: undefined }), {
    renderer: 'none',
    logLevel: vega.None,
  });
  try {
    const svg = await view.toSVG();
    return { ...words, svg: labelled(svg, words) };
  } finally {
    view.finalize();
  }
}

/** The drawing becomes one image with a name; ids are made unique, since all charts share a page. */
function labelled(svg: string, { name, title, alternative }: Omit<Chart, 'svg'>): string {
  const label = escapeAttribute(`${title}. ${alternative}`);
  return svg
    .replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, '')
    .replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', '')
    .replace('<svg ', () => `<svg role="img" aria-label="${label}" `)
    .replaceAll('id="', `id="${name}-`)
    .replaceAll('url(#', `url(#${name}-`);
}

function escapeAttribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
