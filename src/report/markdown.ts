/** @module A report's document -> Markdown for a repository or a thesis, with its charts as SVG files beside it. */
import type { Chart } from './chart.ts';
import type { Block, Card, ReportDocument } from './document.ts';
import { isNumeric, percent } from './format.ts';

/** Nothing in a cell or a sentence may become markup. */
function plain(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(/[|<>*_[\]]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`));
}

function tableMarkdown(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`;
  const head = [
    line(columns),
    `|${columns.map((_, i) => (isNumeric(rows, i) ? ' ---: |' : ' --- |')).join('')}`,
  ];
  return `**${plain(caption)}**\n\n${[...head, ...rows.map(line)].join('\n')}`;
}

/** Posters stay out of the Markdown: the gallery becomes a table of their ids. */
function galleryMarkdown(title: string, cards: readonly Card[]): string {
  const rows = cards.map(({ id, note, truth, predicted }) => [
    id,
    note,
    truth.join(', ') || 'none',
    predicted
      .filter(({ decided }) => decided)
      .map(({ label, probability }) => `${label} ${percent(probability, 0)}`)
      .join(', ') || 'none',
  ]);
  return tableMarkdown(title, ['poster', 'why it is here', 'true', 'given'], rows);
}

function blockMarkdown(block: Block, folder: string): string {
  switch (block.kind) {
    case 'paragraph':
      return plain(block.text);
    case 'notice':
      return `> ${plain(block.text)}`;
    case 'heading':
      return `### ${plain(block.text)}`;
    case 'code':
      return `\`\`\`\n${block.text}\n\`\`\``;
    case 'list':
      return block.items.map((item) => `- ${plain(item)}`).join('\n');
    case 'table':
      return tableMarkdown(block.caption, block.columns, block.rows);
    case 'chart': {
      const { name, title, caption, alternative } = block.chart;
      return `![${plain(`${title}. ${alternative}`)}](${folder}/${name}.svg)\n\n**${plain(title)}.** ${plain(caption)}`;
    }
    case 'gallery':
      return galleryMarkdown(block.title, block.cards);
  }
}

/** @param folder of the charts, relative to the Markdown */
export function renderMarkdown({ title, summary, sections, footer }: ReportDocument, folder: string): string {
  const parts = sections.map(
    (section) =>
      `## ${plain(section.title)}\n\n${section.blocks.map((block) => blockMarkdown(block, folder)).join('\n\n')}`,
  );
  return `# ${plain(title)}\n\n${plain(summary)}\n\n${parts.join('\n\n')}\n\n---\n\n${plain(footer)}\n`;
}

/** A chart as a file of its own: on white, since nothing gives it the page's colours there. */
export function standaloneSvg({ svg }: Chart): string {
  return svg.replace('<svg ', '<svg style="background:#fff;color:#1b2126" ');
}
