/** @module What onesheet knows of an ONNX operator: one record each, whole by its type. */
import type { Dim, Shape } from '../tensor.ts';
import type { Node } from '../vocabulary.ts';
import type { GradientRule } from './gradient.ts';
import type { ShapeRule } from './inference.ts';

/**
 * Follows the arithmetic that exporters put around Reshape and Expand.
 *
 * @param contents what is known of each input, in order
 * @param shape the first input's
 * @returns the integers or symbols of the first output; `undefined` when they are not known
 */
export type ContentsRule = (
  contents: readonly (Shape | undefined)[],
  node: Node,
  shape: Shape | undefined,
) => readonly Dim[] | undefined;

export interface OperatorRule {
  /** Element types and shapes of the outputs. */
  readonly types: ShapeRule;
  /** What a small integer output holds, for operators that compute with shapes. */
  readonly contents?: ContentsRule;
  /**
   * The gradients of the inputs; `flat` where the output is constant almost everywhere, so that no gradient passes;
   * `none` for operators that {@link differentiableForm} replaces, or that only gradients use.
   */
  readonly gradient: GradientRule | 'flat' | 'none';
  /** Inputs that may hold a matrix or a kernel with which a layer begins, the likeliest first. */
  readonly kernel?: readonly number[];
  /** Inputs at which a constant of a file is taken for a parameter: whatever training could change. */
  readonly parameters?: readonly number[];
  /** Inputs that hold statistics, which training gathers. */
  readonly statistics?: readonly number[];
}

/** A family of operators. */
export type OperatorRules = Readonly<Record<string, OperatorRule>>;
