/** @module The bytes of a JSON body, piece by piece -> its value, counted as it comes, with a tensor's numbers as bytes. */
import { onesheetError } from '../errors.ts';

/** Lists and objects inside each other; a nested tensor needs seven. */
const deepest = 16;
/** Bytes of a member's name and of a number: beyond that it is no honest one. */
const [longestName, longestNumber] = [256, 64];
/** Dimensions of a tensor's list. */
const mostDimensions = 4;

export interface JsonLimits {
  /** Values, outside of tensors. */
  readonly values: number;
  /** Whether the list at `inputs.0.data` is read as the numbers of a tensor. */
  readonly tensor: boolean;
}

/** What a JSON body says. */
export class JsonBody {
  readonly value: unknown;
  readonly tensor: TensorList | undefined;

  constructor(value: unknown, tensor: TensorList | undefined) {
    this.value = value;
    this.tensor = tensor;
  }
}

/** The elements of the list `inputs.0.data`, in order, however they are nested. */
export interface TensorList {
  readonly elements: Uint8Array;
  /** What was expected, where it holds something else. */
  readonly expected: string | undefined;
}

const code = (character: string): number => character.charCodeAt(0);
const [quote, backslash, comma, colon] = [code('"'), code('\\'), code(','), code(':')];
const [openList, closeList, openObject, closeObject] = [code('['), code(']'), code('{'), code('}')];
const [zero, nine] = [code('0'), code('9')];
const isBlank = (byte: number): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

const refused = (expected: string) => onesheetError('REQUEST_INVALID', 'the body', expected);

/**
 * Reads JSON in one pass over its bytes, in memory that the text itself bounds: what is too deep, too wide or too many
 * is refused at that byte, before a parser or a schema walks it. A tensor's list, which is hundreds of thousands of
 * numbers, becomes bytes right here and an empty list in the value.
 */
export class JsonReader {
  readonly #limits: JsonLimits;
  /** The text without the tensor. */
  readonly #kept: Buffer[] = [];
  /** For each open list or object, the last member's name, as it was written. */
  readonly #names: string[] = [];
  readonly #isObject: boolean[] = [];
  #values = 0;
  #isString = false;
  #isEscaped = false;
  /** Bytes of the string so far, of which the first are kept where it may be a name. */
  #length = 0;
  #text: number[] = [];
  #isName = false;
  /** Bytes of the number or word so far. */
  #plain = 0;
  #tensor: TensorReader | undefined;

  constructor(limits: JsonLimits) {
    this.#limits = limits;
  }

  /** @throws {OnesheetError} REQUEST_INVALID at the first byte that goes beyond a limit */
  write(piece: Buffer): void {
    let from = 0;
    let at = 0;
    while (at < piece.length) {
      if (this.#tensor && !this.#tensor.isWhole) {
        at = this.#tensor.read(piece, at);
        from = at;
        continue;
      }
      if (this.#isString) {
        at = this.#readString(piece, at);
        continue;
      }
      const byte = piece[at]!;
      if (byte === openList && this.#isTensor()) {
        this.#kept.push(piece.subarray(from, at), Buffer.from('[]'));
        this.#tensor = new TensorReader();
      } else this.#see(byte);
      at += 1;
    }
    if (!this.#tensor || this.#tensor.isWhole) this.#kept.push(piece.subarray(from));
  }

  /** @throws {OnesheetError} REQUEST_INVALID for what is no JSON */
  end(): JsonBody {
    const text = Buffer.concat(this.#kept).toString('utf8');
    try {
      // Byte order marks are white space to most who write them.
      const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
      return new JsonBody(value, this.#tensor?.list());
    } catch {
      throw refused('JSON');
    }
  }

  #isTensor(): boolean {
    const [root, inputs, input] = this.#names;
    if (!this.#limits.tensor || this.#isObject.length !== 3 || inputs !== '') return false;
    if (root !== 'inputs' || input !== 'data') return false;
    if (this.#tensor) throw onesheetError('REQUEST_INVALID', 'inputs', 'one tensor with the name image');
    return true;
  }

  #see(byte: number): void {
    if (byte === colon || isBlank(byte)) {
      this.#plain = 0;
      return;
    }
    this.#plain += 1;
    if (byte === quote) {
      this.#isString = true;
      this.#isName = this.#isObject.at(-1) === true && this.#names.at(-1) === '';
      this.#length = 0;
      this.#text = [];
    } else if (byte === openList || byte === openObject) {
      this.#isObject.push(byte === openObject);
      this.#names.push('');
      if (this.#isObject.length > deepest) throw refused(`no more than ${deepest} lists in each other`);
      this.#count();
    } else if (byte === closeList || byte === closeObject) {
      this.#isObject.pop();
      this.#names.pop();
    } else if (byte === comma) {
      this.#count();
      if (this.#isObject.at(-1)) this.#names[this.#names.length - 1] = '';
      this.#plain = 0;
    }
    // Brackets in a row are none either.
    if (this.#plain > longestNumber) throw refused(`numbers of at most ${longestNumber} bytes`);
  }

  #count(): void {
    this.#values += 1;
    if (this.#values > this.#limits.values)
      throw refused(`no more than ${this.#limits.values} values beside a tensor's`);
  }

  /** @returns where the string ends, or the piece */
  #readString(piece: Buffer, start: number): number {
    let at = start;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      at += 1;
    }
    while (at < piece.length && piece[at] !== quote && piece[at] !== backslash) at += 1;
    this.#length += at - start;
    if (this.#isName) {
      if (this.#length > longestName) throw refused(`names of at most ${longestName} bytes`);
      this.#text.push(...piece.subarray(start, at));
    }
    if (at === piece.length) return at;
    if (piece[at] === backslash) {
      this.#isEscaped = true;
      if (this.#isName) this.#text.push(backslash);
      this.#length += 1;
    } else {
      this.#isString = false;
      // An empty name still is one.
      if (this.#isName) this.#names[this.#names.length - 1] = Buffer.from(this.#text).toString() || ' ';
    }
    return at + 1;
  }
}

/** A list of numbers from 0 to 255, after its first bracket -> bytes. */
class TensorReader {
  isWhole = false;
  #elements = new Uint8Array(1024);
  #size = 0;
  #depth = 1;
  /** The element that is being read: its value while it is plain digits, its text otherwise. */
  #digits = -1;
  #text = '';
  #isString = false;
  #isEscaped = false;
  #isAfterValue = false;
  #isAfterComma = false;
  #expected: string | undefined;

  list(): TensorList | undefined {
    if (!this.isWhole) return undefined;
    return { elements: this.#elements.subarray(0, this.#size), expected: this.#expected };
  }

  /** @returns where the list ends, or the piece */
  read(piece: Buffer, start: number): number {
    for (let at = start; at < piece.length; at += 1) {
      const byte = piece[at]!;
      if (byte >= zero && byte <= nine && this.#text === '' && !this.#isString) {
        if (this.#digits < 0) {
          if (this.#isAfterValue) throw refused('JSON');
          this.#digits = byte - zero;
        } else if (this.#digits === 0) throw refused('JSON');
        else this.#digits = Math.min(1e15, this.#digits * 10 + byte - zero);
      } else if (this.#isString) this.#passString(byte);
      else if (byte === comma) {
        this.#finish();
        if (!this.#isAfterValue) throw refused('JSON');
        this.#isAfterValue = false;
        this.#isAfterComma = true;
      } else if (byte === closeList) {
        this.#finish();
        if (this.#isAfterComma && !this.#isAfterValue) throw refused('JSON');
        this.#isAfterValue = true;
        this.#depth -= 1;
        if (this.#depth === 0) {
          this.isWhole = true;
          return at + 1;
        }
      } else if (isBlank(byte)) this.#finish();
      else this.#passOther(byte);
    }
    return piece.length;
  }

  #passOther(byte: number): void {
    const isBegun = this.#digits >= 0 || this.#text !== '';
    if (!isBegun && this.#isAfterValue) throw refused('JSON');
    if (byte === openList && !isBegun) {
      this.#depth += 1;
      this.#isAfterComma = false;
      if (this.#depth > deepest) throw refused(`no more than ${deepest} lists in each other`);
      if (this.#depth > mostDimensions) this.#expected ??= 'no more than four dimensions';
    } else if (byte === quote && !isBegun) {
      this.#isString = true;
      this.#expected ??= 'whole numbers from 0 to 255';
    } else if (byte === quote || byte === openList || byte === openObject || byte === closeObject)
      throw onesheetError('REQUEST_INVALID', 'inputs.0.data', 'a list of numbers');
    else {
      // A fraction, an exponent, a sign or a word: rare, and looked at when it is whole.
      if (this.#digits >= 0) this.#text = String(this.#digits);
      this.#digits = -1;
      // Once something is wrong, nobody asks what else is.
      this.#text = this.#expected === undefined ? this.#text + String.fromCharCode(byte) : '?';
      if (this.#text.length > longestNumber) throw refused(`numbers of at most ${longestNumber} bytes`);
    }
  }

  #passString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) {
      this.#isString = false;
      this.#isAfterValue = true;
      this.#isAfterComma = false;
    }
  }

  /** The element ends, if one was begun. */
  #finish(): void {
    if (this.#digits < 0 && this.#text === '') return;
    let value: unknown = this.#digits;
    if (this.#text !== '' && this.#expected === undefined) {
      try {
        value = JSON.parse(this.#text);
      } catch {
        throw refused('JSON');
      }
    }
    this.#digits = -1;
    this.#text = '';
    this.#isAfterValue = true;
    this.#isAfterComma = false;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 255)
      this.#expected ??= 'whole numbers from 0 to 255';
    if (this.#size === this.#elements.length) {
      const longer = new Uint8Array(this.#size * 2);
      longer.set(this.#elements);
      this.#elements = longer;
    }
    this.#elements[this.#size] = value as number;
    this.#size += 1;
  }
}
