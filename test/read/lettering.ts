import { drawSvg } from '../../src/image/index.ts';

/** Strokes of letters on a grid of 4 x 6, y down; no font of the machine is used. */
const strokes: Readonly<Record<string, string>> = {
  A: 'M0,6 L2,0 L4,6 M.8,4 L3.2,4',
  D: 'M0,0 L0,6 L2.4,6 L4,4.6 L4,1.4 L2.4,0 Z',
  E: 'M4,0 L0,0 L0,6 L4,6 M0,3 L3.2,3',
  H: 'M0,0 L0,6 M4,0 L4,6 M0,3 L4,3',
  I: 'M2,0 L2,6',
  L: 'M0,0 L0,6 L4,6',
  M: 'M0,6 L0,0 L2,3 L4,0 L4,6',
  N: 'M0,6 L0,0 L4,6 L4,0',
  T: 'M0,0 L4,0 M2,0 L2,6',
  R: 'M0,6 L0,0 L3,0 L4,1 L4,2.4 L3,3.4 L0,3.4 M1.8,3.4 L4,6',
};

export interface Lettering {
  readonly text: string;
  /** Upper left corner and height of the letters, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly height: number;
  /** Degrees by which the line is turned clockwise about that corner. */
  readonly turn?: number;
  readonly colour?: string;
}

/** Lines of text on a plain ground, as PNG. */
export function drawLettering(
  width: number,
  height: number,
  lines: readonly Lettering[],
  ground = '#fff',
): Promise<Uint8Array> {
  const drawn = lines.map(({ text, x, y, height: size, turn = 0, colour = '#111' }) => {
    const unit = size / 6;
    const letters = [...text].map((letter, i) =>
      letter === ' ' ? '' : `<path transform="translate(${5.6 * i},0)" d="${strokes[letter]}"/>`,
    );
    return `<g transform="translate(${x},${y}) rotate(${turn}) scale(${unit})" fill="none" stroke="${colour}" stroke-width="0.8">${letters.join('')}</g>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${ground}"/>${drawn.join('')}</svg>`;
  return drawSvg(svg, { width, height, format: 'png' });
}
