/** @module The cases of all operators -> those that test gradients and those that test values only. */
import type { Case } from '../case.ts';
import { elementwiseCases, elementwiseValueCases } from './elementwise.ts';
import { layoutCases, layoutValueCases } from './layout.ts';
import { matrixCases, recurrentCases, recurrentValueCases } from './matrix.ts';
import { quantizationValueCases } from './quantization.ts';
import { spatialCases, spatialValueCases } from './spatial.ts';

/** Cases whose values and gradients are tested. */
export const differentiableCases: readonly Case[] = [
  ...elementwiseCases,
  ...layoutCases,
  ...matrixCases,
  ...recurrentCases,
  ...spatialCases,
];

/** Operators, or forms of them, that pass no gradient. */
export const valueCases: readonly Case[] = [
  ...elementwiseValueCases,
  ...layoutValueCases,
  ...quantizationValueCases,
  ...recurrentValueCases,
  ...spatialValueCases,
];
