/** @module Nothing -> the style sheet of a report: on screens in light and dark, on phones, and on A4 with numbered pages. */

export const style = `
:root { color-scheme: light dark; --ink: #1b2126; --paper: #fff; --soft: #5a656e; --line: #d5dbe0; --panel: #f4f6f8; --warn: #fff4dc; --right: #00694c; --wrong: #a83f00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaed; --paper: #14181b; --soft: #a3adb5; --line: #39424a; --panel: #1e2429; --warn: #3a2f12; --right: #5fd3ae; --wrong: #ff9d66; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; text-wrap: balance; }
.by { color: var(--soft); margin: 0 0 1rem; }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 2.5rem 0 .75rem; padding-top: .5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
.group h3 { font-size: .92rem; margin: 1rem 0 .4rem; }
p { margin: .6rem 0; max-width: 46rem; }
.summary { font-size: 1.08rem; }
nav ol { columns: 2; padding-left: 1.4rem; }
a { color: inherit; }
li { margin: .3rem 0; max-width: 46rem; }
a.number { text-decoration-color: var(--soft); white-space: nowrap; }
.notice { background: var(--warn); border-left: 4px solid #d99a00; padding: .6rem .9rem; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, .formula:focus-visible { outline: 2px solid #0072B2; }
table { border-collapse: collapse; font-size: .82rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
.table { margin: 1rem 0 1.4rem; }
th, td { padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { vertical-align: bottom; }
tbody th { font-weight: 500; }
th.number, td.number { text-align: right; }
td.number { white-space: nowrap; }
figure { margin: 1.1rem 0 1.4rem; }
figure svg { max-width: 100%; height: auto; display: block; }
.wide svg { min-width: 34rem; }
.row { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 0 2rem; align-items: start; }
.row > * { min-width: 0; }
.row figure svg { width: 100%; max-width: 30rem; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .6rem 1rem; }
.multiples svg { width: 100%; }
figcaption { color: var(--soft); font-size: .88rem; line-height: 1.45; margin-top: .4rem; max-width: 46rem; }
.table figcaption { margin: 0 0 .3rem; }
figcaption strong { color: var(--ink); }
pre { background: var(--panel); padding: .8rem; font-size: .8rem; line-height: 1.4; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .9em; overflow-wrap: anywhere; }
math { font-size: 1.1em; }
.formula { overflow-x: auto; margin: .8rem 0; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.2rem, 1fr)); gap: 1rem .8rem; padding: 0; margin: .4rem 0; list-style: none; }
.gallery.mapped { grid-template-columns: repeat(auto-fill, minmax(10.8rem, 1fr)); }
.card { font-size: .76rem; line-height: 1.35; margin: 0; overflow-wrap: anywhere; }
.card p { margin: .15rem 0; }
.pictures { display: flex; gap: 2%; align-items: flex-start; }
.card img { width: 7.5rem; max-width: 100%; height: auto; }
.mapped .card img { max-width: 49%; }
.absent { width: 7.5rem; height: 11.25rem; background: var(--panel); color: var(--soft); display: grid; place-items: center; text-align: center; padding: .5rem; }
.note { color: var(--soft); }
.right { color: var(--right); font-weight: 600; }
.wrong { color: var(--wrong); font-weight: 600; }
.other, footer { color: var(--soft); }
footer { margin-top: 3rem; font-size: .85rem; border-top: 1px solid var(--line); padding-top: .75rem; }
.references li { font-size: .9rem; }
@page { size: A4; margin: 16mm 17mm 18mm; @bottom-center { content: counter(page) " / " counter(pages); font: 8pt system-ui, "Segoe UI", Roboto, Arial, sans-serif; color: #444; } }
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #fff; --soft: #444; --line: #bbb; --panel: #f3f3f3; --warn: #f3f3f3; --right: #000; --wrong: #000; }
  body { max-width: none; padding: 0; font: 9.5pt/1.38 "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans Condensed", "Segoe UI", Roboto, system-ui, sans-serif; }
  p, li, figcaption { max-width: none; }
  p, li { orphans: 3; widows: 3; }
  h1 { font-size: 18pt; }
  h2 { font-size: 13pt; margin: 5.5mm 0 1.5mm; padding-top: 1mm; }
  h3 { font-size: 10.5pt; margin: 3.5mm 0 1mm; }
  .summary { font-size: 10.5pt; }
  h2, h3 { break-after: avoid; }
  figure, .table, .row, tr, .card, .group, .notice, .formula, li, pre { break-inside: avoid; }
  .references li { font-size: 8.3pt; margin: .4mm 0; }
  pre.long { columns: 2; column-gap: 6mm; }
  .long, .long .table, figure.long, pre.long { break-inside: auto; }
  figure, .table { margin: 2.5mm 0 3mm; }
  figcaption { font-size: 8.5pt; break-before: avoid; }
  .table figcaption { break-before: auto; }
  .table figcaption { break-after: avoid; }
  .scroll, .formula { overflow: visible; }
  .wide svg { min-width: 0; }
  .row { grid-template-columns: 1fr 1fr; gap: 0 6mm; }
  .row figure svg { max-width: 100%; }
  .multiples { grid-template-columns: repeat(5, 1fr); gap: 1.5mm 3mm; }
  .gallery { grid-template-columns: repeat(8, 1fr); gap: 2.5mm; }
  .gallery.mapped { grid-template-columns: repeat(5, 1fr); }
  .card { font-size: 6.8pt; line-height: 1.25; }
  .card img, .absent { width: 100%; }
  .absent { height: auto; aspect-ratio: 2 / 3; }
  table, pre { font-size: 7.8pt; line-height: 1.25; }
  th, td { padding: .45mm 2.2mm .45mm 0; }
  thead { display: table-header-group; }
  nav { display: none; }
  a { text-decoration: none; }
  footer { margin-top: 5mm; font-size: 8pt; break-before: avoid; }
}
`;
