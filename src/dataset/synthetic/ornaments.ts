/** @module A genre, colours and a generator -> the small things around a poster's picture. */
import type { Random } from '../../random.ts';
import type { Palette, SyntheticGenre } from './palettes.ts';
import { disc, group, heart, path, polygon, rectangle, ring, short, starPoints, stroke } from './shapes.ts';

type Draw = (palette: Palette, random: Random) => string;

/** Draws the genre's ornament: slashes, confetti, laurels, dripping blood, petals, sights, wire, a frame. */
export function drawOrnament(genre: SyntheticGenre, palette: Palette, random: Random): string {
  return ornaments[genre](palette, random);
}

function times(count: number, draw: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => draw(at)).join('');
}

const slashes: Draw = ({ accent, near }, random) =>
  times(4 + random.integer(3), () => {
    const [x, y, length, width] = [
      random.uniform(-20, 180),
      random.uniform(0, 260),
      random.uniform(50, 110),
      random.uniform(3, 9),
    ];
    const [dx, dy] = [length, -length * 0.55];
    return polygon(
      [
        [x, y],
        [x + dx, y + dy],
        [x + dx * 0.9, y + dy + width],
        [x, y + width / 3],
      ],
      random.pick([accent, near]),
      0.75,
    );
  });

const confetti: Draw = ({ accent, far, ink, near }, random) =>
  times(34, () => {
    const turn = `translate(${short(random.uniform(0, 200))} ${short(random.uniform(0, 250))}) rotate(${short(random.uniform(0, 90))})`;
    return group(turn, rectangle(-2.5, -2.5, 5, random.uniform(3, 7), random.pick([accent, far, ink, near])));
  });

const laurels: Draw = ({ ink }, random) => {
  const y = random.uniform(104, 150);
  const wreath = (x: number) => {
    const leaves = times(14, (at) => {
      const angle = Math.PI * (0.62 + (at % 7) * 0.13) * (at < 7 ? 1 : -1) + (at < 7 ? 0 : Math.PI);
      const place = `translate(${short(x + 15 * Math.cos(angle))} ${short(y + 15 * Math.sin(angle))}) rotate(${short((angle * 180) / Math.PI + 60)})`;
      return group(place, path('M-4,0Q0,-3.4 4,0Q0,3.4 -4,0Z', ink));
    });
    return leaves + rectangle(x - 6, y - 4, 12, 1.8, ink) + rectangle(x - 4, y, 8, 1.8, ink);
  };
  const side = random.uniform(20, 34);
  return wreath(side) + wreath(200 - side);
};

const blood: Draw = ({ accent }, random) => {
  let data = 'M0,0';
  for (let x = 0; x < 200; ) {
    const [width, length] = [random.uniform(6, 15), random.uniform(6, 56)];
    data += `L${short(x)},8V${short(length)}a${short(width / 2)},${short(width / 2)} 0 0 0 ${short(width)},0V8`;
    x += width + random.uniform(2, 10);
  }
  return path(`${data}L200,0Z`, accent, 0.95);
};

const petals: Draw = ({ accent, ink }, random) =>
  times(16, () =>
    heart(
      random.uniform(5, 195),
      random.uniform(5, 250),
      random.uniform(8, 17),
      random.pick([accent, ink]),
      random.uniform(0.6, 1),
    ),
  );

const sights: Draw = ({ accent }, random) => {
  const [x, y] = [random.uniform(50, 150), random.uniform(60, 170)];
  const circles = ring(x, y, 24, accent, 1.6) + ring(x, y, 34, accent, 0.9) + disc(x, y, 2, accent);
  const cross =
    stroke(
      [
        [x - 44, y],
        [x - 14, y],
      ],
      accent,
      1.3,
    ) +
    stroke(
      [
        [x + 14, y],
        [x + 44, y],
      ],
      accent,
      1.3,
    );
  const corners = (
    [
      [8, 8, 1, 1],
      [192, 8, -1, 1],
      [8, 262, 1, -1],
      [192, 262, -1, -1],
    ] as const
  ).map(([cx, cy, sx, sy]) =>
    stroke(
      [
        [cx + sx * 24, cy],
        [cx, cy],
        [cx, cy + sy * 24],
      ],
      accent,
      2.2,
    ),
  );
  return circles + cross + corners.join('');
};

const wire: Draw = ({ near, ink, accent }, random) => {
  const strand = (y: number) => {
    const line = stroke(
      Array.from({ length: 11 }, (_, at) => [at * 20, y + (at % 2) * 3] as const),
      near,
      1.8,
    );
    return (
      line +
      times(
        10,
        (at) =>
          stroke(
            [
              [at * 20 + 7, y - 5],
              [at * 20 + 13, y + 8],
            ],
            near,
            1.6,
          ) +
          stroke(
            [
              [at * 20 + 13, y - 5],
              [at * 20 + 7, y + 8],
            ],
            near,
            1.6,
          ),
      )
    );
  };
  const y = random.uniform(168, 236);
  const [x, top] = [random.pick([26, 174]), random.uniform(26, 60)];
  const medal = polygon(starPoints(x, top, 15, 6, 5), random.pick([accent, ink]));
  return strand(y) + strand(y + 16) + medal;
};

const frame: Draw = ({ near, accent }, random) => {
  const inset = random.uniform(5, 9);
  const border = `<rect x="${short(inset)}" y="${short(inset)}" width="${short(200 - 2 * inset)}" height="${short(300 - 2 * inset)}" fill="none" stroke="${near}" stroke-width="3.2"/><rect x="${short(inset + 5)}" y="${short(inset + 5)}" width="${short(190 - 2 * inset)}" height="${short(290 - 2 * inset)}" fill="none" stroke="${near}" stroke-width="1"/>`;
  const nails = [
    [1, 1],
    [-1, 1],
    [1, -1],
    [-1, -1],
  ].map(([sx, sy]) => {
    const [x, y] = [100 + sx! * (84 - inset), 150 + sy! * (134 - inset)];
    return polygon(starPoints(x, y, 9, 3.6, 4), near) + disc(x, y, 2, accent);
  });
  const holes = times(3, () => {
    const [x, y] = [random.uniform(30, 170), random.uniform(30, 200)];
    return polygon(starPoints(x, y, 7, 4, 7), accent, 0.8) + disc(x, y, 3, near);
  });
  return border + nails.join('') + holes;
};

const ornaments: Readonly<Record<SyntheticGenre, Draw>> = {
  Action: slashes,
  Comedy: confetti,
  Drama: laurels,
  Horror: blood,
  Romance: petals,
  'Sci-Fi': sights,
  War: wire,
  Western: frame,
};
