/** @module A genre, colours and a generator -> what fills the upper two thirds of a poster. */
import type { Random } from '../../random.ts';
import type { Palette, SyntheticGenre } from './palettes.ts';
import {
  disc,
  group,
  heart,
  type Point,
  path,
  polygon,
  rectangle,
  short,
  starPoints,
  stroke,
} from './shapes.ts';

type Draw = (palette: Palette, random: Random) => string;

/** How high the horizon of landscapes lies, in units from above. */
const horizon = 205;

/** Draws the genre's scenery: an explosion, balloons, a face, a haunted tree, a sunset, space, ... */
export function drawScenery(genre: SyntheticGenre, palette: Palette, random: Random): string {
  return scenes[genre](palette, random);
}

function times(count: number, draw: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => draw(at)).join('');
}

const explosion: Draw = ({ accent, far, ink }, random) => {
  const [x, y] = [random.uniform(60, 140), random.uniform(100, 150)];
  const spikes = 11 + random.integer(7);
  const burst = (outer: number, inner: number, fill: string, opacity = 1) =>
    polygon(
      starPoints(x, y, outer, inner, spikes).map(([px, py]) => [
        px + random.uniform(-7, 7),
        py + random.uniform(-7, 7),
      ]),
      fill,
      opacity,
    );
  const sparks = times(14, () => {
    const angle = random.uniform(0, 2 * Math.PI);
    const [near, far_] = [random.uniform(60, 80), random.uniform(90, 150)];
    const point = (radius: number): Point => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    return stroke([point(near), point(far_)], accent, random.uniform(0.8, 2));
  });
  return burst(118, 52, far, 0.8) + burst(88, 40, accent) + burst(46, 22, ink, 0.9) + sparks;
};

const balloons: Draw = ({ accent, far, ink, near }, random) =>
  times(7 + random.integer(4), () => {
    const [x, y, radius] = [random.uniform(10, 190), random.uniform(20, 170), random.uniform(11, 22)];
    const colour = random.pick([accent, far, ink, near]);
    const string = stroke(
      [
        [x, y + radius],
        [x + random.uniform(-6, 6), y + radius + 22],
        [x, y + radius + 46],
      ],
      near,
      0.7,
    );
    const tie = polygon(
      [
        [x - 3, y + radius + 4],
        [x + 3, y + radius + 4],
        [x, y + radius - 1],
      ],
      colour,
    );
    const shine = disc(x - radius * 0.35, y - radius * 0.4, radius * 0.2, '#fff', 0.7);
    return string + disc(x, y, radius, colour) + tie + shine;
  });

/** The outline of a face from the side, looking to the left, from the crown over nose and chin to the neck. */
const profile =
  'M128,36C92,28 66,48 62,82C61,92 64,98 60,106C56,116 48,126 46,133C45,138 52,139 56,141C53,146 53,149 57,152C53,155 54,160 58,163C56,172 58,181 72,182C88,183 98,180 104,192C108,204 104,218 84,230L60,240L60,300L220,300L220,236C190,232 172,220 170,196C169,180 182,160 184,122C186,72 164,42 128,36Z';

const face: Draw = ({ far, bottom }, random) => {
  const mirrored = random.float() < 0.5 ? 'translate(200 0) scale(-1 1) ' : '';
  const move = `translate(${short(random.uniform(-22, 10))} ${short(random.uniform(-14, 8))})`;
  const pane = rectangle(20, 20, 160, 220, bottom, 0.35);
  const light = [44, 96, 148].map((x) =>
    polygon(
      [
        [x, 20],
        [x + 20, 20],
        [x - 26, 240],
        [x - 46, 240],
      ],
      '#fff',
      0.12,
    ),
  );
  return pane + light.join('') + group(`${mirrored}${move}`, path(profile, far, 0.92));
};

const hauntedTree: Draw = ({ accent, far, near, ink }, random) => {
  const moon = disc(
    random.uniform(50, 150),
    random.uniform(60, 90),
    random.uniform(28, 40),
    random.pick([ink, accent, '#d8d2bf']),
    0.9,
  );
  const twigs: string[] = [];
  const grow = (x: number, y: number, angle: number, length: number, width: number) => {
    const end: Point = [x + length * Math.cos(angle), y + length * Math.sin(angle)];
    twigs.push(stroke([[x, y], end], near, width));
    if (width < 1.2) return;
    for (const side of [-1, 1])
      grow(
        ...end,
        angle + side * random.uniform(0.25, 0.7),
        length * random.uniform(0.62, 0.8),
        width * 0.62,
      );
  };
  const x = random.pick([30, 170]) + random.uniform(-14, 14);
  grow(x, 240, -Math.PI / 2 + (100 - x) / 400, 62, 11);
  const hill = path(`M0,236Q${short(random.uniform(60, 140))},206 200,240V300H0Z`, far);
  return moon + hill + twigs.join('');
};

const sunset: Draw = ({ accent, far, bottom }, random) => {
  const [x, radius] = [random.uniform(70, 130), random.uniform(46, 62)];
  const waves = times(7, (at) => {
    const half = (70 - at * 5) * random.uniform(0.6, 1.2);
    return stroke(
      [
        [x - half, horizon + 8 + at * 8],
        [x + half, horizon + 8 + at * 8],
      ],
      accent,
      2.2,
      0.55,
    );
  });
  const sea = rectangle(0, horizon, 200, 95, far, 0.9) + waves;
  return heart(x, 92, random.uniform(120, 165), bottom, 0.6) + disc(x, horizon, radius, accent, 0.85) + sea;
};

const space: Draw = ({ accent, far, ink, near }, random) => {
  const stars = times(40, () =>
    disc(
      random.uniform(0, 200),
      random.uniform(0, 200),
      random.uniform(0.4, 1.5),
      ink,
      random.uniform(0.5, 1),
    ),
  );
  const [x, y, radius] = [random.uniform(50, 150), random.uniform(70, 120), random.uniform(30, 46)];
  const tilt = short(random.uniform(-30, 30));
  const band = (sweep: 0 | 1) =>
    `<path d="M${short(x - radius * 1.7)},${short(y)}A${short(radius * 1.7)},${short(radius * 0.45)} 0 0 ${sweep} ${short(x + radius * 1.7)},${short(y)}" fill="none" stroke="${accent}" stroke-width="4"/>`;
  const shadow = `<path d="M${short(x)},${short(y - radius)}A${short(radius)},${short(radius)} 0 0 1 ${short(x)},${short(y + radius)}A${short(radius * 0.6)},${short(radius)} 0 0 0 ${short(x)},${short(y - radius)}Z" fill="${near}" fill-opacity=".5"/>`;
  const planet = group(
    `rotate(${tilt} ${short(x)} ${short(y)})`,
    band(1) + disc(x, y, radius, far) + shadow + band(0),
  );
  const grid = times(9, (at) =>
    stroke(
      [
        [100 + (at - 4) * 8, horizon + 10],
        [100 + (at - 4) * 52, 300],
      ],
      accent,
      0.8,
      0.7,
    ),
  );
  const rows = times(6, (at) =>
    stroke(
      [
        [0, horizon + 10 + at * at * 3],
        [200, horizon + 10 + at * at * 3],
      ],
      accent,
      0.8,
      0.7,
    ),
  );
  return stars + planet + grid + rows;
};

const battlefield: Draw = ({ accent, far, near }, random) => {
  const smoke = times(3, () => {
    const [x, drift] = [random.uniform(15, 185), random.uniform(-7, 7)];
    const puffs = times(9, (at) =>
      disc(x + drift * at + random.uniform(-6, 6), 215 - at * 20, 9 + at * 2.6, near, 0.22),
    );
    return puffs + disc(x, 214, 8, accent, 0.9);
  });
  const heading = random.pick([-1, 1]);
  const planes = times(2 + random.integer(3), () => {
    const place = `translate(${short(random.uniform(25, 175))} ${short(random.uniform(25, 110))}) scale(${heading * random.uniform(0.8, 1.5)} 1) rotate(-12)`;
    const plane = 'M-22,0C-10,-4 8,-4 20,-1L24,-9L27,-8L26,3C10,5 -12,5 -22,0ZM-6,-1L6,-1L16,16L10,16Z';
    return group(place, path(plane, near));
  });
  const ridge: Point[] = Array.from({ length: 11 }, (_, at) => [at * 20, 212 + random.uniform(-9, 9)]);
  return smoke + planes + polygon([[0, 300], ...ridge, [200, 300]], far);
};

const desert: Draw = ({ accent, far, near }, random) => {
  const sun = disc(random.uniform(50, 150), random.uniform(95, 140), random.uniform(36, 52), accent, 0.95);
  const mesas = times(3, (at) => {
    const [x, width, top] = [
      at * 70 + random.uniform(-20, 20),
      random.uniform(36, 62),
      random.uniform(128, 172),
    ];
    const step = top + random.uniform(22, 34);
    return polygon(
      [
        [x, top],
        [x + width, top],
        [x + width + 6, step],
        [x + width + 20, horizon + 6],
        [x - 20, horizon + 6],
        [x - 6, step],
      ],
      far,
    );
  });
  const cactus = times(1 + random.integer(2), () => {
    const [x, y, size] = [
      random.pick([random.uniform(14, 45), random.uniform(155, 186)]),
      random.uniform(225, 250),
      random.uniform(0.8, 1.3),
    ];
    const arm = (side: number, low: number, reach: number) =>
      stroke(
        [
          [x, y - low * size],
          [x + side * 15 * size, y - low * size],
          [x + side * 15 * size, y - reach * size],
        ],
        near,
        7 * size,
      );
    return (
      stroke(
        [
          [x, y],
          [x, y - 62 * size],
        ],
        near,
        9 * size,
      ) +
      arm(-1, 22, 44) +
      arm(1, 30, 54)
    );
  });
  return sun + mesas + rectangle(0, horizon + 5, 200, 95, far, 0.6) + cactus;
};

const scenes: Readonly<Record<SyntheticGenre, Draw>> = {
  Action: explosion,
  Comedy: balloons,
  Drama: face,
  Horror: hauntedTree,
  Romance: sunset,
  'Sci-Fi': space,
  War: battlefield,
  Western: desert,
};
