/** @module Names and contents -> a temporary folder of files for one test; seeds -> pictures for it. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { drawSvg } from '../../src/image/index.ts';
import { Random } from '../../src/random.ts';

/** The files are written as given; a name alone makes an empty one. */
export async function makeFolder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'onesheet-dataset-'));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return folder;
}

/** Ten grey squares, the same for the same seed, as a small JPEG or, above 100 pixels wide, a PNG. */
export function picture(seed: number, width: number): Promise<Uint8Array> {
  const random = Random.fromSeed(seed);
  const squares = Array.from({ length: 10 }, () => {
    const [x, y, size, grey] = [
      random.integer(200),
      random.integer(300),
      20 + random.integer(90),
      random.integer(256),
    ];
    return `<rect x="${x}" y="${y}" width="${size}" height="${size}" fill="rgb(${grey},${grey},${grey})"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 300">${squares.join('')}</svg>`;
  return drawSvg(svg, { width, height: width * 1.5, format: width > 100 ? 'png' : 'jpeg' });
}
