/** @module A node and the arrays that it reads -> the questions that the reference asks of them. */
import type { DataType, Node } from '../../../src/graph/index.ts';
import type { Dense } from './dense.ts';

export interface Application {
  readonly node: Node;
  readonly inputs: readonly (Dense | undefined)[];
  /** Element type of the first output. */
  readonly dtype: DataType;
  readonly int: (name: string, fallback: number) => number;
  readonly ints: (name: string, fallback: readonly number[]) => readonly number[];
  readonly text: (name: string, fallback: string) => string;
}

export type Operators = Readonly<Record<string, (application: Application) => readonly Dense[]>>;

export function applicationOf(
  node: Node,
  inputs: readonly (Dense | undefined)[],
  dtype: DataType,
): Application {
  const attribute = <T>(name: string, fallback: T): T =>
    (node.attributes[name]?.value as T | undefined) ?? fallback;
  return { node, inputs, dtype, int: attribute, ints: attribute, text: attribute };
}
