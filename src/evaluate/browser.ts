/** @module The door of `evaluate/` for the browser: policies, and what they decide. */
export { applyPolicy, type Policy, type PolicyRequest, parsePolicyName, policySchema } from './policies.ts';
