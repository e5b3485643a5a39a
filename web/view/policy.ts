/** @module A model's policies -> a choice in words, a slider for those that take a number, and what the choice means. */
import {
  adjustablePolicies,
  type Policy,
  type PolicyRequest,
  parsePolicyName,
} from '../../src/evaluate/browser.ts';
import type { PageModel } from '../engine.ts';
import { texts } from '../texts.ts';
import { element, selection } from './element.ts';

type Kind = PolicyRequest['kind'];

export interface PolicyChoice {
  readonly root: HTMLElement;
  /** Follows the policy in use. */
  update(policy: Policy): void;
}

/** Ends and steps of the slider, in the numbers of policies' names. */
function rangeOf(
  kind: Kind,
  { metadata }: PageModel,
): { min: number; max: number; step: number } | undefined {
  if (!adjustablePolicies(metadata).some((each) => each === kind)) return undefined;
  return kind === 'top'
    ? { min: 1, max: Math.min(8, metadata.genres.length), step: 1 }
    : { min: 0.5, max: 0.95, step: 0.05 };
}

function numberOf(request: PolicyRequest): number | undefined {
  return 'k' in request ? request.k : 'value' in request ? request.value : undefined;
}

/** @param onChoose called with a policy's name */
export function policyChoice(
  model: PageModel,
  policy: Policy,
  onChoose: (name: string) => void,
): PolicyChoice {
  const { policies } = model.metadata;
  const nameOf = new Map<Kind, string>();
  for (const { name } of policies.toReversed()) nameOf.set(parsePolicyName(name).kind, name);
  let kind = parsePolicyName(policy.name).kind;
  const offered = [...nameOf]
    .toReversed()
    .map(([value, name]) => ({ value, text: texts.policy.name(parsePolicyName(name)) }));
  const choice = selection(texts.policy.legend, 'policy', offered, kind, (value) =>
    onChoose(nameOf.get(value as Kind)!),
  );
  const select = choice.querySelector('select')!;
  const slider = element('input', { type: 'range', name: 'certainty' });
  slider.addEventListener('input', () => onChoose(`${kind}=${Number(slider.value)}`));
  const said = element('output');
  const strength = element('label', { class: 'strength' }, slider, said);
  const note = element('p', { class: 'policy-note' });

  const update = (chosen: Policy): void => {
    const request = parsePolicyName(chosen.name);
    kind = request.kind;
    nameOf.set(kind, chosen.name);
    select.value = kind;
    select.selectedOptions[0]!.textContent = texts.policy.name(request);
    const range = rangeOf(kind, model);
    const number = numberOf(request);
    strength.hidden = range === undefined || number === undefined;
    if (range && number !== undefined) {
      Object.assign(slider, { min: range.min, max: range.max, step: range.step });
      slider.value = String(number);
      slider.setAttribute('aria-label', texts.policy.slider(kind));
      said.textContent = texts.policy.strength(request);
      slider.setAttribute('aria-valuetext', texts.policy.strength(request));
    }
    note.textContent = texts.policy.explanation(request);
  };
  update(policy);
  return { root: element('div', { class: 'policy' }, choice, strength, note), update };
}
