/** @module A report's document -> Markdown for a repository or a thesis, with its charts as SVG files beside it. */
import { standaloneDrawing } from './chart.ts';
import type { Block, Card, FigureBlock, GalleryBlock, ReportDocument, TableBlock } from './document.ts';
import { isNumeric } from './format.ts';
import { blocksOf, Numbering } from './numbering.ts';
import { sourceText } from './sources.ts';
import { type Tongue, tongueOf } from './words/tongue.ts';

/** Nothing in a cell or a sentence may become markup. */
function escapeMarkdown(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(/[|<>*_[\]]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`));
}

class MarkdownWriter {
  readonly #numbering: Numbering;
  readonly #tongue: Tongue;
  readonly #folder: string;

  constructor(numbering: Numbering, tongue: Tongue, folder: string) {
    this.#numbering = numbering;
    this.#tongue = tongue;
    this.#folder = folder;
  }

  plain(text: string): string {
    const { frame } = this.#tongue;
    return this.#numbering
      .pieces(text)
      .map((piece) =>
        typeof piece === 'string'
          ? escapeMarkdown(piece)
          : piece.kind === 'source'
            ? `\\[${piece.number}\\]`
            : `${frame[piece.kind]} ${piece.number}`,
      )
      .join('');
  }

  #name(kind: 'figure' | 'table', id: string): string {
    return `${this.#tongue.frame[kind]} ${this.#numbering.of(id)}.`;
  }

  #table(caption: string, { columns, rows }: Pick<TableBlock, 'columns' | 'rows'>): string {
    const line = (cells: readonly string[]) => `| ${cells.map((cell) => this.plain(cell)).join(' | ')} |`;
    const head = [
      line(columns),
      `|${columns.map((_, i) => (isNumeric(rows, i) ? ' ---: |' : ' --- |')).join('')}`,
    ];
    return `${caption}\n\n${[...head, ...rows.map(line)].join('\n')}`;
  }

  #row({ id, note, truth, unlearned, predicted, words }: Card, group: string | undefined): string[] {
    const { frame, percent, signed } = this.#tongue;
    const spoken = words?.spoken.map(({ text, logit }) => `${text} ${signed(logit, 2)}`).join(', ');
    const why = group === undefined ? note : `${group}: ${note}`;
    const given = predicted
      .filter(({ decided }) => decided)
      .map(({ label, probability }) => `${label} ${percent(probability, 0)}`);
    const other = unlearned.length > 0 ? [frame.notLearned(unlearned)] : [];
    return [
      id,
      words === undefined ? why : `${why}; ${frame.wordsOf(words.genre, spoken || frame.none)}`,
      [...truth, ...other].join(', ') || frame.noneLearned,
      given.join(', ') || frame.none,
    ];
  }

  /** Posters stay out of the Markdown: the gallery becomes a table of their ids. */
  #gallery({ id, title, caption, groups }: GalleryBlock): string {
    const rows = groups.flatMap((group) => group.cards.map((card) => this.#row(card, group.title)));
    const head = `**${this.#name('figure', id)} ${this.plain(title)}.** ${this.plain(caption)}`;
    return this.#table(head, { columns: this.#tongue.frame.galleryColumns, rows });
  }

  #figure({ id, title, caption, charts }: FigureBlock): string {
    const seen = charts.map(({ alternative }) => alternative).join(' ');
    return `![${this.plain(`${title}. ${seen}`)}](${this.#folder}/${id}.svg)\n\n**${this.#name('figure', id)} ${this.plain(title)}.** ${this.plain(caption)}`;
  }

  block(block: Block): string {
    switch (block.kind) {
      case 'paragraph':
        return this.plain(block.text);
      case 'notice':
        return `> ${this.plain(block.text)}`;
      case 'heading':
        return `### ${this.plain(block.text)}`;
      case 'code':
        return `\`\`\`\n${block.text}\n\`\`\``;
      case 'list':
        return block.items.map((item) => `- ${this.plain(item)}`).join('\n');
      case 'formula':
        return `$$${block.formula.tex}$$`;
      case 'table':
        return this.#table(`**${this.#name('table', block.id)}** ${this.plain(block.caption)}`, block);
      case 'figure':
        return this.#figure(block);
      case 'gallery':
        return this.#gallery(block);
      case 'row':
        return block.blocks.map((each) => this.block(each)).join('\n\n');
    }
  }

  references(): string[] {
    const { cited } = this.#numbering;
    if (cited.length === 0) return [];
    const items = cited.map((source, i) => `${i + 1}. ${escapeMarkdown(sourceText(source))}`);
    return [`## ${this.#tongue.frame.references}\n\n${items.join('\n')}`];
  }
}

/** @param folder of the charts, relative to the Markdown */
export function renderMarkdown(document: ReportDocument, folder: string): string {
  const { title, author, course, summary, sections, footer, language } = document;
  const writer = new MarkdownWriter(new Numbering(document), tongueOf(language), folder);
  const by = [author, course].filter((part) => part !== undefined).map((part) => writer.plain(part));
  const parts = sections.map(
    (section, i) =>
      `## ${i + 1} ${writer.plain(section.title)}\n\n${section.blocks.map((block) => writer.block(block)).join('\n\n')}`,
  );
  return `${[
    `# ${writer.plain(title)}`,
    ...(by.length > 0 ? [by.join(' · ')] : []),
    writer.plain(summary),
    ...parts,
    ...writer.references(),
    '---',
    writer.plain(footer),
  ].join('\n\n')}\n`;
}

/** The files of a document's drawings, by their names without ending: each figure's charts as one SVG. */
export function drawingsOf(document: ReportDocument): ReadonlyMap<string, string> {
  const figures = blocksOf(document).filter((block) => block.kind === 'figure');
  return new Map(figures.map(({ id, charts }) => [id, standaloneDrawing(charts)]));
}
