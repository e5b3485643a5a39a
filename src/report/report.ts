/** @module One run's folder, or several -> the report in HTML, Markdown and, if wanted, PDF. */
import { join } from 'node:path';
import { onesheetError } from '../errors.ts';
import { requireWritableFolder, writeFileAtomically } from '../files.ts';
import { Run } from '../run/index.ts';
import { version } from '../version.ts';
import { compareRuns } from './comparison.ts';
import { describeConclusion } from './conclusion.ts';
import { describeData, describeQuestion, describeRepetition, summarize } from './dataSections.ts';
import type { ReportDocument, TitleOptions } from './document.ts';
import { figuresIn, type Language } from './format.ts';
import type { Attribute, Spoken } from './gallery.ts';
import { renderHtml } from './html.ts';
import { drawingsOf, renderMarkdown } from './markdown.ts';
import { gatherMaterial, type MaterialOptions, type RunMaterial } from './material.ts';
import { describeMethod } from './method.ts';
import { describeErrors, Galleries } from './posterSections.ts';
import { findBrowser, printPdf } from './printing.ts';
import { describeGenres, describeRelations, describeResults } from './resultSections.ts';
import { describeTraining } from './trainingSection.ts';
import { type Tongue, tongueOf } from './words/tongue.ts';

export interface ReportOptions extends MaterialOptions, TitleOptions {
  /** Folder for the report. @default the run's own; of several runs, the first one's */
  readonly out?: string;
  /** @default 'en' */
  readonly language?: Language;
  /**
   * At most six pages: question, data, method, training, results, examples, conclusion and references. Its files have
   * names of their own, so that both forms may lie beside each other.
   * @default false
   */
  readonly short?: boolean;
  /**
   * Whether to print it as PDF, too, by a Chromium, Chrome or Edge that is installed.
   * @default false
   */
  readonly pdf?: boolean;
  /**
   * Draws the attribution map of a poster for a genre, beside its thumbnail. Coded errors of single posters are
   * named in the report.
   * @default none
   */
  readonly attribute?: Attribute;
  /**
   * Says what the words that are heard of a poster would add to a genre's logit, below its thumbnail.
   * @default none
   */
  readonly spoken?: Spoken;
}

export interface WrittenReport {
  readonly html: string;
  readonly markdown: string;
  /** Where it was printed to; undefined where that was not wanted. */
  readonly pdf?: string;
  /** Size of the HTML. */
  readonly bytes: number;
  /** What is missing, one sentence each, with the run's folder when there are several. */
  readonly missing: readonly string[];
}

type Content = Pick<ReportDocument, 'title' | 'summary' | 'sections'>;

async function contentOf(
  material: RunMaterial,
  { attribute, spoken, short = false }: ReportOptions,
  tongue: Tongue,
): Promise<Content> {
  const { config } = material;
  const form = short ? 'short' : 'whole';
  const galleries = new Galleries(material, { attribute, spoken }, tongue);
  const further = async () => [
    await describeGenres(material, tongue),
    await describeRelations(material, tongue),
    await galleries.byGenre(),
    describeErrors(material, tongue),
  ];
  const sections = [
    describeQuestion(material, tongue),
    describeData(material, tongue, form),
    describeMethod(material, tongue, form),
    await describeTraining(material, tongue, form),
    await describeResults(material, tongue, form),
    await galleries.examples(form),
    ...(short ? [] : await further()),
    describeConclusion(material, tongue),
    ...(short ? [] : [describeRepetition(material, tongue)]),
  ];
  return {
    title: tongue.frame.title(config.recipe.name, config.seed),
    summary: summarize(material, tongue),
    sections,
  };
}

/**
 * Writes the report of one run, or the comparison of several, as one self-contained HTML file and as Markdown
 * beside a folder of SVG charts. The same run gives the same bytes of both; a PDF bears the time of its printing.
 *
 * Of a run only `config.json` must be there; what else is missing is named in the report, and the rest is shown.
 *
 * @param folders of one or more runs
 * @throws {OnesheetError} FILE_MISSING or RECIPE_INVALID for a folder that is no run, FILE_UNWRITABLE; OPTION_INVALID for
 * the short form of several runs; BROWSER_MISSING or BROWSER_FAILED where a PDF is wanted
 */
export async function writeReport(
  folders: readonly string[],
  options: ReportOptions = {},
): Promise<WrittenReport> {
  const { language = 'en', short = false, title, author, course } = options;
  const [run] = folders;
  if (run === undefined) throw new Error('A report needs at least one run.');
  const alone = folders.length === 1;
  if (short && !alone)
    throw onesheetError('OPTION_INVALID', 'short', 'one run', `a comparison of ${folders.length} runs`);
  for (const folder of folders) await Run.open(folder);
  const folder = options.out ?? run;
  await requireWritableFolder(folder);
  const browser = options.pdf ? await findBrowser() : undefined;
  const tongue = tongueOf(language);
  const materials: RunMaterial[] = [];
  for (const folder of folders) materials.push(await gatherMaterial(folder, options, tongue));
  const content = alone
    ? await contentOf(materials[0]!, options, tongue)
    : await compareRuns(materials, tongue);
  const document: ReportDocument = {
    ...content,
    title: title ?? content.title,
    author,
    course,
    language,
    footer: tongue.frame.written(version),
    hasContents: !short,
  };
  const name = alone ? (short ? 'report-short' : 'report') : 'comparison';
  const at = (ending: string) => join(folder, `${name}.${ending}`);
  const page = renderHtml(document);
  await writeFileAtomically(at('html'), page);
  await writeFileAtomically(at('md'), renderMarkdown(document, `${name}-charts`));
  for (const [drawing, svg] of drawingsOf(document))
    await writeFileAtomically(join(folder, `${name}-charts`, `${drawing}.svg`), svg);
  if (browser !== undefined) await printPdf(browser, at('html'), at('pdf'));
  const missing = materials.flatMap((material) =>
    material.missing.map((sentence) => (alone ? sentence : `${material.folder}: ${sentence}`)),
  );
  return {
    html: at('html'),
    markdown: at('md'),
    ...(browser && { pdf: at('pdf') }),
    bytes: Buffer.byteLength(page),
    missing,
  };
}

/** For the terminal: where it is and what it lacks. */
export function describeWritten({ html, markdown, pdf, bytes, missing }: WrittenReport): string {
  const printed = pdf === undefined ? '' : `, ${pdf}`;
  const lines = [`${html} (${(bytes / 1e6).toFixed(1)} MB)${printed} and ${markdown}`];
  if (missing.length > 0)
    lines.push(
      `${figuresIn('en').count(missing.length, 'thing')} missing in it:`,
      ...missing.map((text) => `  ${text}`),
    );
  return `${lines.join('\n')}\n`;
}
