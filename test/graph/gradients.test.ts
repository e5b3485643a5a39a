import { describe, expect, test } from 'vitest';
import { differentiableOperators } from '../../src/graph/index.ts';
import { checkGradients } from './case.ts';
import { differentiableCases } from './cases/index.ts';

test('every operator that has a gradient rule has a case here', () => {
  const tested = new Set(differentiableCases.map((each) => each.op));
  expect(differentiableOperators.filter((op) => !tested.has(op))).toEqual([]);
});

describe('gradients equal central differences', () => {
  for (const each of differentiableCases) test(`${each.op} ${each.title}`, () => checkGradients(each));
});
