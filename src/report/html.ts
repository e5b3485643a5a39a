/** @module A report's document -> one HTML page that needs nothing else: no network, no script. */

import type { Block, Card, FigureBlock, GalleryBlock, ReportDocument, TableBlock } from './document.ts';
import { marks } from './document.ts';
import { isNumeric } from './format.ts';
import { Numbering, type Target } from './numbering.ts';
import { sourceText } from './sources.ts';
import { style } from './style.ts';
import { type Tongue, tongueOf } from './words/tongue.ts';

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A table of more rows may be parted between two pages; it would not fit on one with a caption. */
const mostRowsOnPage = 45;

/** Writes the blocks of one document. */
class HtmlWriter {
  readonly #numbering: Numbering;
  readonly #tongue: Tongue;

  constructor(numbering: Numbering, tongue: Tongue) {
    this.#numbering = numbering;
    this.#tongue = tongue;
  }

  #link({ kind, id, number }: Target): string {
    const { frame } = this.#tongue;
    const text = kind === 'source' ? `[${number}]` : `${frame[kind]}\u00a0${number}`;
    return `<a class="number" href="#${kind}-${escapeHtml(id)}">${text}</a>`;
  }

  /** Words between backquotes are code; references become links. */
  inline(text: string): string {
    return this.#numbering
      .pieces(text)
      .map((piece) =>
        typeof piece === 'string'
          ? escapeHtml(piece).replace(/`([^`]+)`/g, '<code>$1</code>')
          : this.#link(piece),
      )
      .join('');
  }

  #caption(kind: 'figure' | 'table', id: string, title: string, caption: string): string {
    const name = `<strong>${this.#tongue.frame[kind]}\u00a0${this.#numbering.of(id)}.</strong>`;
    const bold = title === '' ? '' : ` <strong>${this.inline(title)}.</strong>`;
    return `<figcaption>${name}${bold} ${this.inline(caption)}</figcaption>`;
  }

  #table({ id, caption, columns, rows }: TableBlock): string {
    const isNumber = columns.map((_, i) => isNumeric(rows, i));
    const mark = (i: number) => (isNumber[i] ? ' class="number"' : '');
    const head = columns.map((name, i) => `<th scope="col"${mark(i)}>${this.inline(name)}</th>`).join('');
    const body = rows.map((row) => {
      const cells = row.map((cell, i) =>
        i === 0 ? `<th scope="row">${this.inline(cell)}</th>` : `<td${mark(i)}>${this.inline(cell)}</td>`,
      );
      return `<tr>${cells.join('')}</tr>`;
    });
    const long = rows.length > mostRowsOnPage ? ' long' : '';
    return `<figure class="table${long}" id="table-${id}">${this.#caption('table', id, '', caption)}<div class="scroll" tabindex="0" role="group" aria-label="${this.#tongue.frame.table} ${this.#numbering.of(id)}"><table><thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table></div></figure>`;
  }

  #figure({ id, title, caption, charts, isWide }: FigureBlock): string {
    const svgs = charts.map(({ svg }) => svg).join('\n');
    const name = `${this.#tongue.frame.figure} ${this.#numbering.of(id)}`;
    const drawing =
      charts.length > 1
        ? `<div class="multiples">${svgs}</div>`
        : isWide
          ? `<div class="scroll wide" tabindex="0" role="group" aria-label="${name}">${svgs}</div>`
          : svgs;
    return `<figure id="figure-${id}">${drawing}${this.#caption('figure', id, title, caption)}</figure>`;
  }

  /** What is true of a poster, those of its genres that were not learned among it. */
  #truth({ truth, unlearned }: Card): string {
    const { frame } = this.#tongue;
    const other = unlearned.length > 0 ? [frame.notLearned(unlearned)] : [];
    return [...truth, ...other].join(', ') || frame.noneLearned;
  }

  #card(card: Card): string {
    const { frame, percent, signed } = this.#tongue;
    const truth = new Set(card.truth);
    const said = card.predicted.map(({ label, probability, decided, isKnown }) => {
      const text = `${escapeHtml(label)} ${percent(probability, 0)}`;
      if (!decided) return `<span class="other">(${text})</span>`;
      if (!isKnown) return `<span class="other">? ${text}</span>`;
      return truth.has(label)
        ? `<span class="right">✓ ${text}</span>`
        : `<span class="wrong">✗ ${text}</span>`;
    });
    const isTrue = this.#truth(card);
    const picture =
      card.image === undefined
        ? `<div class="absent">${frame.noPicture}</div>`
        : `<img width="120" height="180" alt="${escapeHtml(frame.posterAlternative(card.id, isTrue))}" src="${card.image}">`;
    const map = card.map
      ? `<img width="120" height="180" alt="${escapeHtml(frame.mapAlternative(card.id, card.map.genre))}" src="${card.map.image}">`
      : '';
    const spoken = card.words?.spoken.map(({ text, logit }) => `${text} ${signed(logit, 2)}`).join(', ');
    const words =
      card.words === undefined
        ? ''
        : `<p class="note">${escapeHtml(frame.wordsOf(card.words.genre, spoken || frame.none))}</p>`;
    const last = card.map ? `; ${frame.mapOf(card.map.genre)}` : '';
    return (
      `<li class="card"><div class="pictures">${picture}${map}</div><p class="note">${escapeHtml(card.note)}</p>` +
      `<p>${frame.trueGenres}: ${escapeHtml(isTrue)}</p><p>${said.join(' ')}</p>${words}` +
      `<p class="note">${escapeHtml(card.id + last)}</p></li>`
    );
  }

  #gallery({ id, title, caption, groups }: GalleryBlock): string {
    const cards = groups.flatMap((group) => group.cards);
    const mapped = cards.some(({ map }) => map !== undefined) ? ' mapped' : '';
    const lists = groups.map((group) => {
      const name = group.title === undefined ? '' : `<h3>${this.inline(group.title)}</h3>`;
      const items = group.cards.map((card) => this.#card(card)).join('\n');
      return `<div class="group">${name}<ul class="gallery${mapped}">${items}</ul></div>`;
    });
    const long = groups.length > 1 ? ' class="long"' : '';
    return `<figure${long} id="figure-${id}">${lists.join('\n')}${this.#caption('figure', id, title, caption)}</figure>`;
  }

  block(block: Block): string {
    switch (block.kind) {
      case 'paragraph':
        return `<p>${this.inline(block.text)}</p>`;
      case 'notice':
        return `<p class="notice">${this.inline(block.text)}</p>`;
      case 'heading':
        return `<h3>${this.inline(block.text)}</h3>`;
      case 'code': {
        const long = block.text.split('\n').length > mostRowsOnPage ? ' class="long"' : '';
        return `<pre${long}><code>${escapeHtml(block.text)}</code></pre>`;
      }
      case 'list':
        return `<ul>${block.items.map((item) => `<li>${this.inline(item)}</li>`).join('\n')}</ul>`;
      case 'formula':
        return `<div class="formula" tabindex="0" role="group" aria-label="${this.#tongue.frame.formula}"><math display="block">${block.formula.mathml}</math></div>`;
      case 'table':
        return this.#table(block);
      case 'figure':
        return this.#figure(block);
      case 'gallery':
        return this.#gallery(block);
      case 'row':
        return `<div class="row">${block.blocks.map((each) => this.block(each)).join('\n')}</div>`;
    }
  }

  references(): string {
    const { cited } = this.#numbering;
    if (cited.length === 0) return '';
    const items = cited.map(
      (source) => `<li id="source-${source.id}">${escapeHtml(sourceText(source))}</li>`,
    );
    return `<section id="references"><h2>${this.#tongue.frame.references}</h2>\n<ol class="references">${items.join('\n')}</ol></section>`;
  }
}

/** The whole page. Everything that is not a drawing of our own is escaped. */
export function renderHtml(document: ReportDocument): string {
  const { language, title, author, course, summary, sections, footer } = document;
  const tongue = tongueOf(language);
  const writer = new HtmlWriter(new Numbering(document), tongue);
  const contents = sections.map(
    (section) => `<li><a href="#${section.id}">${writer.inline(section.title)}</a></li>`,
  );
  const nav = document.hasContents
    ? `\n<nav aria-label="${tongue.frame.contents}"><ol>${contents.join('')}</ol></nav>`
    : '';
  const by = [author, course].filter((part) => part !== undefined);
  const named = by.length > 0 ? `\n<p class="by">${by.map((part) => escapeHtml(part)).join(' · ')}</p>` : '';
  const body = sections.map(
    (section, i) =>
      `<section id="${section.id}"><h2>${i + 1}\u2002${writer.inline(section.title)}</h2>\n${section.blocks.map((block) => writer.block(block)).join('\n')}\n</section>`,
  );
  const stray = new RegExp(`[${Object.values(marks).join('')}]`, 'gu');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>${author === undefined ? '' : `\n<meta name="author" content="${escapeHtml(author)}">`}
<style>${style}</style>
</head>
<body>
<header><h1>${writer.inline(title)}</h1>${named}
<p class="summary">${writer.inline(summary)}</p>${nav}</header>
<main>
${body.join('\n')}
${writer.references()}
</main>
<footer>${writer.inline(footer)}</footer>
</body>
</html>
`.replace(stray, '');
}
