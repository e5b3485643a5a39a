/** @module What a model keeps of its decisions, and a policy's name -> the policy. */
import { onesheetError } from '../errors.ts';
import { type Policy, readPolicyName } from './policies.ts';
import { type PolicyCurves, precisionThresholds, recallThresholdOf } from './policyCurves.ts';

/** What a model keeps of its decisions: rules by name, and what more of them can be made from. */
export interface PolicyStore {
  readonly genres: readonly string[];
  readonly policies: readonly Policy[];
  /** Models written before this was kept have none. */
  readonly policyCurves?: PolicyCurves;
}

/** Kinds of policy that can be asked for with any number. */
export function adjustablePolicies({ policyCurves }: PolicyStore): ('top' | 'precision' | 'recall')[] {
  return policyCurves === undefined ? ['top'] : ['top', 'precision', 'recall'];
}

/** For people: what a model can be asked for. */
function describePolicies(store: PolicyStore): string {
  const any = { top: `top=1 to top=${store.genres.length}`, precision: 'precision=P', recall: 'recall=R' };
  const adjustable = adjustablePolicies(store);
  const fixed = store.policies.filter(({ name }) => !adjustable.some((kind) => name.startsWith(`${kind}=`)));
  const names = [...adjustable.map((kind) => any[kind]), ...fixed.map(({ name }) => name)];
  const note = store.policyCurves ? ' (0 < P, R < 1)' : ' (this model keeps no other precision and recall)';
  return `one of ${names.join(', ')}${note}`;
}

/**
 * The policy of a model by its name: one that it has, `top=K` for any K up to its genres, and, where it keeps what that
 * needs, `precision=P` and `recall=R` for any number, as {@link choosePolicy} would have chosen them, to seven digits (a
 * number between two thousandths as the higher one). Without a name it is the model's first.
 *
 * @throws {OnesheetError} OPTION_INVALID with what the model can be asked for
 */
export function findPolicy(store: PolicyStore, name: string | undefined): Policy {
  const { policies, genres, policyCurves: curves } = store;
  const stored = name === undefined ? policies[0] : policies.find((each) => each.name === name);
  if (stored) return stored;
  const refuse = () => onesheetError('OPTION_INVALID', 'policy', describePolicies(store), name ?? 'none');
  const request = readPolicyName(name ?? '');
  if (request === undefined || !('k' in request || 'value' in request)) throw refuse();
  const number = 'k' in request ? request.k : request.value;
  const usual = `${request.kind}=${number}`;
  const same = policies.find((each) => each.name === usual);
  if (same) return same;
  if (request.kind === 'top') {
    if (number > genres.length) throw refuse();
    return { name: usual, kind: 'top', k: number, fallback: 'none' };
  }
  if (curves === undefined) throw refuse();
  return request.kind === 'precision'
    ? {
        name: usual,
        kind: 'threshold',
        thresholds: precisionThresholds(curves.precision, number),
        fallback: 'none',
      }
    : {
        name: usual,
        kind: 'threshold',
        thresholds: genres.map(() => recallThresholdOf(curves, number)),
        fallback: 'top-1',
      };
}
