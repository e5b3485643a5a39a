import { expect, test } from 'vitest';
import {
  applyCalibration,
  averagePrecisionScore,
  calibrationSchema,
  expectedCalibrationError,
  fitPlatt,
  fitTemperature,
  identityCalibration,
  logLoss,
  matrixFromRows,
} from '../../src/evaluate/index.ts';
import { distance, scalingCase } from './golden.ts';
import { samplePosters } from './sampled.ts';

test('Platt scaling finds the optimum that scipy finds', () => {
  const { yTrue, logits, regularization, expected } = scalingCase;
  const { scale, bias } = fitPlatt(yTrue, logits, { regularization });
  expect(distance(scale, expected.scale)).toBeLessThan(1e-7);
  expect(distance(bias, expected.bias)).toBeLessThan(1e-7);
});

test('temperature scaling finds the optimum that scipy finds, one scale for all genres and no bias', () => {
  const { yTrue, logits, expected } = scalingCase;
  const { scale, bias } = fitTemperature(yTrue, logits);
  expect(distance(scale, Array(4).fill(expected.temperatureScale))).toBeLessThan(1e-7);
  expect(bias).toEqual([0, 0, 0, 0]);
});

/** Logits that are three times too sure, and one too high in every second genre. */
function distort({ logits }: ReturnType<typeof samplePosters>) {
  return { ...logits, data: logits.data.map((logit, i) => 3 * (logit + (i % 2))) };
}

test('Platt scaling fitted on some posters calibrates others; temperature alone mends only the scale', () => {
  const [validation, other] = [samplePosters(1, 3000, 6), samplePosters(2, 3000, 6)];
  const [fitting, measured] = [distort(validation), distort(other)];
  const errorAfter = (calibration: ReturnType<typeof fitPlatt>) =>
    expectedCalibrationError(other.yTrue, applyCalibration(calibration, measured));
  const raw = errorAfter(identityCalibration(6));
  const temperature = errorAfter(fitTemperature(validation.yTrue, fitting));
  const platt = errorAfter(fitPlatt(validation.yTrue, fitting));
  expect(raw).toBeGreaterThan(0.1);
  expect(temperature).toBeLessThan(raw - 0.03);
  expect(platt).toBeLessThan(0.02);
});

test('a genre that validation says little about is hardly moved, and less so with more regularization', () => {
  const yTrue = matrixFromRows([[0], [0], [0]]);
  const logits = matrixFromRows([[-1], [0], [-2]]);
  const light = fitPlatt(yTrue, logits);
  const heavy = fitPlatt(yTrue, logits, { regularization: 100 });
  expect(light.bias[0]).toBeLessThan(0);
  expect(light.bias[0]).toBeGreaterThan(-1);
  expect(Math.abs(heavy.bias[0]!)).toBeLessThan(0.02);
  expect(Math.abs(heavy.scale[0]! - 1)).toBeLessThan(0.02);
});

test('logits that point the wrong way are flattened, never turned around', () => {
  const { yTrue, logits } = samplePosters(3, 500, 2);
  const reversed = { ...logits, data: logits.data.map((logit) => -2 * logit) };
  const calibration = fitPlatt(yTrue, reversed);
  expect(calibration.scale).toEqual([0.05, 0.05]);
  expect(fitTemperature(yTrue, reversed).scale).toEqual([0.05, 0.05]);
  const options = { average: 'none' } as const;
  const before = averagePrecisionScore(yTrue, reversed, options);
  const after = averagePrecisionScore(yTrue, applyCalibration(calibration, reversed), options);
  expect(distance(after, before)).toBeLessThan(1e-12);
});

test('separable and huge logits still give finite numbers that lower the log loss', () => {
  const yTrue = matrixFromRows([[1], [1], [0], [0]]);
  const logits = matrixFromRows([[500], [40], [-40], [-500]]);
  for (const calibration of [fitPlatt(yTrue, logits), fitTemperature(yTrue, logits)]) {
    expect(calibrationSchema.parse(calibration)).toEqual(calibration);
    expect(logLoss(yTrue, applyCalibration(calibration, logits))).toBeLessThan(1e-6);
  }
});

test('the schema refuses what could not be applied', () => {
  expect(calibrationSchema.safeParse({ scale: [1, 2], bias: [0] }).success).toBe(false);
  expect(calibrationSchema.safeParse({ scale: [-1], bias: [0] }).success).toBe(false);
  expect(calibrationSchema.safeParse({ scale: [1], bias: [0], more: 1 }).success).toBe(false);
  expect(calibrationSchema.safeParse(identityCalibration(3)).success).toBe(true);
  expect(() => applyCalibration(identityCalibration(3), matrixFromRows([[1, 2]]))).toThrow(
    'Expected one value for each of 2 genres for calibration.scale but received 3.',
  );
  expect(() => fitPlatt(matrixFromRows([[1]]), matrixFromRows([[1]]), { regularization: 0 })).toThrow(
    'Expected a number above 0 for regularization but received 0.',
  );
});
