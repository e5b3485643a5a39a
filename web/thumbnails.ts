/** @module Posters' files -> small pictures of them, a few at a time, so that hundreds of posters need little memory. */

/** Width of a small picture, in pixels: twice that of a frame. */
const width = 208;

/** Pictures that are decoded at a time, beside the one that the model reads. */
const atATime = 2;

interface Wish {
  readonly blob: Blob;
  readonly give: (address: string) => void;
}

async function smallOf(blob: Blob): Promise<string> {
  const bitmap = await createImageBitmap(blob, { resizeWidth: width, resizeQuality: 'medium' });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext('bitmaprenderer')!.transferFromImageBitmap(bitmap);
  return URL.createObjectURL(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 }));
}

/** Small pictures by the posters' numbers, until they are forgotten. */
export class Thumbnails {
  /** Undefined while the picture is waited for. */
  readonly #known = new Map<number, string | undefined>();
  readonly #wishes = new Map<number, Wish>();
  #busy = 0;

  /** @param give called with the picture's address, unless this browser cannot show it */
  ask(number: number, blob: Blob, give: Wish['give']): void {
    const known = this.#known.get(number);
    if (known !== undefined) give(known);
    else {
      this.#known.set(number, undefined);
      this.#wishes.set(number, { blob, give });
      this.#proceed();
    }
  }

  forget(number: number): void {
    this.#wishes.delete(number);
    const known = this.#known.get(number);
    if (known !== undefined) URL.revokeObjectURL(known);
    this.#known.delete(number);
  }

  #proceed(): void {
    for (const [number, { blob, give }] of this.#wishes) {
      if (this.#busy >= atATime) return;
      this.#wishes.delete(number);
      this.#busy += 1;
      void smallOf(blob)
        .then((address) => {
          if (!this.#known.has(number)) return URL.revokeObjectURL(address); // forgotten meanwhile
          this.#known.set(number, address);
          give(address);
        })
        .catch(() => undefined) // it has no picture, only its name
        .finally(() => {
          this.#busy -= 1;
          this.#proceed();
        });
    }
  }
}
