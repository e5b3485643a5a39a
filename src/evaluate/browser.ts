/** @module The door of `evaluate/` for the browser: policies, what they decide, and what few posters can tell. */
export { fitTemperature } from './calibration.ts';
export { adjustablePolicies, findPolicy } from './findPolicy.ts';
export {
  applyPolicy,
  choosePolicy,
  type Policy,
  type PolicyRequest,
  parsePolicyName,
  policySchema,
} from './policies.ts';
export { policyCurvesOf, policyCurvesSchema } from './policyCurves.ts';
export { decide } from './thresholds.ts';
export { wilsonInterval } from './wilson.ts';
