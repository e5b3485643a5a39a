/** @module A title, a genre and a generator -> letters drawn as strokes in the genre's style; no font is used. */
import type { Random } from '../../random.ts';
import type { Palette, SyntheticGenre } from './palettes.ts';
import { group, type Point, polygon, short, stroke } from './shapes.ts';

/** Strokes of each letter on a grid of 4 x 6, y down; strokes are separated by bars, points by spaces. */
const alphabet: Readonly<Record<string, string>> = {
  A: '0,6 2,0 4,6|.8,3.8 3.2,3.8',
  B: '0,3 3,3 4,4 4,5 3,6 0,6 0,0 3,0 3.8,.8 3.8,2.2 3,3',
  C: '4,1 3,0 1,0 0,1 0,5 1,6 3,6 4,5',
  D: '0,0 0,6 2.6,6 4,4.6 4,1.4 2.6,0 0,0',
  E: '4,0 0,0 0,6 4,6|0,3 3,3',
  F: '4,0 0,0 0,6|0,3 3,3',
  G: '4,1 3,0 1,0 0,1 0,5 1,6 3,6 4,5 4,3 2.4,3',
  H: '0,0 0,6|4,0 4,6|0,3 4,3',
  I: '2,0 2,6',
  J: '4,0 4,5 3,6 1,6 0,5',
  K: '0,0 0,6|4,0 0,3.6|1.2,2.6 4,6',
  L: '0,0 0,6 4,6',
  M: '0,6 0,0 2,3 4,0 4,6',
  N: '0,6 0,0 4,6 4,0',
  O: '1,0 3,0 4,1 4,5 3,6 1,6 0,5 0,1 1,0',
  P: '0,6 0,0 3,0 4,1 4,2.4 3,3.4 0,3.4',
  R: '0,6 0,0 3,0 4,1 4,2.4 3,3.4 0,3.4|1.8,3.4 4,6',
  S: '4,1 3,0 1,0 0,1 0,2 1,3 3,3 4,4 4,5 3,6 1,6 0,5',
  T: '0,0 4,0|2,0 2,6',
  U: '0,0 0,5 1,6 3,6 4,5 4,0',
  V: '0,0 2,6 4,0',
  W: '0,0 1,6 2,2.4 3,6 4,0',
  Y: '0,0 2,3 4,0|2,3 2,6',
};

interface Style {
  /** Of a stroke, in grid units. */
  readonly weight: number;
  /** From one letter's left side to the next one's, in grid units. */
  readonly advance: number;
  /** Width of a letter against its height, 1 being the grid's 4 x 6. */
  readonly stretch: number;
  /** Degrees by which letters lean to the right. */
  readonly lean: number;
  readonly attributes: string;
}

const styles: Readonly<Record<SyntheticGenre, Style>> = {
  Action: { weight: 1.7, advance: 6, stretch: 0.9, lean: 14, attributes: 'stroke-linejoin="miter"' },
  Comedy: {
    weight: 1.6,
    advance: 6.3,
    stretch: 1,
    lean: 0,
    attributes: 'stroke-linejoin="round" stroke-linecap="round"',
  },
  Drama: { weight: 0.45, advance: 7.5, stretch: 0.8, lean: 0, attributes: '' },
  Horror: { weight: 0.9, advance: 5.4, stretch: 0.7, lean: 0, attributes: 'stroke-linejoin="miter"' },
  Romance: {
    weight: 0.6,
    advance: 5.2,
    stretch: 0.85,
    lean: 22,
    attributes: 'stroke-linejoin="round" stroke-linecap="round"',
  },
  'Sci-Fi': { weight: 0.55, advance: 6.2, stretch: 1.7, lean: 0, attributes: '' },
  War: { weight: 1.5, advance: 6, stretch: 0.85, lean: 0, attributes: 'stroke-dasharray="2.3 .5"' },
  Western: { weight: 1.1, advance: 6.6, stretch: 0.75, lean: 0, attributes: '' },
};

/**
 * Draws lines of text, centred, from y = 0 downwards, each scaled to the given width but no higher than 34
 * units.
 *
 * @returns the drawing and its height in units.
 */
export function drawTitle(
  lines: readonly string[],
  genre: SyntheticGenre,
  palette: Palette,
  box: { readonly x: number; readonly width: number },
  random: Random,
): { readonly svg: string; readonly height: number } {
  const style = styles[genre];
  let svg = '';
  let y = 0;
  for (const line of lines) {
    const units = ((line.length - 1) * style.advance + 4) * style.stretch;
    const scale = Math.min(box.width / units, 34 / 6);
    const x = box.x - (units * scale) / 2;
    const letters = [...line].map((letter, at) => {
      const left = at * style.advance;
      return drawLetter(letter, left, genre, style, palette, random);
    });
    const lean = style.lean === 0 ? '' : ` skewX(${-style.lean})`;
    const place = `translate(${short(x)} ${short(y)}) scale(${(scale * style.stretch).toFixed(3)} ${scale.toFixed(3)})${lean}`;
    svg += group(place, letters.join(''));
    y += 6 * scale + 7;
  }
  return { svg, height: y - 7 };
}

function drawLetter(
  letter: string,
  left: number,
  genre: SyntheticGenre,
  style: Style,
  palette: Palette,
  random: Random,
): string {
  const strokes = (alphabet[letter] ?? '').split('|').filter((text) => text !== '');
  const lines = strokes.map((text) =>
    text.split(' ').map((point): Point => {
      const [x, y] = point.split(',').map(Number);
      const jag = genre === 'Horror' ? 0.45 : 0;
      return [left + x! + random.uniform(-jag, jag), y! + random.uniform(-jag, jag)];
    }),
  );
  const data = lines.map((line) => (genre === 'Romance' ? curved(line) : straight(line))).join('');
  const pen = (colour: string, weight: number, extra = '') =>
    `<path d="${data}" fill="none" stroke="${colour}" stroke-width="${weight}" ${style.attributes}${extra}/>`;
  const { ink, accent, near } = palette;
  if (genre === 'Action') return group('translate(.6 .5)', pen(near, style.weight)) + pen(ink, style.weight);
  if (genre === 'Sci-Fi') return pen(accent, 1.5, ' stroke-opacity=".35"') + pen(ink, style.weight);
  if (genre === 'Western')
    return pen(ink, style.weight) + lines.flatMap((line) => serifs(line, ink)).join('');
  if (genre === 'Horror')
    return pen(ink, style.weight) + lines.map((line) => drip(line, ink, random)).join('');
  if (genre !== 'Comedy') return pen(ink, style.weight);
  const turn = `rotate(${short(random.uniform(-14, 14))} ${short(left + 2)} 3) translate(0 ${short(random.uniform(-0.7, 0.7))})`;
  return group(turn, pen(random.pick([ink, accent, near, palette.far]), style.weight));
}

function straight(line: readonly Point[]): string {
  return line.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x.toFixed(2)},${y.toFixed(2)}`).join('');
}

/** The corners become curves: quadratic ones from the middle of each side to the middle of the next. */
function curved(line: readonly Point[]): string {
  const [first, last] = [line[0]!, line[line.length - 1]!];
  const turns = line.slice(1, -1).map(([x, y], at) => {
    const [nextX, nextY] =
      at + 2 === line.length - 1 ? last : [(x + line[at + 2]![0]) / 2, (y + line[at + 2]![1]) / 2];
    return `Q${x.toFixed(2)},${y.toFixed(2)} ${nextX.toFixed(2)},${nextY.toFixed(2)}`;
  });
  const rest = turns.length > 0 ? turns.join('') : `L${last[0].toFixed(2)},${last[1].toFixed(2)}`;
  return `M${first[0].toFixed(2)},${first[1].toFixed(2)}${rest}`;
}

/** Slabs across both ends of a stroke. */
function serifs(line: readonly Point[], colour: string): string[] {
  const ends = [line[0]!, line[line.length - 1]!].filter(([, y]) => y < 0.5 || y > 5.5);
  return ends.map(([x, y]) => {
    const at = y < 3 ? 0 : 6;
    return polygon(
      [
        [x - 1.3, at - 0.55],
        [x + 1.3, at - 0.55],
        [x + 1.3, at + 0.55],
        [x - 1.3, at + 0.55],
      ],
      colour,
    );
  });
}

function drip(line: readonly Point[], colour: string, random: Random): string {
  const [x, y] = random.pick(line);
  return stroke(
    [
      [x, y],
      [x, y + random.uniform(1, 3.5)],
    ],
    colour,
    0.4,
  );
}
