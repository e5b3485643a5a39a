/** @module A node and the gradients of its outputs -> the terms in which its gradient is written. */
import { onesheetError } from '../../errors.ts';
import { reduceSum, reshapeTo } from '../operators.ts';
import { formatShape, type Shape } from '../tensor.ts';
import type { Node, Value } from '../vocabulary.ts';

export interface GradientContext {
  readonly node: Node;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  /** The gradient of the first output. */
  readonly gradient: Value;
  /** The gradients of all outputs; `undefined` where the loss does not depend on one. */
  readonly gradients: readonly (Value | undefined)[];
  /** Whether the gradient of this input is asked for. */
  readonly needs: (index: number) => boolean;
}

/** Gradients of the inputs, in their order; `undefined` where there is none or it is not needed. */
export type GradientRule = (context: GradientContext) => readonly (Value | undefined)[];

export function integerAttribute(node: Node, name: string, fallback: number): number {
  return (node.attributes[name]?.value as number | undefined) ?? fallback;
}

export function listAttribute(node: Node, name: string, fallback: readonly number[]): readonly number[] {
  return (node.attributes[name]?.value as readonly number[] | undefined) ?? fallback;
}

/** Sums a gradient over the dimensions along which its operand was repeated by broadcasting. */
export function unbroadcast(gradient: Value, shape: Shape): Value {
  if (formatShape(gradient.shape) === formatShape(shape)) return gradient;
  const lead = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((dim, i) =>
    i < lead || (shape[i - lead] === 1 && dim !== 1) ? [i] : [],
  );
  return reshapeTo(axes.length === 0 ? gradient : reduceSum(gradient, axes, true), shape);
}

export function unsupportedGradient(node: Node, what: string): never {
  throw onesheetError('GRAPH_OPERATOR', node.op, node.name, `differentiation ${what}`);
}
