/** @module File types beyond the allowed ones -> no loader, once the room was opened. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { encodeImage } from '../../src/image/index.ts';

test('libvips opens no file by path, and no PPM, CSV, PDF, FITS or Radiance at all', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onesheet-codec-'));
  try {
    const png = await encodeImage({ width: 1, height: 1, data: new Uint8Array(3) }, { format: 'png' });
    await writeFile(join(folder, 'dot.png'), png);
    await expect(sharp(png).metadata()).resolves.toMatchObject({ format: 'png' });
    await expect(sharp(join(folder, 'dot.png')).metadata()).rejects.toThrow('unsupported image format');
    for (const head of ['P6 1 1 255\nabc', '1,2\n3,4\n', '%PDF-1.4\n', 'SIMPLE  =   T', '#?RADIANCE\n'])
      await expect(sharp(Buffer.from(head)).metadata()).rejects.toThrow('unsupported image format');
  } finally {
    await rm(folder, { recursive: true });
  }
});
