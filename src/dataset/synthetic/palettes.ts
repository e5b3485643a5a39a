/** @module A genre and a generator -> the colours of one poster. */
import type { Random } from '../../random.ts';

/** Names of films' genres, alphabetical; the drawings that stand for them are this project's own. */
export const syntheticGenres = [
  'Action',
  'Comedy',
  'Drama',
  'Horror',
  'Romance',
  'Sci-Fi',
  'War',
  'Western',
] as const;
export type SyntheticGenre = (typeof syntheticGenres)[number];

export interface Palette {
  /** The background's gradient, from above. */
  readonly top: string;
  readonly bottom: string;
  /** Shapes in the distance. */
  readonly far: string;
  /** Figures and the ground. */
  readonly near: string;
  /** What should catch the eye. */
  readonly accent: string;
  /** The title; stands out from the background. */
  readonly ink: string;
}

const palettes: Readonly<Record<SyntheticGenre, Palette>> = {
  Action: {
    top: '#12222e',
    bottom: '#d9641e',
    far: '#7d3218',
    near: '#0d1013',
    accent: '#ffb52e',
    ink: '#fff1d6',
  },
  Comedy: {
    top: '#ffe14d',
    bottom: '#fff6c9',
    far: '#58c4dd',
    near: '#27408b',
    accent: '#ff5d5d',
    ink: '#d62f4b',
  },
  Drama: {
    top: '#cfc6b4',
    bottom: '#8d9aa3',
    far: '#6f7c86',
    near: '#2e363d',
    accent: '#b5835a',
    ink: '#22282d',
  },
  Horror: {
    top: '#050507',
    bottom: '#2a1013',
    far: '#3f1a1c',
    near: '#000000',
    accent: '#c8121d',
    ink: '#e01b24',
  },
  Romance: {
    top: '#f7b7c5',
    bottom: '#ffe3cf',
    far: '#e38aa2',
    near: '#6d2744',
    accent: '#d8345f',
    ink: '#a01c4a',
  },
  'Sci-Fi': {
    top: '#060b2b',
    bottom: '#2b1a66',
    far: '#31409b',
    near: '#0a0f24',
    accent: '#35e0e6',
    ink: '#c9f7ff',
  },
  War: {
    top: '#8c8a6c',
    bottom: '#4d4f38',
    far: '#63634a',
    near: '#20221a',
    accent: '#a8492b',
    ink: '#e8e2c4',
  },
  Western: {
    top: '#e9b872',
    bottom: '#c4702f',
    far: '#98502a',
    near: '#3b1d10',
    accent: '#f6e0a4',
    ink: '#4a2010',
  },
};

/** The genre's colours, each shifted at random and all of them towards one tint. */
export function mixPalette(genre: SyntheticGenre, random: Random): Palette {
  const tint = [random.integer(256), random.integer(256), random.integer(256)];
  const strength = random.uniform(0, 0.15);
  const light = random.uniform(-14, 14);
  const shift = (colour: string): string => {
    const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    const mixed = channels.map((value, at) => {
      const level = value * (1 - strength) + tint[at]! * strength + light + random.uniform(-14, 14);
      return Math.round(Math.min(255, Math.max(0, level)));
    });
    return `rgb(${mixed.join()})`;
  };
  const { top, bottom, far, near, accent, ink } = palettes[genre];
  return {
    top: shift(top),
    bottom: shift(bottom),
    far: shift(far),
    near: shift(near),
    accent: shift(accent),
    ink: shift(ink),
  };
}
