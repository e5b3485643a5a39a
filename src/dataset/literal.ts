/** @module The text of a Python or JSON literal -> its value, without evaluating anything. */

export type Literal = string | number | boolean | null | Literal[] | Map<string, Literal>;

/** The text is no literal; the message says what stands where something else was expected. */
export class LiteralError extends Error {}

const words: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['None', null],
  ['null', null],
  ['NaN', null],
  ['nan', null],
  ['True', true],
  ['true', true],
  ['False', false],
  ['false', false],
]);

const simpleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  '/': '/',
  '\n': '',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const maximumDepth = 8;

/**
 * Reads strings in either quote with their escapes, numbers, `None`/`null`, `True`/`true`, lists, tuples
 * and dictionaries with text keys: what Python's `repr` and `json.dumps` write for lists of genres.
 *
 * @throws {LiteralError}
 */
export function parseLiteral(text: string): Literal {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Literal {
    if (depth > maximumDepth) throw new LiteralError(`nested more than ${maximumDepth} deep`);
    const first = this.#peek();
    if (first === '[') return this.#sequence(']', depth);
    if (first === '(') return this.#sequence(')', depth);
    if (first === '{') return this.#dictionary(depth);
    const quote = this.#take(/[uU]?(?=['"])/y);
    if (quote !== undefined) return this.#string();
    const number = this.#take(/[+-]?\d+(\.\d*)?([eE][+-]?\d+)?(?!\w)/y);
    if (number !== undefined) return Number(number);
    const start = this.#at;
    const word = words.get(this.#take(/[A-Za-z]+/y) ?? '');
    if (word !== undefined) return word;
    this.#at = start;
    return this.#fail('a quoted text');
  }

  end(): void {
    if (this.#peek() !== '') this.#fail('nothing more');
  }

  #sequence(close: string, depth: number): Literal[] {
    const items: Literal[] = [];
    this.#at++;
    while (this.#peek() !== close) {
      items.push(this.value(depth + 1));
      this.#separator(close);
    }
    this.#at++;
    return items;
  }

  #dictionary(depth: number): Map<string, Literal> {
    const entries = new Map<string, Literal>();
    this.#at++;
    while (this.#peek() !== '}') {
      const key = this.value(depth + 1);
      if (typeof key !== 'string') throw new LiteralError('a dictionary has a key that is not text');
      if (this.#peek() !== ':') this.#fail('a colon');
      this.#at++;
      entries.set(key, this.value(depth + 1));
      this.#separator('}');
    }
    this.#at++;
    return entries;
  }

  #separator(close: string): void {
    if (this.#peek() === ',') this.#at++;
    else if (this.#peek() !== close) this.#fail(`, or ${close}`);
  }

  #string(): string {
    const quote = this.#text[this.#at++];
    let value = '';
    for (;;) {
      const character = this.#text[this.#at++];
      if (character === undefined) throw new LiteralError(`the quote ${quote} is not closed`);
      if (character === quote) return value;
      value += character === '\\' ? this.#escape() : character;
    }
  }

  #escape(): string {
    const code = this.#take(/x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}/iy, false);
    if (code !== undefined) {
      const point = Number.parseInt(code.slice(1), 16);
      if (point > 0x10ffff) throw new LiteralError(`\\${code} is no character`);
      return String.fromCodePoint(point);
    }
    const octal = this.#take(/[0-7]{1,3}/y, false);
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    const letter = this.#text[this.#at++] ?? '';
    const simple = Object.hasOwn(simpleEscapes, letter) ? simpleEscapes[letter] : undefined;
    if (simple === undefined) throw new LiteralError(`\\${letter} is no escape that is known`);
    return simple;
  }

  /** The next character that is not white space, or '' at the end. */
  #peek(): string {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#text[this.#at] ?? '';
  }

  #take(pattern: RegExp, skipSpace = true): string | undefined {
    if (skipSpace) this.#peek();
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  #fail(expected: string): never {
    const found = this.#text.slice(this.#at, this.#at + 20);
    throw new LiteralError(`expected ${expected} but found ${found === '' ? 'its end' : found}`);
  }
}
