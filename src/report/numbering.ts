/** @module A report's document -> the numbers of its figures, tables and sources, and texts that name them. */
import { type Block, marks, type ReportDocument } from './document.ts';
import { type Source, sources } from './sources.ts';

/** What a reference in a text points to. */
export interface Target {
  readonly kind: 'figure' | 'table' | 'source';
  readonly id: string;
  /** Counted from 1 for each kind. */
  readonly number: number;
}

/** A piece of a text: words, or what they refer to. */
export type Piece = string | Target;

const reference = new RegExp(`([${marks.see}${marks.cite}])([^${marks.end}]*)${marks.end}`, 'gu');
const strayMarks = new RegExp(`[${Object.values(marks).join('')}]`, 'gu');

/** The blocks of a document in their order, those that stand side by side among them. */
export function blocksOf({ sections }: Pick<ReportDocument, 'sections'>): Exclude<Block, { kind: 'row' }>[] {
  return sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'row' ? [...block.blocks] : [block])),
  );
}

/** All texts of a document in which something can be referred to, in their order. */
function textsOf(document: ReportDocument): string[] {
  const texts = blocksOf(document).flatMap((block) => {
    if (block.kind === 'list') return [...block.items];
    if (block.kind === 'table') return [block.caption, ...block.rows.flat()];
    if (block.kind === 'figure' || block.kind === 'gallery') return [block.caption];
    return block.kind === 'formula' || block.kind === 'code' ? [] : [block.text];
  });
  return [document.summary, ...texts];
}

export class Numbering {
  readonly #targets = new Map<string, Target>();
  /** Figures and tables, by their ids, that some text refers to. */
  readonly seen: ReadonlySet<string>;
  /** What texts refer to and the document lacks; a document without mistakes has none. */
  readonly lost: readonly string[];

  constructor(document: ReportDocument) {
    const counts = { figure: 0, table: 0, source: 0 };
    const number = (kind: Target['kind'], id: string, key: string) => {
      if (!this.#targets.has(key)) this.#targets.set(key, { kind, id, number: ++counts[kind] });
    };
    for (const block of blocksOf(document)) {
      if (block.kind === 'table') number('table', block.id, marks.see + block.id);
      if (block.kind === 'figure' || block.kind === 'gallery')
        number('figure', block.id, marks.see + block.id);
    }
    const seen = new Set<string>();
    const lost: string[] = [];
    for (const text of textsOf(document))
      for (const [, mark, id] of text.matchAll(reference)) {
        if (mark === marks.cite && Object.hasOwn(sources, id!)) number('source', id!, mark + id);
        if (!this.#targets.has(mark! + id)) lost.push(id!);
        else if (mark === marks.see) seen.add(id!);
      }
    this.seen = seen;
    this.lost = lost;
  }

  /** The number of a figure or table. */
  of(id: string): number {
    return this.#targets.get(marks.see + id)!.number;
  }

  /** The sources that are cited, in the order of their numbers. */
  get cited(): readonly (Source & { readonly id: string })[] {
    return [...this.#targets.values()]
      .filter(({ kind }) => kind === 'source')
      .map(({ id }) => ({ id, ...sources[id as keyof typeof sources] }));
  }

  /** A text with its references taken out; those to nothing are left out, as is all else that looks like one. */
  pieces(text: string): Piece[] {
    const pieces: Piece[] = [];
    let at = 0;
    for (const match of text.matchAll(reference)) {
      pieces.push(text.slice(at, match.index));
      const target = this.#targets.get(match[1]! + match[2]!);
      if (target) pieces.push(target);
      at = match.index + match[0].length;
    }
    pieces.push(text.slice(at));
    return pieces
      .map((piece) => (typeof piece === 'string' ? piece.replace(strayMarks, '') : piece))
      .filter((piece) => piece !== '');
  }
}
