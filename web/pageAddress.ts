/** @module A picture's file -> its address in this page, made when it is first asked for: hundreds at once take a second. */

export class PageAddress {
  readonly #blob: Blob;
  #address: string | undefined;

  constructor(blob: Blob) {
    this.#blob = blob;
  }

  get href(): string {
    this.#address ??= URL.createObjectURL(this.#blob);
    return this.#address;
  }

  /** The address leads nowhere from now on. */
  revoke(): void {
    if (this.#address !== undefined) URL.revokeObjectURL(this.#address);
  }
}
