/** @module A generator -> one synthetic poster: its genres, its title and its drawing. */
import type { Random } from '../../random.ts';
import { drawFigures } from './figures.ts';
import { drawTitle } from './lettering.ts';
import { drawOrnament } from './ornaments.ts';
import { mixPalette, type Palette, type SyntheticGenre, syntheticGenres } from './palettes.ts';
import { drawScenery } from './scenery.ts';
import { disc, group, path, rectangle, short } from './shapes.ts';

export interface Composition {
  /** One to three, alphabetical. */
  readonly genres: readonly SyntheticGenre[];
  /** Words that say nothing of the genre. */
  readonly title: string;
  /** The elements of a drawing on 200 x 300 units. */
  readonly svg: string;
}

/** How often a genre is drawn first, against the others: uneven, as in real data. */
const frequencies: Readonly<Record<SyntheticGenre, number>> = {
  Action: 1.3,
  Comedy: 1.7,
  Drama: 2.2,
  Horror: 1,
  Romance: 1.2,
  'Sci-Fi': 0.9,
  War: 0.8,
  Western: 0.8,
};

/** The five ways in which a genre shows. */
const cues = ['palette', 'scenery', 'figures', 'lettering', 'ornament'] as const;

/** How often a cue shows any genre at all instead of one of the poster's own. */
const misleading = 0.1;

const firstWords = [
  'THE LAST',
  'SILENT',
  'GOLDEN',
  'HIDDEN',
  'BROKEN',
  'ONE',
  'WILD',
  'BLUE',
  'EMPTY',
  'FAR',
  'AFTER',
  'NO',
];
const lastWords = [
  'RIVER',
  'NIGHT',
  'ROAD',
  'HOUSE',
  'SUMMER',
  'CITY',
  'GARDEN',
  'WINTER',
  'MORNING',
  'VALLEY',
  'ISLAND',
  'LETTER',
  'STREET',
];

/**
 * Composes a poster. Its genres share out the five cues at random; one cue in ten misleads; tint, place,
 * size, grain, billing and badges vary without meaning. So every genre leaves traces, none is certain, and
 * the best possible prediction is not perfect.
 */
export function composePoster(random: Random): Composition {
  const genres = pickGenres(random.split('genres'));
  const shared = random.split('cues');
  const shown = new Map<(typeof cues)[number], SyntheticGenre>();
  shared.shuffle([...cues]).forEach((cue, at) => {
    const own = genres[at % genres.length]!;
    shown.set(cue, shared.float() < misleading ? shared.pick(syntheticGenres) : own);
  });
  const of = (cue: (typeof cues)[number]) => shown.get(cue) ?? genres[0]!;

  const palette = mixPalette(of('palette'), random.split('palette'));
  const layout = random.split('layout');
  const atFoot = layout.float() < 0.5;
  const raise = atFoot ? layout.uniform(30, 50) : layout.uniform(-4, 6);
  const figures = drawFigures(of('figures'), palette, random.split('figures'));
  const words = random.split('title');
  const lines = [words.pick(firstWords), words.pick(lastWords)];
  const svg = [
    background(palette),
    drawScenery(of('scenery'), palette, random.split('scenery')),
    group(`translate(0 ${short(-raise)})`, figures),
    drawOrnament(of('ornament'), palette, random.split('ornament')),
    titleBlock(lines, of('lettering'), palette, atFoot, random.split('lettering')),
    billing(palette, random.split('billing')),
    grain(random.split('grain')),
  ].join('');
  return {
    genres: genres.toSorted(),
    title: lines.join(' '),
    svg,
  };
}

function pickGenres(random: Random): SyntheticGenre[] {
  const draw = random.float();
  const count = draw < 0.35 ? 1 : draw < 0.8 ? 2 : 3;
  const picked: SyntheticGenre[] = [];
  while (picked.length < count) {
    const rest = syntheticGenres.filter((genre) => !picked.includes(genre));
    const ends = rest.map((_, at) =>
      rest.slice(0, at + 1).reduce((sum, genre) => sum + frequencies[genre], 0),
    );
    const mark = random.float() * (ends.at(-1) as number);
    picked.push(rest[ends.findIndex((end) => mark < end)]!);
  }
  return picked;
}

/** The sky, and the band that keeps a title legible over a busy picture. */
function background({ top, bottom }: Palette): string {
  const sky = `<linearGradient id="sky" x2="0" y2="1"><stop stop-color="${top}"/><stop offset=".85" stop-color="${bottom}"/></linearGradient>`;
  const stops = [0, 0.8, 0.8, 0].map(
    (opacity, at) =>
      `<stop offset="${[0, 0.25, 0.75, 1][at]}" stop-color="${bottom}" stop-opacity="${opacity}"/>`,
  );
  const band = `<linearGradient id="band" x2="0" y2="1">${stops.join('')}</linearGradient>`;
  return `<defs>${sky}${band}</defs>${rectangle(0, 0, 200, 300, 'url(#sky)')}`;
}

/** The title at the head, or at the foot above the credits. */
function titleBlock(
  lines: readonly string[],
  genre: SyntheticGenre,
  palette: Palette,
  atFoot: boolean,
  random: Random,
): string {
  const width = random.uniform(130, 172);
  const x = 100 + random.uniform(-8, 8);
  const { svg, height } = drawTitle(lines, genre, palette, { x, width }, random);
  const y = atFoot ? 256 - height - random.uniform(0, 8) : random.uniform(15, 27);
  const band = rectangle(0, y - 22, 200, height + 44, 'url(#band)', random.pick([0.3, 0.6, 0.9]));
  return band + group(`translate(0 ${short(y)})`, svg);
}

/** The credits at the foot, names of actors above, a rule and a badge: bars and dots without meaning. */
function billing({ near, bottom, ink }: Palette, random: Random): string {
  const colour = random.pick([ink, near, '#fff', '#bbb']);
  let bars = '';
  const line = (y: number, from: number, to: number, height: number) => {
    for (let x = from; x < to; ) {
      const width = random.uniform(4, 17);
      bars += box(x, y, Math.min(width, to - x), height);
      x += width + 2.2;
    }
  };
  for (const y of [270, 275.5, 281, 286.5]) line(y, random.uniform(18, 40), random.uniform(160, 182), 2.6);
  const names = random.integer(4);
  for (let at = 0; at < names; at++) line(7, 14 + (at * 172) / names, 14 + ((at + 0.75) * 172) / names, 3.2);
  const shade = rectangle(0, 264, 200, 36, bottom, random.pick([0, 0.4, 0.8]));
  const badge =
    random.float() < 0.4 ? disc(random.pick([18, 182]), random.uniform(240, 258), 6, colour, 0.9) : '';
  const rule = random.float() < 0.4 ? rectangle(60, 261, 80, 0.8, colour) : '';
  return shade + path(bars, colour, 0.85) + badge + rule;
}

/** Specks and a veil of some colour: what prints and scans do to every poster. */
function grain(random: Random): string {
  const specks = (count: number) => {
    let data = '';
    for (let at = 0; at < count; at++) {
      const size = random.uniform(0.8, 2.6);
      data += box(random.uniform(0, 200), random.uniform(0, 300), size, size);
    }
    return data;
  };
  const colour = `rgb(${random.integer(256)},${random.integer(256)},${random.integer(256)})`;
  const veil = rectangle(0, 0, 200, 300, colour, random.uniform(0, 0.25));
  return path(specks(35), '#fff', 0.28) + path(specks(35), '#000', 0.28) + veil;
}

/** A rectangle as part of a path. */
function box(x: number, y: number, width: number, height: number): string {
  return `M${short(x)},${short(y)}h${short(width)}v${short(height)}h${short(-width)}z`;
}
