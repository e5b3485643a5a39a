/** @module A report's document -> one HTML page that needs nothing else: no network, no script. */
import type { Block, Card, ReportDocument } from './document.ts';
import { isNumeric, percent } from './format.ts';

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Words between backquotes are code. */
function inline(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

const style = `
:root { color-scheme: light dark; --ink: #1b2126; --paper: #fff; --soft: #5a656e; --line: #d5dbe0; --panel: #f4f6f8; --warn: #fff4dc; --right: #00694c; --wrong: #a83f00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaed; --paper: #14181b; --soft: #a3adb5; --line: #39424a; --panel: #1e2429; --warn: #3a2f12; --right: #5fd3ae; --wrong: #ff9d66; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 56rem; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .75rem; }
h2 { font-size: 1.35rem; margin: 2.75rem 0 .75rem; padding-top: .5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
h4 { font-size: .95rem; margin: 1.25rem 0 .4rem; }
.summary { font-size: 1.1rem; }
nav ul { columns: 2; padding-left: 1.1rem; }
a { color: inherit; }
li { margin: .3rem 0; }
.notice { background: var(--warn); border-left: 4px solid #d99a00; padding: .6rem .9rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .82rem; line-height: 1.35; margin: .5rem 0 1.25rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { padding: .25rem .6rem .25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tbody th { font-weight: 500; }
.number { text-align: right; }
td.number { white-space: nowrap; }
figure { margin: 1.25rem 0; }
figure svg { max-width: 100%; height: auto; display: block; overflow: visible; }
figcaption { color: var(--soft); font-size: .88rem; margin-top: .4rem; max-width: 44rem; }
figcaption strong { color: var(--ink); display: block; }
pre { background: var(--panel); padding: .8rem; font-size: .8rem; line-height: 1.4; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .9em; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.2rem, 1fr)); gap: 1rem .8rem; padding: 0; list-style: none; }
.gallery.mapped { grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
.card { font-size: .74rem; line-height: 1.35; margin: 0; overflow-wrap: anywhere; }
.card p { margin: .15rem 0; }
.card img { width: 7.5rem; max-width: 49%; height: auto; vertical-align: top; }
.card .alone { max-width: 100%; }
.absent { width: 7.5rem; height: 11.25rem; background: var(--panel); color: var(--soft); display: grid; place-items: center; text-align: center; padding: .5rem; }
.note { color: var(--soft); }
.right { color: var(--right); font-weight: 600; }
.wrong { color: var(--wrong); font-weight: 600; }
.other, footer { color: var(--soft); }
footer { margin-top: 3rem; font-size: .85rem; border-top: 1px solid var(--line); padding-top: .75rem; }
@page { size: A4; margin: 15mm 14mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #fff; --soft: #444; --line: #bbb; --panel: #f3f3f3; --warn: #f3f3f3; --right: #000; --wrong: #000; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  h2, h3, h4, h2 + p, h3 + p, caption { break-after: avoid; }
  figure, tr, .card, .notice, li, p { break-inside: avoid; }
  .gallery { grid-template-columns: repeat(6, 1fr); gap: 3mm; }
  .gallery.mapped { grid-template-columns: repeat(4, 1fr); }
  .card { font-size: 7pt; }
  table, pre { font-size: 7.5pt; }
  .scroll { overflow: visible; }
  thead { display: table-header-group; }
}
`;

function tableHtml({ caption, columns, rows }: Extract<Block, { kind: 'table' }>): string {
  const isNumber = columns.map((_, i) => isNumeric(rows, i));
  const mark = (i: number) => (isNumber[i] ? ' class="number"' : '');
  const head = columns.map((name, i) => `<th scope="col"${mark(i)}>${inline(name)}</th>`).join('');
  const body = rows.map((row) => {
    const cells = row.map((cell, i) =>
      i === 0 ? `<th scope="row">${inline(cell)}</th>` : `<td${mark(i)}>${inline(cell)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table><caption>${inline(caption)}</caption><thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table></div>`;
}

function cardHtml(card: Card): string {
  const truth = new Set(card.truth);
  const said = card.predicted.map(({ label, probability, decided, isKnown }) => {
    const text = `${escapeHtml(label)} ${percent(probability, 0)}`;
    if (!decided) return `<span class="other">(${text})</span>`;
    if (!isKnown) return `<span class="other">? ${text}</span>`;
    return truth.has(label) ? `<span class="right">✓ ${text}</span>` : `<span class="wrong">✗ ${text}</span>`;
  });
  const alternative = `Poster ${card.id}, in truth ${card.truth.join(', ') || 'none of the genres'}`;
  const picture =
    card.image === undefined
      ? '<div class="absent">no picture</div>'
      : `<img${card.map ? '' : ' class="alone"'} width="120" height="180" alt="${escapeHtml(alternative)}" src="${card.image}">`;
  const map = card.map
    ? ` <img width="120" height="180" alt="${escapeHtml(`Where in poster ${card.id} ${card.map.genre} comes from`)}" src="${card.map.image}">`
    : '';
  return (
    `<li class="card">${picture}${map}<p class="note">${escapeHtml(card.note)}</p>` +
    `<p>true: ${escapeHtml(card.truth.join(', ') || 'none')}</p><p>${said.join(' ')}</p>` +
    `<p class="note">${escapeHtml(card.id)}${card.map ? `; map: ${escapeHtml(card.map.genre)}` : ''}</p></li>`
  );
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${inline(block.text)}</p>`;
    case 'notice':
      return `<p class="notice">${inline(block.text)}</p>`;
    case 'heading':
      return `<h3>${inline(block.text)}</h3>`;
    case 'code':
      return `<pre><code>${escapeHtml(block.text)}</code></pre>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${inline(item)}</li>`).join('\n')}</ul>`;
    case 'table':
      return tableHtml(block);
    case 'chart': {
      const { svg, title, caption } = block.chart;
      return `<figure>${svg}<figcaption><strong>${inline(title)}</strong> ${inline(caption)}</figcaption></figure>`;
    }
    case 'gallery': {
      const mapped = block.cards.some(({ map }) => map !== undefined) ? ' mapped' : '';
      return `<h4>${inline(block.title)}</h4>\n<ul class="gallery${mapped}">${block.cards.map(cardHtml).join('\n')}</ul>`;
    }
  }
}

/** The whole page. Everything that is not a chart of our own is escaped. */
export function renderHtml({ title, summary, sections, footer }: ReportDocument): string {
  const contents = sections.map(
    (section) => `<li><a href="#${section.id}">${inline(section.title)}</a></li>`,
  );
  const body = sections.map(
    (section) =>
      `<section id="${section.id}"><h2>${inline(section.title)}</h2>\n${section.blocks.map(blockHtml).join('\n')}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${inline(title)}</h1><p class="summary">${inline(summary)}</p>
<nav aria-label="Contents"><ul>${contents.join('')}</ul></nav></header>
<main>
${body.join('\n')}
</main>
<footer>${inline(footer)}</footer>
</body>
</html>
`;
}
