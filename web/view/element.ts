/** @module A tag, attributes and children -> an element; the whole of this page's view library. */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string | undefined;

/** `true` gives an empty attribute; `false` and `undefined` give none. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

export function button(text: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', onClick);
  return made;
}

export interface Choice {
  readonly value: string;
  readonly text: string;
}

/** One of several, as radio buttons that look like one control. */
export function choices(
  legend: string,
  name: string,
  options: readonly Choice[],
  chosen: string,
  onChoose: (value: string) => void,
): HTMLFieldSetElement {
  const made = element(
    'fieldset',
    { class: 'choices' },
    element('legend', {}, legend),
    ...options.map(({ value, text }) =>
      element(
        'label',
        {},
        element('input', { type: 'radio', name, value, checked: value === chosen }),
        element('span', {}, text),
      ),
    ),
  );
  made.addEventListener('change', ({ target }) => onChoose((target as HTMLInputElement).value));
  return made;
}

/** One of several, in a list that opens; its label stands before it. */
export function selection(
  label: string,
  name: string,
  options: readonly Choice[],
  chosen: string,
  onChoose: (value: string) => void,
): HTMLLabelElement {
  const select = element(
    'select',
    { name },
    ...options.map(({ value, text }) => element('option', { value, selected: value === chosen }, text)),
  );
  select.addEventListener('change', () => onChoose(select.value));
  return element('label', { class: 'selection' }, element('span', {}, label), select);
}

/** Brings a parent's children into an order with few moves, and takes those away that are not among them. */
export function inOrder(parent: Element, children: readonly Element[]): void {
  let at = parent.firstElementChild;
  for (const child of children) {
    if (child === at) at = at.nextElementSibling;
    else parent.insertBefore(child, at);
  }
  while (at) {
    const next = at.nextElementSibling;
    at.remove();
    at = next;
  }
}
