/** @module A genre, colours and a generator -> the people of a poster, as silhouettes. */
import type { Random } from '../../random.ts';
import type { Palette, SyntheticGenre } from './palettes.ts';
import { disc, group, path, polygon, rectangle, ring, short, starPoints, stroke } from './shapes.ts';

type Draw = (palette: Palette, random: Random) => string;

/** Draws the genre's people with their feet near y = 250. */
export function drawFigures(genre: SyntheticGenre, palette: Palette, random: Random): string {
  return casts[genre](palette, random);
}

/** Content drawn with its feet at (0, 0) and about 100 units high, put on the ground. */
function stand(x: number, y: number, size: number, content: string, mirrored = false): string {
  return group(`translate(${short(x)} ${short(y)}) scale(${mirrored ? -size : size} ${size})`, content);
}

/** A coat on two legs; the arms hang. */
function standing(colour: string, shoulders = 13): string {
  return (
    disc(0, -91, 9, colour) +
    polygon(
      [
        [-shoulders, -76],
        [shoulders, -76],
        [11, -30],
        [-11, -30],
      ],
      colour,
    ) +
    stroke(
      [
        [-shoulders + 3, -74],
        [-shoulders - 2, -38],
      ],
      colour,
      6,
    ) +
    stroke(
      [
        [shoulders - 3, -74],
        [shoulders + 2, -38],
      ],
      colour,
      6,
    ) +
    stroke('-6,-34 -7,-3', colour, 8) +
    stroke('6,-34 7,-3', colour, 8)
  );
}

const runner: Draw = ({ near, accent }, random) => {
  const limb = (points: string, width: number) => stroke(points, near, width);
  const body =
    disc(12, -92, 9, near) +
    limb('8,-78 -6,-44', 17) +
    limb('-6,-42 16,-34 10,-8 20,-6', 9) +
    limb('-8,-42 -20,-24 -42,-26', 9) +
    limb('10,-76 34,-70 52,-80', 7) +
    limb('6,-76 -18,-70 -22,-52', 7) +
    stroke('50,-82 66,-87', near, 5) +
    polygon(starPoints(72, -89, 9, 3, 6), accent);
  return stand(random.uniform(75, 125), 252, random.uniform(1.15, 1.45), body, random.float() < 0.5);
};

const clowning: Draw = ({ near, accent, far, ink }, random) => {
  const count = 2 + random.integer(2);
  const people = Array.from({ length: count }, (_, at) => {
    const coat = random.pick([accent, far, ink, near]);
    const body =
      path('M-24,0C-26,-42 -14,-50 0,-50C14,-50 26,-42 24,0Z', coat) +
      disc(0, -70, 25, '#ffd9b3') +
      disc(-9, -76, 3.6, '#222') +
      disc(9, -76, 3.6, '#222') +
      path('M-14,-66Q0,-46 14,-66Z', '#8c1c2b') +
      polygon(
        [
          [-12, -92],
          [12, -92],
          [random.uniform(-5, 5), -120],
        ],
        coat,
      );
    return stand(100 + (at - (count - 1) / 2) * 54, 256, random.uniform(0.85, 1.25), body);
  });
  return people.join('');
};

const lonely: Draw = ({ near }, random) => {
  const [x, size] = [
    random.pick([random.uniform(40, 70), random.uniform(130, 160)]),
    random.uniform(0.55, 0.7),
  ];
  const shadow = polygon(
    [
      [x - 6, 252],
      [x + 6, 252],
      [x + random.uniform(-70, 70), 290],
    ],
    near,
    0.3,
  );
  return shadow + stand(x, 253, size, standing(near));
};

const phantom: Draw = ({ near, accent }, random) => {
  const body =
    path(
      'M0,-112C-20,-112 -22,-88 -24,-74C-30,-46 -40,-20 -44,0L-30,-7L-18,2L-6,-6L8,3L20,-6L32,2L44,0C40,-20 30,-46 24,-74C22,-88 20,-112 0,-112Z',
      near,
    ) +
    polygon('-13,-90 -3,-85 -13,-83', accent) +
    polygon('13,-90 3,-85 13,-83', accent) +
    stroke('-26,-62 -50,-86 -54,-98', near, 6) +
    stroke('26,-62 50,-86 54,-98', near, 6);
  return stand(random.uniform(80, 120), 258, random.uniform(1.1, 1.4), body);
};

const couple: Draw = ({ near, accent }, random) => {
  const he = stand(-15, 0, 1.08, standing(near));
  const she =
    disc(13, -84, 8.5, near) +
    path('M5,-92C14,-100 28,-90 24,-66L17,-76Z', near) +
    polygon('6,-72 20,-72 19,-52 38,0 0,0 8,-52', accent) +
    stroke('8,-68 -10,-74', accent, 5);
  return stand(random.uniform(85, 115), 254, random.uniform(1.05, 1.3), he + she, random.float() < 0.5);
};

const astronaut: Draw = ({ near, accent, ink, far }, random) => {
  const body =
    rectangle(-22, -78, 44, 42, near) +
    stroke('-16,-66 -34,-44', ink, 11) +
    stroke('16,-66 36,-58', ink, 11) +
    stroke('-8,-34 -12,-5', ink, 13) +
    stroke('8,-34 12,-5', ink, 13) +
    polygon('-17,-72 17,-72 14,-30 -14,-30', ink) +
    rectangle(-9, -58, 18, 11, accent) +
    disc(0, -88, 20, ink) +
    path('M-13,-90Q0,-102 13,-90Q14,-76 0,-75Q-14,-76 -13,-90Z', far) +
    stroke('-7,-88 -2,-92', accent, 2.5);
  return stand(random.uniform(75, 125), 254, random.uniform(1.05, 1.35), body, random.float() < 0.5);
};

const soldiers: Draw = ({ near }, random) => {
  const count = 4 + random.integer(2);
  const size = random.uniform(0.7, 0.85);
  const soldier =
    standing(near, 15) +
    path('M-14,-92C-13,-108 13,-108 14,-92L18,-90H-18Z', near) +
    stroke('-20,-32 16,-106', near, 4);
  return Array.from({ length: count }, (_, at) =>
    stand(100 + (at - (count - 1) / 2) * 40, 254 + random.uniform(-4, 6), size, soldier),
  ).join('');
};

const cowboy: Draw = ({ near, accent }, random) => {
  const body =
    path(
      'M-30,-97Q-16,-92 -12,-97L-9,-113Q0,-107 9,-113L12,-97Q16,-92 30,-97Q14,-86 0,-87Q-14,-86 -30,-97Z',
      near,
    ) +
    disc(0, -88, 9, near) +
    polygon('-17,-76 17,-76 11,-42 -11,-42', near) +
    stroke('-15,-74 -28,-58 -18,-44', near, 6) +
    stroke('15,-74 28,-58 20,-42', near, 6) +
    stroke('-7,-42 -15,-22 -17,-2', near, 9) +
    stroke('7,-42 15,-22 17,-2', near, 9) +
    ring(0, -43, 3, accent, 2);
  return stand(random.uniform(80, 120), 254, random.uniform(1.15, 1.4), body, random.float() < 0.5);
};

const casts: Readonly<Record<SyntheticGenre, Draw>> = {
  Action: runner,
  Comedy: clowning,
  Drama: lonely,
  Horror: phantom,
  Romance: couple,
  'Sci-Fi': astronaut,
  War: soldiers,
  Western: cowboy,
};
