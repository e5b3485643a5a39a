import { expect, test } from 'vitest';
import { decodeLetters } from '../../src/read/letters.ts';
import { inReadingOrder } from '../../src/read/lines.ts';
import type { Quadrilateral } from '../../src/read/rectangle.ts';

const alphabet = ['A', 'B', ' '];

test('what repeats is one letter unless nothing parts it, and confidence is the mean of first columns', () => {
  const probabilities = Float32Array.of(0.9, 0.7, 0.9, 0.8, 0.6, 0.7);
  const { text, confidence } = decodeLetters([1, 1, 0, 1, 3, 2], probabilities, alphabet);
  expect(text).toBe('AA B');
  expect(confidence).toBeCloseTo((0.9 + 0.8 + 0.6 + 0.7) / 4, 6);
});

test('a line without letters has no text and no confidence', () => {
  const none = { text: '', confidence: 0 };
  expect(decodeLetters(BigInt64Array.of(0n, 0n), Float32Array.of(0.9, 0.8), alphabet)).toEqual(none);
  expect(decodeLetters([], new Float32Array(), alphabet)).toEqual(none);
});

test('lines are read from top to bottom, and those beside each other from left to right', () => {
  const line = (text: string, x: number, y: number, height: number) => {
    const place: Quadrilateral = [
      [x, y],
      [x + 50, y],
      [x + 50, y + height],
      [x, y + height],
    ];
    return { text, confidence: 1, place };
  };
  const lines = [
    line('title', 10, 80, 60),
    line('right', 90, 22, 12),
    line('left', 10, 20, 12),
    line('tagline', 30, 40, 10),
    line('middle', 50, 19, 12),
  ];
  expect(inReadingOrder(lines).map(({ text }) => text)).toEqual([
    'left',
    'middle',
    'right',
    'tagline',
    'title',
  ]);
});
