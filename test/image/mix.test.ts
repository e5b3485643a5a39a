import { expect, test } from 'vitest';
import { mixBatch, mixingSchema } from '../../src/image/index.ts';
import { Random } from '../../src/random.ts';

const size = { height: 10, width: 8 };
const stride = size.height * size.width * 3;

/** A batch whose posters have one colour each. */
function plainBatch(values: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: values.length * stride }, (_, at) => values[Math.floor(at / stride)]!);
}

test('mixup blends each poster with the next by the share that it reports', () => {
  const pixels = plainBatch([0, 100, 250]);
  const options = mixingSchema.parse({ probability: 1, method: 'mixup', alpha: 0.5 });
  const mixtures = mixBatch(pixels, size, options, Random.fromSeed(1));
  expect(mixtures.map(({ partner }) => partner)).toEqual([1, 2, 0]);
  const whole = [0, 100, 250];
  mixtures.forEach(({ partner, share }, i) => {
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
    const expected = Math.round(share * whole[i]! + (1 - share) * whole[partner]!);
    expect(new Set(pixels.subarray(i * stride, (i + 1) * stride))).toEqual(new Set([expected]));
  });
});

test('cutmix pastes a rectangle whose area is what the share leaves', () => {
  const pixels = plainBatch([0, 200]);
  const options = mixingSchema.parse({ probability: 1, method: 'cutmix' });
  const mixtures = mixBatch(pixels, size, options, Random.fromSeed(3));
  mixtures.forEach(({ share }, i) => {
    const own = [0, 200][i];
    const kept = pixels.subarray(i * stride, (i + 1) * stride).filter((value) => value === own).length;
    expect(kept / stride).toBeCloseTo(share, 10);
  });
  expect(mixtures.some(({ share }) => share > 0 && share < 1)).toBe(true);
});

test('at probability 0, and alone in its batch, a poster stays whole', () => {
  const pixels = plainBatch([10, 20]);
  const never = mixingSchema.parse({ probability: 0 });
  expect(mixBatch(pixels, size, never, Random.fromSeed(1))).toEqual([
    { partner: 0, share: 1 },
    { partner: 1, share: 1 },
  ]);
  expect(pixels).toEqual(plainBatch([10, 20]));
  const always = mixingSchema.parse({ probability: 1 });
  expect(mixBatch(plainBatch([10]), size, always, Random.fromSeed(1))).toEqual([{ partner: 0, share: 1 }]);
});

test('shares are drawn from Beta(alpha, alpha): mean 1/2, variance 1 / (4 (2 alpha + 1))', () => {
  const options = mixingSchema.parse({ probability: 1, method: 'mixup', alpha: 0.4 });
  const random = Random.fromSeed(7);
  const tiny = { height: 1, width: 1 };
  const shares = mixBatch(new Uint8Array(3 * 20_000), tiny, options, random).map(({ share }) => share);
  const mean = shares.reduce((a, b) => a + b) / shares.length;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
  expect(mean).toBeCloseTo(0.5, 2);
  expect(variance).toBeCloseTo(1 / (4 * 1.8), 2);
});

test('the same generator mixes the same way', () => {
  const options = mixingSchema.parse({ probability: 0.5 });
  const [a, b] = [plainBatch([1, 90, 180, 250]), plainBatch([1, 90, 180, 250])];
  expect(mixBatch(a, size, options, Random.fromSeed(5))).toEqual(
    mixBatch(b, size, options, Random.fromSeed(5)),
  );
  expect(a).toEqual(b);
});
