/** @module The door of `evaluate/` for the browser: policies, and what they decide. */
export { adjustablePolicies, findPolicy } from './findPolicy.ts';
export { applyPolicy, type Policy, type PolicyRequest, parsePolicyName, policySchema } from './policies.ts';
export { policyCurvesSchema } from './policyCurves.ts';
