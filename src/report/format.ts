/** @module A language -> the way in which it writes numbers; a number that is not defined is a dash. */

/** The languages that a report is written in. */
export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

/** Numbers as a language writes them. */
export interface Figures {
  /** `0.1234` as `12.3%`. */
  percent(value: number | null | undefined, digits?: number): string;
  /** With a fixed number of decimals, 3 unless said. */
  decimal(value: number | null | undefined, digits?: number): string;
  /** With its sign, also when it is positive. */
  signed(value: number | null | undefined, digits?: number): string;
  /** A whole number with its thousands apart. */
  whole(value: number): string;
  /** A number of a recipe: as short as it can be written, without powers of ten from 0.0001 on. */
  plain(value: number): string;
  /** `1 poster`, `2 posters`. */
  count(number: number, one: string, many?: string): string;
  /** `a`, `a and b`, `a, b and c`; the rest beyond `most` is counted. */
  listed(words: readonly string[], most?: number): string;
  /** `0.1 to 0.2`. */
  interval(ends: readonly [number | null, number | null], digits?: number): string;
  /** Seconds as hours, minutes or seconds. */
  duration(seconds: number): string;
}

interface Habits {
  readonly locale: string;
  readonly point: string;
  readonly beforePercent: string;
  readonly and: string;
  readonly more: string;
  readonly to: string;
  readonly units: readonly [hours: string, minutes: string, seconds: string];
}

const habits: Readonly<Record<Language, Habits>> = {
  en: {
    locale: 'en',
    point: '.',
    beforePercent: '',
    and: 'and',
    more: 'more',
    to: 'to',
    units: ['h', 'min', 's'],
  },
  de: {
    locale: 'de',
    point: ',',
    beforePercent: '\u00a0',
    and: 'und',
    more: 'weitere',
    to: 'bis',
    units: ['h', 'min', 's'],
  },
};

function isNumber(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

export function figuresIn(language: Language): Figures {
  const { locale, point, beforePercent, and, more, to, units } = habits[language];
  const written = (text: string) => text.replace('.', point);
  const decimal = (value: number | null | undefined, digits = 3) =>
    isNumber(value) ? written(value.toFixed(digits)) : '–';
  const whole = (value: number) => value.toLocaleString(locale);
  return {
    percent: (value, digits = 1) =>
      isNumber(value) ? `${written((100 * value).toFixed(digits))}${beforePercent}%` : '–',
    decimal,
    signed: (value, digits = 3) =>
      isNumber(value) ? `${value < 0 ? '−' : '+'}${decimal(Math.abs(value), digits)}` : '–',
    whole,
    plain: (value) => written(String(Number(value.toPrecision(4)))).replace('e-', ' · 10^−'),
    count: (number, one, many = `${one}s`) => `${whole(number)} ${number === 1 ? one : many}`,
    listed: (words, most = 12) => {
      const shown =
        words.length > most ? [...words.slice(0, most), `${words.length - most} ${more}`] : [...words];
      const last = shown.pop();
      return shown.length === 0 ? (last ?? '') : `${shown.join(', ')} ${and} ${last}`;
    },
    interval: ([low, high], digits = 3) => `${decimal(low, digits)} ${to} ${decimal(high, digits)}`,
    duration: (seconds) => {
      if (seconds < 100) return `${written(seconds.toFixed(seconds < 10 ? 1 : 0))} ${units[2]}`;
      if (seconds < 6000) return `${Math.round(seconds / 60)} ${units[1]}`;
      return `${written((seconds / 3600).toFixed(1))} ${units[0]}`;
    },
  };
}

const number = /^(?:[−+-]?[\d.,]+\s?%?(?: (?:to|bis) [−+-]?[\d.,]+)?|–)$/;

/** Whether a table's column, other than its first, holds only numbers, intervals and dashes. */
export function isNumeric(rows: readonly (readonly string[])[], column: number): boolean {
  return column > 0 && rows.length > 0 && rows.every((row) => number.test(row[column]!));
}
