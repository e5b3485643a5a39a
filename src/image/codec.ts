/** @module sharp, restricted -> the only decoder and encoder that the rest of the room uses. */
import sharp from 'sharp';

/**
 * libvips knows dozens of file types, some through large libraries. Only the formats that
 * {@link sniffFormat} admits stay, and SVG, which only {@link drawSvg} hands to it. The block holds for the
 * whole process, also for a program's own use of sharp beside this one.
 */
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadWebp',
    'VipsForeignLoadHeif',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadTiff',
    'VipsForeignLoadSvg',
  ],
});

// Pictures are decoded side by side on libuv's threads; more threads inside one picture would only compete.
sharp.concurrency(1);
// Every poster is decoded once: a cache of operations would hold memory and never be asked.
sharp.cache(false);

/** The same memory without the Buffer's own ways of slicing, printing and turning into JSON. */
export function plainBytes({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

export { sharp };
