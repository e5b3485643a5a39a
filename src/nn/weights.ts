/** @module A network's graph and weights by name -> the same network with those weights. */
import { type Graph, type Role, rewrite } from '../graph/index.ts';

/**
 * The same network with other weights; names that `weights` lacks keep theirs.
 *
 * @param origin what is said of the parameters that are replaced from now on. @default what was said of them
 */
export function withWeights(
  graph: Graph,
  weights: ReadonlyMap<string, Float32Array>,
  origin?: Extract<Role, { kind: 'parameter' }>['origin'],
): Graph {
  const copy = rewrite(graph, {
    initializer: (name, tensor, into) => {
      const data = weights.get(name);
      into.keepInitializer(name, data ? { ...tensor, data } : tensor);
    },
  });
  for (const name of weights.keys()) {
    const role = copy.roles.get(name);
    if (origin && role?.kind === 'parameter') copy.roles.set(name, { ...role, origin });
  }
  return copy;
}
