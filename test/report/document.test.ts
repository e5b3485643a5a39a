import { expect, test } from 'vitest';
import { drawChart, standaloneDrawing } from '../../src/report/chart.ts';
import { type Block, figure, type ReportDocument, row, see, table } from '../../src/report/document.ts';
import { symbol } from '../../src/report/formula.ts';
import { renderHtml } from '../../src/report/html.ts';
import { drawingsOf, renderMarkdown } from '../../src/report/markdown.ts';
import { cite } from '../../src/report/sources.ts';

const words = { name: 'dots', title: 'Dots "<&>"', alternative: 'one < two', caption: 'read it' };
const spec = {
  data: {
    values: [
      { a: 1, b: 2, s: 'x' },
      { a: 2, b: 3, s: 'y' },
    ],
  },
  mark: 'point',
  encoding: {
    x: { field: 'a', type: 'quantitative' },
    y: { field: 'b', type: 'quantitative' },
    color: { field: 's', type: 'nominal' },
  },
};

function documentOf(blocks: readonly Block[], changes: Partial<ReportDocument> = {}): ReportDocument {
  return {
    language: 'en',
    title: 'T',
    summary: 'S',
    sections: [{ id: 'one', title: 'One', blocks }],
    footer: 'F',
    hasContents: true,
    ...changes,
  };
}

const gallery = (
  cards: Extract<Block, { kind: 'gallery' }>['groups'][number]['cards'],
  title = 'g',
): Block => ({
  kind: 'gallery',
  id: 'posters',
  title,
  caption: 'c',
  groups: [{ title, cards }],
});

test('the same specification gives the same drawing, named for those who cannot see it', async () => {
  const [first, second] = [await drawChart(spec, words), await drawChart(spec, words)];
  expect(first.svg).toBe(second.svg);
  expect(first.svg).toMatch(/^<svg role="img" aria-label="Dots &quot;&lt;&amp;&gt;&quot;. one &lt; two"/);
  expect(first.svg.match(/aria-/g)).toHaveLength(1);
  expect(first.svg).toContain('currentColor');
});

test('axes write numbers as the language does', async () => {
  const halves = { ...spec, data: { values: [{ a: 0.5, b: 2.5, s: 'x' }] } };
  expect((await drawChart(halves, words, 'en')).svg).toContain('>0.5<');
  expect((await drawChart(halves, words, 'de')).svg).toContain('>0,5<');
});

test('what the data say is escaped in HTML and needs no network', async () => {
  const evil = '<script>alert(1)</script>"';
  const card = {
    id: evil,
    truth: [evil],
    unlearned: [evil],
    predicted: [{ label: evil, probability: 0.5, decided: true, isKnown: true }],
    note: evil,
  };
  const page = renderHtml(
    documentOf(
      [
        { kind: 'paragraph', text: evil },
        { kind: 'code', text: evil },
        { kind: 'list', items: [evil] },
        table('rows', evil, [evil], [[evil]]),
        gallery([card], evil),
        figure(await drawChart(spec, words)),
      ],
      { title: evil, author: evil, course: evil, summary: evil },
    ),
  );
  expect(page).not.toContain('<script');
  expect(page).not.toMatch(/(?:content|alt)="[^"]*<script/);
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|<link|src="(?!data:)/);
  expect(page).toContain("default-src 'none'");
});

test('figures, tables and sources are numbered in their order, and texts name them', async () => {
  const chart = figure(await drawChart(spec, words));
  const document = documentOf([
    {
      kind: 'paragraph',
      text: `${see('second')} after ${see('dots')}, by ${cite('adamw')} and ${cite('gru')}, ${cite('adamw')}.`,
    },
    row([chart, table('first', 'c', ['a'], [['x']])]),
    table('second', 'c', ['a'], [['x']]),
  ]);
  const page = renderHtml(document);
  expect(page).toContain(
    '<a class="number" href="#table-second">Table\u00a02</a> after <a class="number" href="#figure-dots">Figure\u00a01</a>',
  );
  expect(page).toMatch(/\[1\]<\/a> and <a [^>]*>\[2\]<\/a>, <a [^>]*>\[1\]<\/a>\./);
  expect(page.match(/<li id="source-/g)).toHaveLength(2);
  expect(page.indexOf('id="source-adamw"')).toBeLessThan(page.indexOf('id="source-gru"'));
  const text = renderMarkdown(document, 'charts');
  expect(text).toContain('Table 2 after Figure 1, by \\[1\\] and \\[2\\], \\[1\\].');
  expect(text).toContain('1. Loshchilov');
  const german = renderHtml({ ...document, language: 'de' });
  expect(german).toContain('<html lang="de">');
  expect(german).toContain('>Tabelle\u00a02</a>');
  expect(german).toContain('Literatur');
});

test('what only looks like a reference is left out and breaks nothing', () => {
  const page = renderHtml(documentOf([{ kind: 'paragraph', text: `before ${see('nowhere')}after \ue000` }]));
  expect(page).toContain('<p>before after </p>');
  expect(page).not.toMatch(/[\ue000-\ue002]/u);
});

test('the title page names the author and the course, where they are given', () => {
  const named = renderHtml(documentOf([], { author: 'A. Student', course: 'Seminar' }));
  expect(named).toContain('<p class="by">A. Student · Seminar</p>');
  expect(named).toContain('<meta name="author" content="A. Student">');
  expect(renderHtml(documentOf([]))).not.toContain('class="by"');
});

test('columns of numbers are set right, columns of words are not', () => {
  const rows = [
    ['x', '0.123', 'word'],
    ['y', '–', '1'],
  ];
  const page = renderHtml(documentOf([table('t', 'c', ['a', 'b', 'c'], rows)]));
  expect(page).toContain('<td class="number">0.123</td><td>word</td>');
  const german = [
    ['x', '0,123'],
    ['y', '12,5\u00a0%'],
    ['z', '0,1 bis 0,2'],
  ];
  expect(renderHtml(documentOf([table('t', 'c', ['a', 'b'], german)]))).toContain(
    '<td class="number">0,1 bis 0,2</td>',
  );
});

test('a card says which given genres are true, and has a place for a picture that is gone', () => {
  const predicted = [
    { label: 'Drama', probability: 0.9, decided: true, isKnown: true },
    { label: 'War', probability: 0.6, decided: true, isKnown: true },
    { label: 'Sport', probability: 0.2, decided: false, isKnown: true },
  ];
  const page = renderHtml(
    documentOf([gallery([{ id: 'p', truth: ['Drama'], unlearned: [], predicted, note: 'n' }])]),
  );
  expect(page).toContain('✓ Drama 90%');
  expect(page).toContain('✗ War 60%');
  expect(page).toContain('(Sport 20%)');
  expect(page).toContain('no picture');
});

test('genres that were not learned are true all the same, and are called so', () => {
  const card = { id: 'p', truth: ['Drama'], unlearned: ['Western'], predicted: [], note: 'n' };
  const cards = [card, { ...card, truth: [] }, { ...card, truth: [], unlearned: [] }];
  const page = renderHtml(documentOf([gallery(cards)]));
  expect(page).toContain('true: Drama, Western (not learned)<');
  expect(page).toContain('true: Western (not learned)<');
  expect(page).toContain('true: none of the learned genres<');
  expect(renderMarkdown(documentOf([gallery(cards)]), 'charts')).toContain('Drama, Western (not learned)');
});

test('Markdown keeps its tables whole and shows charts from files, without posters', async () => {
  const chart = await drawChart(spec, words);
  const card = {
    id: 'p',
    image: 'data:image/webp;base64,AAAA',
    truth: ['Drama'],
    unlearned: [],
    predicted: [],
    note: 'n',
  };
  const document = documentOf([
    table('t', 'c', ['a|b'], [['x|y']]),
    figure(chart),
    gallery([card]),
    { kind: 'formula', formula: symbol('L') },
  ]);
  const text = renderMarkdown(document, 'charts');
  expect(text).toContain('| a\\|b |\n| --- |\n| x\\|y |');
  expect(text).toContain('](charts/dots.svg)');
  expect(text).not.toContain('base64');
  expect(text).toContain('$$L$$');
  expect([...drawingsOf(document).keys()]).toEqual(['dots']);
  expect(standaloneDrawing([chart])).toContain('background:#fff');
});

test('small charts of one figure become one file, side by side', async () => {
  const chart = await drawChart(spec, words);
  const together = standaloneDrawing(Array.from({ length: 7 }, () => chart));
  expect(together.match(/<svg x="/g)).toHaveLength(7);
  const [, width, height] = /^<svg [^>]*width="(\d+)" height="(\d+)"/.exec(
    chart.svg.replace(/^<svg /, '<svg '),
  )!;
  const [, whole, tall] = /^<svg [^>]*width="(\d+)" height="(\d+)"/.exec(together)!;
  expect(Number(whole)).toBe(5 * (Number(width) + 10));
  expect(Number(tall)).toBe(2 * (Number(height) + 10));
});
