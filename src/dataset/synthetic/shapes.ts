/** @module Coordinates and colours -> the SVG elements that every drawing here is made of. */

/** On a sheet of 200 x 300 units, x to the right, y down. */
export type Point = readonly [x: number, y: number];

/** One decimal is finer than any pixel. */
export function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Points that never vary are written as SVG has them: `0,0 10,5`. */
function pointsText(points: readonly Point[] | string): string {
  if (typeof points === 'string') return points;
  return points.map(([x, y]) => `${short(x)},${short(y)}`).join(' ');
}

export function rectangle(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  opacity = 1,
): string {
  return `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${fill}"${opacityText(opacity)}/>`;
}

export function disc(x: number, y: number, radius: number, fill: string, opacity = 1): string {
  return `<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}" fill="${fill}"${opacityText(opacity)}/>`;
}

export function ring(x: number, y: number, radius: number, stroke: string, width: number): string {
  return `<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}" fill="none" stroke="${stroke}" stroke-width="${short(width)}"/>`;
}

export function polygon(points: readonly Point[] | string, fill: string, opacity = 1): string {
  return `<polygon points="${pointsText(points)}" fill="${fill}"${opacityText(opacity)}/>`;
}

/** A line with round ends and joins. */
export function stroke(
  points: readonly Point[] | string,
  colour: string,
  width: number,
  opacity = 1,
): string {
  return `<polyline points="${pointsText(points)}" fill="none" stroke="${colour}" stroke-width="${short(width)}" stroke-linecap="round" stroke-linejoin="round"${opacityText(opacity, 'stroke')}/>`;
}

export function path(data: string, fill: string, opacity = 1): string {
  return `<path d="${data}" fill="${fill}"${opacityText(opacity)}/>`;
}

export function group(transform: string, content: string): string {
  return `<g transform="${transform}">${content}</g>`;
}

/** A heart whose lobes span `size` units, centred at the point. */
export function heart(x: number, y: number, size: number, fill: string, opacity = 1): string {
  const data =
    'M0,.45C-.6,.05 -.5,-.4 -.25,-.4C-.1,-.4 0,-.3 0,-.18C0,-.3 .1,-.4 .25,-.4C.5,-.4 .6,.05 0,.45Z';
  return group(`translate(${short(x)} ${short(y)}) scale(${short(size)})`, path(data, fill, opacity));
}

/** A star of `spikes` points between two radii; the first points upwards. */
export function starPoints(x: number, y: number, outer: number, inner: number, spikes: number): Point[] {
  return Array.from({ length: 2 * spikes }, (_, at) => {
    const radius = at % 2 === 0 ? outer : inner;
    const angle = (Math.PI * at) / spikes - Math.PI / 2;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
}

/** Opacity of the paint: that of a whole element makes the renderer draw it apart, ten times slower. */
function opacityText(opacity: number, paint: 'fill' | 'stroke' = 'fill'): string {
  return opacity === 1 ? '' : ` ${paint}-opacity="${Math.round(opacity * 100) / 100}"`;
}
