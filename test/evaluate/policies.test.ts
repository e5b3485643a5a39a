import { describe, expect, test } from 'vitest';
import {
  applyPolicy,
  choosePolicy,
  decide,
  defaultPolicyNames,
  genresNeverGiven,
  matrixFromRows,
  never,
  type Policy,
  parsePolicyName,
  policySchema,
  precisionRecallCurve,
  precisionScore,
  recallScore,
  recallThreshold,
  sayNeverGiven,
} from '../../src/evaluate/index.ts';
import { knownOfGenre, valuesAt } from '../../src/evaluate/matrix.ts';
import { Random } from '../../src/random.ts';
import { samplePosters, takePosters } from './sampled.ts';

const validation = samplePosters(11, 800, 10);

function countsOf({ rows, columns, data }: ReturnType<typeof applyPolicy>): number[] {
  const counts = Array<number>(columns).fill(0);
  for (let i = 0; i < rows * columns; i++) counts[i % columns]! += data[i]!;
  return counts;
}

describe('names', () => {
  test('are read into kind and number', () => {
    expect(parsePolicyName('top=3')).toEqual({ kind: 'top', k: 3 });
    expect(parsePolicyName('f1')).toEqual({ kind: 'f1' });
    expect(parsePolicyName('balanced')).toEqual({ kind: 'balanced' });
    expect(parsePolicyName('precision=0.8')).toEqual({ kind: 'precision', value: 0.8 });
    expect(parsePolicyName('recall=.9')).toEqual({ kind: 'recall', value: 0.9 });
  });

  test.each([
    '',
    'top',
    'top=0',
    'top=1.5',
    'f1=2',
    'precision',
    'precision=1',
    'recall=0',
    'recall=x',
    'best',
  ])('"%s" is refused with the list of what exists', (name) => {
    expect(() => parsePolicyName(name)).toThrow(
      `Expected one of top=K, f1, balanced, precision=P, recall=R (K a positive integer, 0 < P, R < 1) for policy but received ${name}.`,
    );
  });
});

test.each(defaultPolicyNames)('%s is plain data that survives JSON and its schema', (name) => {
  const policy = choosePolicy(name, validation.yTrue, validation.yScore);
  expect(policy.name).toBe(name);
  expect(policySchema.parse(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
});

test('the schema refuses policies that mix kinds', () => {
  const mixed = { name: 'top=3', kind: 'top', k: 3, thresholds: [0.5], fallback: 'none' };
  expect(policySchema.safeParse(mixed).success).toBe(false);
  expect(policySchema.safeParse({ name: 'f1', kind: 'threshold', fallback: 'top-1' }).success).toBe(false);
});

test('top=K gives every poster its K likeliest genres', () => {
  const policy = choosePolicy('top=2', validation.yTrue, validation.yScore);
  const yScore = matrixFromRows([
    [0.1, 0.9, 0.5],
    [0.4, 0.4, 0.4],
  ]);
  expect([...applyPolicy(policy, yScore).data]).toEqual([0, 1, 1, 1, 1, 0]);
});

describe('balanced', () => {
  test('decides every genre exactly as often as it is true on validation, and no poster gets nothing', () => {
    const decisions = applyPolicy(
      choosePolicy('balanced', validation.yTrue, validation.yScore),
      validation.yScore,
    );
    expect(countsOf(decisions)).toEqual(countsOf(validation.yTrue));
    for (let r = 0; r < decisions.rows; r++)
      expect(decisions.data.subarray(r * 10, r * 10 + 10)).toContain(1);
  });

  test('takes the prevalence among more posters where it is known', () => {
    const prevalence = validation.prevalence.map((share) => share * 0.8);
    const policy = choosePolicy('balanced', validation.yTrue, validation.yScore, prevalence);
    const { rows } = validation.yTrue;
    countsOf(applyPolicy(policy, validation.yScore)).forEach((count, genre) => {
      expect(count).toBe(Math.round(prevalence[genre]! * rows));
    });
    expect(() => choosePolicy('balanced', validation.yTrue, validation.yScore, [0.5])).toThrow('prevalence');
  });

  test('stays near the truth on other posters', () => {
    const policy = choosePolicy('balanced', validation.yTrue, validation.yScore);
    const other = samplePosters(12, 800, 10);
    const truth = countsOf(other.yTrue);
    countsOf(applyPolicy(policy, other.yScore)).forEach((count, genre) => {
      expect(count / truth[genre]!).toBeGreaterThan(0.7);
      expect(count / truth[genre]!).toBeLessThan(1.4);
    });
  });

  test('never gives a genre that no poster has, and takes the nearer side of a tie', () => {
    // Two posters are Comedies; accepting one gives 1, accepting the tie gives 4. All are Dramas, none is War.
    const yTrue = matrixFromRows([
      [1, 1, 0],
      [1, 1, 0],
      [1, 0, 0],
      [1, 0, 0],
    ]);
    const yScore = matrixFromRows([
      [0.95, 0.9, 0.1],
      [0.95, 0.8, 0.1],
      [0.95, 0.8, 0.1],
      [0.95, 0.8, 0.1],
    ]);
    const policy = choosePolicy('balanced', yTrue, yScore);
    expect(policy).toMatchObject({ thresholds: [expect.closeTo(0.475), expect.closeTo(0.85), never] });
    expect(countsOf(applyPolicy(policy, yScore))).toEqual([4, 1, 0]);
  });
});

describe('precision=P', () => {
  const policy = choosePolicy('precision=0.8', validation.yTrue, validation.yScore) as Extract<
    Policy,
    { kind: 'threshold' }
  >;

  test('reaches P in every genre that it proposes at all, and no lower threshold would', () => {
    const { yTrue, yScore } = validation;
    const precision = precisionScore(yTrue, applyPolicy(policy, yScore), { average: 'none' });
    expect(policy.thresholds.some((threshold) => threshold < 1)).toBe(true);
    policy.thresholds.forEach((threshold, genre) => {
      if (threshold > 1) return;
      expect(precision[genre]).toBeGreaterThanOrEqual(0.8);
      const curve = precisionRecallCurve(
        valuesAt(yTrue.data, knownOfGenre(yTrue, genre)),
        valuesAt(yScore.data, knownOfGenre(yScore, genre)),
      );
      curve.thresholds.forEach((lower, i) => {
        if (lower < threshold) expect(curve.precision[i]).toBeLessThan(0.8);
      });
    });
  });

  test('abstains where too few proposals speak for it', () => {
    const yTrue = matrixFromRows(Array.from({ length: 9 }, () => [1]));
    const yScore = matrixFromRows(Array.from({ length: 9 }, () => [0.9]));
    const few = choosePolicy('precision=0.8', yTrue, yScore);
    expect(few).toMatchObject({ thresholds: [never], fallback: 'none' });
    expect([...applyPolicy(few, yScore).data]).toEqual(Array(9).fill(0));
    const enough = matrixFromRows(Array.from({ length: 10 }, () => [1]));
    const scores = matrixFromRows(Array.from({ length: 10 }, () => [0.9]));
    expect(choosePolicy('precision=0.8', enough, scores)).toMatchObject({ thresholds: [0.9] });
  });
});

describe('recall=R', () => {
  test('takes the greatest threshold whose corrected risk is allowed', () => {
    const { yTrue, yScore } = validation;
    const threshold = recallThreshold(yTrue, yScore, 0.9);
    const correctedRisk = (at: number) => {
      const decided = decide(yScore, Array(10).fill(at), { fallback: 'none' });
      const withGenres = [...Array(800).keys()].filter((r) =>
        yTrue.data.subarray(r * 10, r * 10 + 10).includes(1),
      );
      const recall = recallScore(takePosters(yTrue, withGenres), takePosters(decided, withGenres), {
        average: 'samples',
      });
      return (withGenres.length * (1 - recall) + 1) / 801;
    };
    const next = Math.min(...yScore.data.filter((score) => score > threshold));
    expect(correctedRisk(threshold)).toBeLessThanOrEqual(0.1 + 1e-9);
    expect(correctedRisk(next + 1e-9)).toBeGreaterThanOrEqual(correctedRisk(threshold));
    const nextTrue = Math.min(...yScore.data.filter((score, i) => score > threshold && yTrue.data[i] === 1));
    expect(correctedRisk(nextTrue)).toBeGreaterThan(0.1);
  });

  test('keeps the promise on new posters, on average over draws, and does not give away much', () => {
    const pool = samplePosters(13, 4000, 6);
    const random = Random.fromSeed(1);
    let missed = 0;
    let measured = 0;
    for (let draw = 0; draw < 60; draw++) {
      const posters = random.shuffle([...Array(4000).keys()]);
      const [few, rest] = [posters.slice(0, 100), posters.slice(100, 600)];
      const threshold = recallThreshold(takePosters(pool.yTrue, few), takePosters(pool.yScore, few), 0.8);
      for (const r of rest) {
        let [support, lost] = [0, 0];
        for (let i = r * 6; i < r * 6 + 6; i++) {
          support += pool.yTrue.data[i]!;
          if (pool.yTrue.data[i] === 1 && pool.yScore.data[i]! < threshold) lost++;
        }
        missed += support === 0 ? 0 : lost / support;
        measured++;
      }
    }
    expect(missed / measured).toBeLessThan(0.2 + 0.004);
    expect(missed / measured).toBeGreaterThan(0.17);
  });

  test('proposes everything when the posters are too few for the promise', () => {
    const yTrue = matrixFromRows([
      [1, 0],
      [0, 1],
    ]);
    const yScore = matrixFromRows([
      [0.9, 0.1],
      [0.1, 0.9],
    ]);
    expect(recallThreshold(yTrue, yScore, 0.9)).toBe(0);
    const policy = choosePolicy('recall=0.9', yTrue, yScore);
    expect([...applyPolicy(policy, yScore).data]).toEqual([1, 1, 1, 1]);
  });

  test('posters without genres miss nothing', () => {
    const yTrue = matrixFromRows([[0], [0], [0]]);
    expect(recallThreshold(yTrue, matrixFromRows([[0.9], [0.5], [0.1]]), 0.5)).toBe(never);
  });
});

test('genres that a policy never gives are named, with the exception that its fallback makes', () => {
  const genres = ['Comedy', 'Drama', 'War'];
  const thresholds = [0.5, never, 1.01];
  const policy: Policy = { name: 'f1', kind: 'threshold', thresholds, fallback: 'top-1' };
  expect(genresNeverGiven(policy, genres)).toEqual(['Drama', 'War']);
  expect(sayNeverGiven(policy, genres)).toBe(
    'The policy f1 never gives Drama, War, unless a poster gets no other genre: its thresholds for them are above every probability.',
  );
  expect(sayNeverGiven({ ...policy, fallback: 'none' }, genres)).toBe(
    'The policy f1 never gives Drama, War: its thresholds for them are above every probability.',
  );
  expect(sayNeverGiven({ ...policy, thresholds: [0.5, 0.2, 1] }, genres)).toBeUndefined();
  expect(genresNeverGiven({ name: 'top=1', kind: 'top', k: 1, fallback: 'none' }, genres)).toEqual([]);
});
