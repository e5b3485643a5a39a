/** @module A seed -> a splittable generator of uniform, normal and integer numbers. */

/** MurmurHash3's 32-bit finalizer (Appleby, public domain): every input bit changes every output bit. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Four lanes of 32 bits: the identity of a generator, from which its stream and its children follow. */
type Key = readonly [number, number, number, number];

function derive(key: Key, label: string | number): Key {
  const text = typeof label === 'number' ? `#${label}` : `$${label}`;
  let [a, b, c, d] = key;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = mix(a ^ unit ^ d);
    b = mix(b + unit + a);
    c = mix(c ^ Math.imul(unit, 0x9e3779b1) ^ b);
    d = mix(d + c + i);
  }
  return [mix(a ^ d), mix(b ^ a), mix(c ^ b), mix(d ^ c)];
}

/**
 * A seeded generator: the small fast counter generator sfc32 (Chris Doty-Humphrey's PractRand).
 *
 * `split(label)` gives a child whose stream depends only on the seed and the path of labels, never on how
 * many numbers were drawn. So the noise of step 1,234 is the same whether or not the run was resumed.
 */
export class Random {
  readonly #key: Key;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spareNormal: number | undefined;

  private constructor(key: Key) {
    this.#key = key;
    [this.#a, this.#b, this.#c] = [key[0] ^ key[3], key[1], key[2]];
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** The root generator of an integer seed (taken modulo 2^53). */
  static fromSeed(seed: number): Random {
    const low = seed >>> 0;
    const high = Math.floor(seed / 2 ** 32) >>> 0;
    return new Random([
      mix(low ^ 0x243f6a88),
      mix(high ^ 0x85a308d3),
      mix(low + 0x13198a2e),
      mix(high + 0x03707344),
    ]);
  }

  /** An independent child generator for each label path, e.g. `random.split('epoch').split(3)`. */
  split(label: string | number): Random {
    return new Random(derive(this.#key, label));
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** A number in [0, 1) with 32 random bits. */
  float(): number {
    return this.uint32() / 2 ** 32;
  }

  /** A number in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.float();
  }

  /** An integer in [0, bound), without modulo bias beyond 2^-32. */
  integer(bound: number): number {
    return Math.floor(this.float() * bound);
  }

  /** A standard normal number (Box & Muller 1958). */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.float()));
    const angle = 2 * Math.PI * this.float();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Shuffles in place (Fisher & Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j] as T, items[i] as T];
    }
    return items;
  }

  /** One item, each as likely as the other. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)] as T;
  }
}
