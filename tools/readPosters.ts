/**
 * @module Posters -> the text that stands on each, one line of JSON a poster, read by PaddleOCR's networks (Apache-2.0) as
 * @gutenye/ocr-node (MIT) runs them. Started again, it reads what is missing. A bad picture is named and stops nothing.
 *
 *     npm install --no-save @gutenye/ocr-node@1.4.8
 *     npm run tool -- read-posters posters/ weights/texts.jsonl
 *
 * The package brings another sharp and OpenCV along, which nothing else here needs, so it is no dependency.
 */
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { OnesheetError } from '../src/errors.ts';
import { decodeImage } from '../src/image/index.ts';
import { postersAt } from '../src/predict/index.ts';
import { readTexts } from '../src/text/index.ts';

/** Posters of the data set are 256 pixels wide at most; twice as wide, the detector finds titles, names and taglines. */
const enlargement = 2;

/** Lines that the recognition of letters doubts more are left out. */
const leastConfidence = 0.5;

/** What is used of the package, which is installed beside and brings no types that are needed here. */
interface Reader {
  readonly detect: (path: string) => Promise<readonly { readonly text: string; readonly mean: number }[]>;
}
const packageName = '@gutenye/ocr-node';

export async function readPosters(words: readonly string[]): Promise<void> {
  const [folder, output] = words as [string, string];
  const read = existsSync(output) ? await readTexts(output) : new Map();
  const { default: ocr } = (await import(packageName)) as { default: { create: () => Promise<Reader> } };
  const reader = await ocr.create();
  const scratch = mkdtempSync(join(tmpdir(), 'onesheet-'));
  const picture = join(scratch, 'poster.png');
  for await (const { id, source } of postersAt([folder], process.stdin)) {
    if (read.has(id)) continue;
    try {
      const { width, height, data } = await decodeImage(source);
      await sharp(data, { raw: { width, height, channels: 3 } })
        .resize({ width: enlargement * width })
        .png({ compressionLevel: 1 })
        .toFile(picture);
    } catch (error) {
      if (!(error instanceof OnesheetError)) throw error;
      process.stderr.write(`left out: ${error.message}\n`);
      continue;
    }
    const lines = await reader.detect(picture);
    const texts = lines.filter(({ mean }) => mean > leastConfidence).map(({ text }) => text);
    appendFileSync(output, `${JSON.stringify({ id, texts })}\n`);
  }
  rmSync(scratch, { recursive: true });
}
