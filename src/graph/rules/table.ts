/** @module The name of an operator -> all that onesheet knows of it. */
import { arrangementRules } from './arrange.ts';
import { comparisonRules } from './comparison.ts';
import { convolutionRules } from './convolution.ts';
import { descriptionRules } from './description.ts';
import { elementwiseRules } from './elementwise.ts';
import { matrixRules } from './matrix.ts';
import { normalizationRules } from './normalization.ts';
import { partRules } from './parts.ts';
import { poolingRules } from './pooling.ts';
import { quantizationRules } from './quantization.ts';
import { recurrenceRules } from './recurrence.ts';
import { reductionRules } from './reduction.ts';
import type { OperatorRule } from './rule.ts';

const rules = {
  ...elementwiseRules,
  ...comparisonRules,
  ...reductionRules,
  ...matrixRules,
  ...arrangementRules,
  ...partRules,
  ...descriptionRules,
  ...convolutionRules,
  ...poolingRules,
  ...normalizationRules,
  ...recurrenceRules,
  ...quantizationRules,
};

/** Every operator that a graph can hold. */
export type Operator = keyof typeof rules;

const table: ReadonlyMap<string, OperatorRule> = new Map(Object.entries<OperatorRule>(rules));

/** What is known of an operator of ONNX's own set; `undefined` for all others. */
export function ruleOf(op: string): OperatorRule | undefined {
  return table.get(op);
}

/** Operators that a graph can hold, for messages and documentation. */
export const knownOperators: readonly string[] = [...table.keys()].sort();

/** Operators that a gradient can pass, for messages and documentation. */
export const differentiableOperators: readonly string[] = knownOperators.filter(
  (op) => typeof table.get(op)!.gradient === 'function',
);
