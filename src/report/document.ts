/** @module The parts that a report is made of: the same document becomes HTML, Markdown and, through a browser, PDF. */
import type { Chart } from './chart.ts';
import type { Language } from './format.ts';
import type { Formula } from './formula.ts';

/** A poster in the gallery. */
export interface Card {
  readonly id: string;
  /** A data URL of the thumbnail; absent when it cannot be read. */
  readonly image?: string;
  /** A data URL of the attribution map, and the genre that it is for. */
  readonly map?: { readonly image: string; readonly genre: string };
  /** What words of the poster add to the logit of a genre, the strongest first. */
  readonly words?: {
    readonly genre: string;
    readonly spoken: readonly { readonly text: string; readonly logit: number }[];
  };
  /** The poster's true genres that the model knows. */
  readonly truth: readonly string[];
  /** Its true genres that were not learned. */
  readonly unlearned: readonly string[];
  /** The decided genres and the likeliest others, with probabilities. */
  readonly predicted: readonly {
    readonly label: string;
    readonly probability: number;
    readonly decided: boolean;
    /** Whether it is known if it is true. */
    readonly isKnown: boolean;
  }[];
  /** Why it is here. */
  readonly note: string;
}

/** What has a number and a caption; its id is unique in a report, and texts refer to it by {@link see}. */
interface Captioned {
  readonly id: string;
  readonly caption: string;
}

export interface TableBlock extends Captioned {
  readonly kind: 'table';
  /** The first column names the row; numeric columns are set right. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One chart, or small ones of one kind that fill the width. Its id names the file of the drawing, too. */
export interface FigureBlock extends Captioned {
  readonly kind: 'figure';
  readonly title: string;
  readonly charts: readonly Chart[];
  /** Wider than a phone: it is scrolled there rather than shrunk. */
  readonly isWide?: boolean;
}

export interface GalleryBlock extends Captioned {
  readonly kind: 'gallery';
  readonly title: string;
  /** Each is kept on one page. */
  readonly groups: readonly { readonly title?: string; readonly cards: readonly Card[] }[];
}

export type Block =
  | { readonly kind: 'paragraph' | 'notice' | 'code' | 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'formula'; readonly formula: Formula }
  | TableBlock
  | FigureBlock
  | GalleryBlock
  /** Side by side where there is room. */
  | { readonly kind: 'row'; readonly blocks: readonly (FigureBlock | TableBlock)[] };

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** What stands on the title page of what is handed in. */
export interface TitleOptions {
  /** @default says what was trained */
  readonly title?: string;
  readonly author?: string;
  readonly course?: string;
}

export interface ReportDocument {
  readonly language: Language;
  readonly title: string;
  readonly author?: string;
  readonly course?: string;
  readonly summary: string;
  readonly sections: readonly Section[];
  /** What made the report. */
  readonly footer: string;
  /** Whether the sections are listed at the head. */
  readonly hasContents: boolean;
}

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text });
export const notice = (text: string): Block => ({ kind: 'notice', text });
export const heading = (text: string): Block => ({ kind: 'heading', text });
export const list = (items: readonly string[]): Block => ({ kind: 'list', items });
export const table = (
  id: string,
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): TableBlock => ({ kind: 'table', id, caption, columns, rows });
/** One chart with its own title and caption. */
export const figure = (chart: Chart, isWide = false): FigureBlock => ({
  kind: 'figure',
  id: chart.name,
  title: chart.title,
  caption: chart.caption,
  charts: [chart],
  isWide,
});
export const row = (blocks: readonly (FigureBlock | TableBlock)[]): Block => ({ kind: 'row', blocks });

/** Begins and ends a reference in a text; Unicode keeps these signs free for such use. */
export const marks = { see: '\ue000', cite: '\ue001', end: '\ue002' } as const;

/** In a text: the number of a figure or table of the same report, as `Figure 3`. */
export function see(id: string): string {
  return `${marks.see}${id}${marks.end}`;
}
