import { describe, expect, test } from 'vitest';
import { knownOperators } from '../../src/graph/index.ts';
import { checkValues } from './case.ts';
import { differentiableCases, valueCases } from './cases/index.ts';

const cases = [...differentiableCases, ...valueCases];

test('every operator that the graph knows has a case here', () => {
  const tested = new Set(cases.map((each) => each.op));
  expect(knownOperators.filter((op) => !tested.has(op))).toEqual([]);
});

describe('onnxruntime computes what the reference computes', () => {
  for (const each of cases) test(`${each.op} ${each.title}`, () => checkValues(each));
});
