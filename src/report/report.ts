/** @module One run's folder, or several -> `report.html` and `report.md` with their charts. */
import { join } from 'node:path';
import { requireWritableFolder, writeFileAtomically } from '../files.ts';
import { Run } from '../run/index.ts';
import { version } from '../version.ts';
import { compareRuns } from './comparison.ts';
import type { ReportDocument } from './document.ts';
import { count } from './format.ts';
import type { Attribute } from './gallery.ts';
import { renderHtml } from './html.ts';
import { renderMarkdown, standaloneSvg } from './markdown.ts';
import { gatherMaterial, type MaterialOptions, type RunMaterial } from './material.ts';
import { describeErrors, describeGallery } from './posterSections.ts';
import { describeGenres, describeMeasures, describeRelations } from './qualitySections.ts';
import { describeData, describeRepetition, describeTraining, summarize } from './trainingSections.ts';

export interface ReportOptions extends MaterialOptions {
  /** Folder for the report. @default the run's own; of several runs, the first one's */
  readonly out?: string;
  /**
   * Draws the attribution map of a poster for a genre, beside its thumbnail. Coded errors of single posters are
   * named in the report.
   * @default none
   */
  readonly attribute?: Attribute;
}

export interface WrittenReport {
  readonly html: string;
  readonly markdown: string;
  /** Size of the HTML. */
  readonly bytes: number;
  /** What is missing, one sentence each, with the run's folder when there are several. */
  readonly missing: readonly string[];
}

const footer = `Written by onesheet ${version}. Measures, floors and intervals are described in docs/measures.md.`;

async function documentOf(material: RunMaterial, attribute: Attribute | undefined): Promise<ReportDocument> {
  const { config } = material;
  const sections = [
    describeData(material),
    ...(await describeTraining(material)),
    describeMeasures(material),
    await describeGenres(material),
    await describeRelations(material),
    await describeGallery(material, attribute),
    describeErrors(material),
    describeRepetition(material),
  ];
  return {
    title: `Report of the run ${config.recipe.name}, seed ${config.seed}`,
    summary: summarize(material),
    sections,
    footer,
  };
}

/**
 * Writes the report of one run, or the comparison of several, as one self-contained HTML file and as Markdown
 * beside a folder of SVG charts. The same run gives the same bytes.
 *
 * Of a run only `config.json` must be there; what else is missing is named in the report, and the rest is shown.
 *
 * @param folders of one or more runs
 * @throws {OnesheetError} FILE_MISSING or RECIPE_INVALID for a folder that is no run, FILE_UNWRITABLE
 */
export async function writeReport(
  folders: readonly string[],
  options: ReportOptions = {},
): Promise<WrittenReport> {
  const [run] = folders;
  if (run === undefined) throw new Error('A report needs at least one run.');
  for (const folder of folders) await Run.open(folder);
  const folder = options.out ?? run;
  await requireWritableFolder(folder);
  const materials: RunMaterial[] = [];
  for (const folder of folders) materials.push(await gatherMaterial(folder, options));
  const first = materials[0]!;
  const alone = materials.length === 1;
  const document = alone
    ? await documentOf(first, options.attribute)
    : { ...(await compareRuns(materials)), footer };
  const name = alone ? 'report' : 'comparison';
  const [html, markdown] = [join(folder, `${name}.html`), join(folder, `${name}.md`)];
  const page = renderHtml(document);
  await writeFileAtomically(html, page);
  await writeFileAtomically(markdown, renderMarkdown(document, `${name}-charts`));
  for (const block of document.sections.flatMap(({ blocks }) => blocks)) {
    if (block.kind !== 'chart') continue;
    await writeFileAtomically(
      join(folder, `${name}-charts`, `${block.chart.name}.svg`),
      standaloneSvg(block.chart),
    );
  }
  const missing = materials.flatMap((material) =>
    material.missing.map((sentence) => (alone ? sentence : `${material.folder}: ${sentence}`)),
  );
  return { html, markdown, bytes: Buffer.byteLength(page), missing };
}

/** For the terminal: where it is and what it lacks. */
export function describeWritten({ html, markdown, bytes, missing }: WrittenReport): string {
  const lines = [`${html} (${(bytes / 1e6).toFixed(1)} MB) and ${markdown}`];
  if (missing.length > 0)
    lines.push(`${count(missing.length, 'thing')} missing in it:`, ...missing.map((text) => `  ${text}`));
  return `${lines.join('\n')}\n`;
}
