/** @module File types beyond the allowed ones -> no loader, once the room was opened. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import '../../src/image/index.ts';

test('libvips opens PNG but not its own format, which stands for all that is blocked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onesheet-codec-'));
  try {
    const picture = sharp({ create: { width: 2, height: 2, channels: 3, background: '#123' } });
    for (const name of ['a.png', 'a.v']) await picture.clone().toFile(join(folder, name));
    await expect(sharp(join(folder, 'a.png')).metadata()).resolves.toMatchObject({ format: 'png' });
    await expect(sharp(join(folder, 'a.v')).metadata()).rejects.toThrow('unsupported image format');
  } finally {
    await rm(folder, { recursive: true });
  }
});
