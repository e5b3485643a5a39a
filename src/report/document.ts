/** @module The parts that a report is made of: the same document becomes HTML and Markdown. */
import type { Chart } from './chart.ts';

/** A poster in the gallery. */
export interface Card {
  readonly id: string;
  /** A data URL of the thumbnail; absent when it cannot be read. */
  readonly image?: string;
  /** A data URL of the attribution map, and the genre that it is for. */
  readonly map?: { readonly image: string; readonly genre: string };
  readonly truth: readonly string[];
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

export type Block =
  | { readonly kind: 'paragraph' | 'notice' | 'code' | 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly caption: string;
      /** The first column names the row; numeric columns are set right. */
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'chart'; readonly chart: Chart }
  | { readonly kind: 'gallery'; readonly title: string; readonly cards: readonly Card[] };

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface ReportDocument {
  readonly title: string;
  readonly summary: string;
  readonly sections: readonly Section[];
  /** What made the report. */
  readonly footer: string;
}

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text });
export const notice = (text: string): Block => ({ kind: 'notice', text });
export const heading = (text: string): Block => ({ kind: 'heading', text });
export const list = (items: readonly string[]): Block => ({ kind: 'list', items });
export const table = (
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Block => ({ kind: 'table', caption, columns, rows });
export const chartBlock = (chart: Chart): Block => ({ kind: 'chart', chart });
