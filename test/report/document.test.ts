import { expect, test } from 'vitest';
import { drawChart } from '../../src/report/chart.ts';
import { chartBlock, type ReportDocument } from '../../src/report/document.ts';
import { decimal, listed, percent, signed } from '../../src/report/format.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderMarkdown, standaloneSvg } from '../../src/report/markdown.ts';

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

function documentOf(blocks: ReportDocument['sections'][number]['blocks']): ReportDocument {
  return { title: 'T', summary: 'S', sections: [{ id: 'one', title: 'One', blocks }], footer: 'F' };
}

test('the same specification gives the same drawing, named for those who cannot see it', async () => {
  const [first, second] = [await drawChart(spec, words), await drawChart(spec, words)];
  expect(first.svg).toBe(second.svg);
  expect(first.svg).toMatch(/^<svg role="img" aria-label="Dots &quot;&lt;&amp;&gt;&quot;. one &lt; two"/);
  expect(first.svg.match(/aria-/g)).toHaveLength(1);
  expect(first.svg).toContain('currentColor');
});

test('what the data say is escaped in HTML and needs no network', async () => {
  const evil = '<script>alert(1)</script>';
  const card = {
    id: evil,
    truth: [evil],
    predicted: [{ label: evil, probability: 0.5, decided: true, isKnown: true }],
    note: evil,
  };
  const page = renderHtml(
    documentOf([
      { kind: 'paragraph', text: evil },
      { kind: 'code', text: evil },
      { kind: 'list', items: [evil] },
      { kind: 'table', caption: evil, columns: [evil], rows: [[evil]] },
      { kind: 'gallery', title: evil, cards: [card] },
      chartBlock(await drawChart(spec, words)),
    ]),
  );
  expect(page).not.toContain('<script');
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|<link|src="(?!data:)/);
  expect(page).toContain("default-src 'none'");
});

test('columns of numbers are set right, columns of words are not', () => {
  const page = renderHtml(
    documentOf([
      {
        kind: 'table',
        caption: 'c',
        columns: ['a', 'b', 'c'],
        rows: [
          ['x', '0.123', 'word'],
          ['y', '–', '1'],
        ],
      },
    ]),
  );
  expect(page).toContain('<td class="number">0.123</td><td>word</td>');
});

test('a card says which given genres are true, and has a place for a picture that is gone', () => {
  const predicted = [
    { label: 'Drama', probability: 0.9, decided: true, isKnown: true },
    { label: 'War', probability: 0.6, decided: true, isKnown: true },
    { label: 'Sport', probability: 0.2, decided: false, isKnown: true },
  ];
  const page = renderHtml(
    documentOf([
      { kind: 'gallery', title: 'g', cards: [{ id: 'p', truth: ['Drama'], predicted, note: 'n' }] },
    ]),
  );
  expect(page).toContain('✓ Drama 90%');
  expect(page).toContain('✗ War 60%');
  expect(page).toContain('(Sport 20%)');
  expect(page).toContain('no picture');
});

test('Markdown keeps its tables whole and shows charts from files, without posters', async () => {
  const chart = await drawChart(spec, words);
  const card = { id: 'p', image: 'data:image/webp;base64,AAAA', truth: ['Drama'], predicted: [], note: 'n' };
  const text = renderMarkdown(
    documentOf([
      { kind: 'table', caption: 'c', columns: ['a|b'], rows: [['x|y']] },
      chartBlock(chart),
      { kind: 'gallery', title: 'g', cards: [card] },
    ]),
    'charts',
  );
  expect(text).toContain('| a\\|b |\n| --- |\n| x\\|y |');
  expect(text).toContain('](charts/dots.svg)');
  expect(text).not.toContain('base64');
  expect(standaloneSvg(chart)).toContain('background:#fff');
});

test('numbers that are not defined are dashes', () => {
  expect([percent(0.1234), percent(null), decimal(Number.NaN), signed(-0.5, 1), signed(0.5, 1)]).toEqual([
    '12.3%',
    '–',
    '–',
    '−0.5',
    '+0.5',
  ]);
  expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
  expect(listed(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
});
