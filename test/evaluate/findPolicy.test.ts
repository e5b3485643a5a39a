import { expect, test } from 'vitest';
import {
  adjustablePolicies,
  choosePolicy,
  defaultPolicyNames,
  findPolicy,
  matrixFromRows,
  type Policy,
  policyCurvesField,
  policyCurvesOf,
  policyCurvesSchema,
} from '../../src/evaluate/index.ts';
import { samplePosters } from './sampled.ts';

const { yTrue, yScore } = samplePosters(11, 400, 6);
const genres = Array.from({ length: yTrue.columns }, (_, g) => `genre ${g}`);
const policies = defaultPolicyNames.map((name) => choosePolicy(name, yTrue, yScore));
/** As they come out of a file. */
const policyCurves = policyCurvesSchema.parse(JSON.parse(JSON.stringify(policyCurvesOf(yTrue, yScore))));
const model = { genres, policies, policyCurves };
const older = { genres, policies };

function thresholdsOf(policy: Policy): readonly number[] {
  if (policy.kind !== 'threshold') throw new Error(`${policy.name} has no thresholds`);
  return policy.thresholds;
}

test('without a name it is the first, and a stored policy is found as it stands', () => {
  expect(findPolicy(model, undefined)).toBe(policies[0]);
  for (const policy of policies) expect(findPolicy(older, policy.name)).toBe(policy);
  expect(findPolicy(older, 'precision=.80')).toBe(policies[3]);
});

test('any number of top genres can be asked for, up to all of them', () => {
  expect(findPolicy(older, 'top=5')).toEqual({ name: 'top=5', kind: 'top', k: 5, fallback: 'none' });
  expect(findPolicy(older, `top=${genres.length}`)).toMatchObject({ k: genres.length });
  expect(() => findPolicy(model, `top=${genres.length + 1}`)).toThrow(`top=1 to top=${genres.length}`);
});

test.each([0.3, 0.5, 0.55, 0.777, 0.9, 0.99])(
  'precision=%s is what would have been chosen on the validation posters, to six digits',
  (precision) => {
    const name = `precision=${precision}`;
    const chosen = choosePolicy(name, yTrue, yScore);
    expect(findPolicy(model, name)).toEqual({ ...chosen, thresholds: expect.anything() });
    const found = thresholdsOf(findPolicy(model, name));
    for (const [genre, threshold] of thresholdsOf(chosen).entries())
      expect(Math.abs(found[genre]! - threshold)).toBeLessThanOrEqual(1e-6 * threshold);
  },
);

test.each([0.1, 0.29, 0.5, 0.8, 0.95, 0.999])(
  'recall=%s is what would have been chosen, to six digits and never above',
  (recall) => {
    const name = `recall=${recall}`;
    const [found] = thresholdsOf(findPolicy(model, name));
    const [chosen] = thresholdsOf(choosePolicy(name, yTrue, yScore));
    expect(found).toBeLessThanOrEqual(chosen!);
    expect(found).toBeGreaterThanOrEqual(chosen! * (1 - 1e-6));
  },
);

test('a number between two thousandths keeps what the higher one promises', () => {
  expect(thresholdsOf(findPolicy(model, 'precision=0.6004'))).toEqual(
    thresholdsOf(findPolicy(model, 'precision=0.601')),
  );
  expect(thresholdsOf(findPolicy(model, 'recall=0.9005'))).toEqual(
    thresholdsOf(findPolicy(model, 'recall=0.901')),
  );
  expect(thresholdsOf(findPolicy(model, 'recall=0.9999'))).toEqual(genres.map(() => 0));
});

test('a genre that never was so precise is never decided', () => {
  const truth = matrixFromRows(Array.from({ length: 40 }, (_, i) => [i % 2, i < 20 ? 1 : 0]));
  const score = matrixFromRows(Array.from({ length: 40 }, (_, i) => [0.4, 0.9 - i / 100]));
  const store = { genres: ['a', 'b'], policies: [], policyCurves: policyCurvesOf(truth, score) };
  const [never, often] = thresholdsOf(findPolicy(store, 'precision=0.9'));
  expect(never).toBeGreaterThan(1);
  expect(often).toBeCloseTo(0.69, 6);
});

test('a model that was written before says what it has', () => {
  expect([adjustablePolicies(model), adjustablePolicies(older)]).toEqual([
    ['top', 'precision', 'recall'],
    ['top'],
  ]);
  const has = `top=1 to top=${genres.length}, balanced, f1, precision=0.8, recall=0.9`;
  for (const name of ['precision=0.7', 'recall=0.95', 'precision=2', 'best', 'top=0'])
    expect(() => findPolicy(older, name)).toThrow(
      `Expected one of ${has} (this model keeps no other precision and recall) for policy but received ${name}.`,
    );
  expect(() => findPolicy(model, 'best')).toThrow('precision=P, recall=R, balanced, f1 (0 < P, R < 1)');
});

test('what is read by loops is what the schema takes, and nothing else', () => {
  expect(policyCurvesField.parse(policyCurves)).toEqual(policyCurves);
  const { precision, recall } = policyCurves;
  const wrong: unknown[] = [
    undefined,
    null,
    [precision, recall],
    { precision },
    { precision, recall, more: 1 },
    { precision, recall: recall.slice(1) },
    { precision, recall: recall.map(String) },
    { precision, recall: recall.map(() => -1) },
    { precision: [[[0.5]]], recall },
    { precision: [[[0.5, 1.5]]], recall },
    { precision: [[[0.5, Number.NaN]]], recall },
    { precision: [[[-0.5, 0.5]]], recall },
    { precision: [[0.5, 0.5]], recall },
    { precision: {}, recall },
    { precision: [Array.from({ length: 100_001 }, () => [0.5, 0.5])], recall },
  ];
  for (const value of wrong) {
    expect(policyCurvesSchema.safeParse(value).success).toBe(false);
    expect(policyCurvesField.safeParse(value).success).toBe(false);
  }
});

test('what any number is made from takes little of a file', () => {
  expect(JSON.stringify(policyCurves).length).toBeLessThan(4000 * genres.length + 12_000);
});
