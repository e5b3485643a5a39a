/** @module The project's own drawings -> posters to try, for who has none at hand. */
import type { PosterFile } from './engine.ts';

/** Drawn posters of films that do not exist, by the names of their files in `samples/`. */
export const samples = [
  { file: 'dust-creek', title: 'Dust Creek' },
  { file: 'finn-the-fox', title: 'Finn the Fox' },
  { file: 'meet-the-neighbors', title: 'Meet the Neighbors' },
  { file: 'one-summer-in-verona', title: 'One Summer in Verona' },
  { file: 'orbital-dawn', title: 'Orbital Dawn' },
  { file: 'redline', title: 'Redline' },
  { file: 'the-hollow', title: 'The Hollow' },
  { file: 'the-last-winter', title: 'The Last Winter' },
] as const;

export type Sample = (typeof samples)[number];

/** In pixels: more than any model's input has. */
const size = { width: 640, height: 960 };

export function addressOfSample({ file }: Sample): string {
  return new URL(`samples/${file}.svg`, document.baseURI).href;
}

/** The drawing as a picture that any engine reads. */
export async function samplePoster(sample: Sample): Promise<PosterFile> {
  const image = new Image();
  image.src = addressOfSample(sample);
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), size);
  canvas.getContext('2d')!.drawImage(image, 0, 0, size.width, size.height);
  const blob = await new Promise<Blob>((resolve, reject) =>
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error('it could not be drawn'))), 'image/png'),
  );
  return { kind: 'file', name: `${sample.file}.png`, blob };
}
