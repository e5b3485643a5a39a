import { describe, expect, test } from 'vitest';
import { differentiableOperators, knownOperators } from '../../src/graph/index.ts';
import { type Case, checkGradients, checkValues } from './case.ts';
import { elementwiseCases, elementwiseValueCases } from './cases/elementwise.ts';
import { layoutCases, layoutValueCases } from './cases/layout.ts';
import { matrixCases, recurrentCases, recurrentValueCases } from './cases/matrix.ts';
import { spatialCases, spatialValueCases } from './cases/spatial.ts';

const differentiableCases: readonly Case[] = [
  ...elementwiseCases,
  ...layoutCases,
  ...matrixCases,
  ...recurrentCases,
  ...spatialCases,
];
const valueCases: readonly Case[] = [
  ...elementwiseValueCases,
  ...layoutValueCases,
  ...recurrentValueCases,
  ...spatialValueCases,
];

function operatorsOf(cases: readonly Case[]): Set<string> {
  return new Set(cases.map((each) => each.op));
}

test('every operator that has a gradient rule has a gradient case', () => {
  expect(differentiableOperators.filter((name) => !operatorsOf(differentiableCases).has(name))).toEqual([]);
});

test('every operator that the graph knows has a value case', () => {
  const tested = operatorsOf([...differentiableCases, ...valueCases]);
  expect(knownOperators.filter((name) => !tested.has(name))).toEqual([]);
});

describe('onnxruntime computes what the reference computes', () => {
  for (const each of [...differentiableCases, ...valueCases])
    test(`${each.op} ${each.title}`, () => checkValues(each));
});

describe('gradients equal central differences', () => {
  for (const each of differentiableCases) test(`${each.op} ${each.title}`, () => checkGradients(each));
});
