/** @module Ids one after the other -> whether an earlier one is the same, in a few bytes an id. */
import { createHash } from 'node:crypto';

/**
 * Keeps 64 bits of each id's hash: of a hundred million ids, the chance that any two that differ are taken for the same
 * is below one in three thousand.
 */
export class SeenIds {
  #slots = new BigUint64Array(1024);
  #count = 0;

  /** Whether it was seen before; from now on it was. */
  add(id: string): boolean {
    if (this.#count * 2 >= this.#slots.length) this.#grow();
    // Zero marks an empty place.
    const hash = createHash('sha256').update(id).digest().readBigUInt64LE() || 1n;
    const at = placeOf(this.#slots, hash);
    if (this.#slots[at] === hash) return true;
    this.#slots[at] = hash;
    this.#count += 1;
    return false;
  }

  #grow(): void {
    const slots = new BigUint64Array(this.#slots.length * 2);
    for (const hash of this.#slots) if (hash !== 0n) slots[placeOf(slots, hash)] = hash;
    this.#slots = slots;
  }
}

/** Where the hash is, or the empty place where it belongs. */
function placeOf(slots: BigUint64Array, hash: bigint): number {
  let at = Number(hash % BigInt(slots.length));
  while (slots[at] !== 0n && slots[at] !== hash) at = (at + 1) % slots.length;
  return at;
}
