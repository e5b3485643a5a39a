/** @module The door of `evaluate/` for the browser: policies, what they decide, and what few posters can tell. */
export { calibrationSchema, fitPlatt } from './calibration.ts';
export { adjustablePolicies, findPolicy, type PolicyStore } from './findPolicy.ts';
export {
  applyPolicy,
  choosePolicy,
  type Policy,
  type PolicyRequest,
  parsePolicyName,
  policySchema,
} from './policies.ts';
export { policyCurvesField, policyCurvesOf, policyCurvesSchema } from './policyCurves.ts';
export { decide } from './thresholds.ts';
export { wilsonInterval } from './wilson.ts';
