/** @module The package's sample posters -> pictures to predict. */
import { readdir, readFile } from 'node:fs/promises';
import { drawSvg } from '../image/index.ts';
import type { PosterToPredict } from '../predict/index.ts';

/** Beside `src/` in a clone and beside `dist/` in the package. */
const folder = new URL('../../samples/', import.meta.url);
/** Size of the pictures, in pixels. */
const size = { width: 400, height: 600 } as const;

/** The drawings as PNG, in the order of their names; they are the project's own, so SVG is safe to draw. */
export async function* samplePosters(): AsyncGenerator<PosterToPredict> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.svg')).sort();
  for (const name of files) {
    const svg = await readFile(new URL(name, folder), 'utf8');
    const bytes = await drawSvg(svg, { ...size, format: 'png' });
    yield { id: name.replace('.svg', ''), source: { kind: 'bytes', bytes, name: `samples/${name}` } };
  }
}
