/** @module The parts of a formula -> the same formula as MathML and as TeX. */

/** A formula, or a part of one, in both notations. Its parts come from this file only, so nothing needs escaping. */
export interface Formula {
  readonly mathml: string;
  readonly tex: string;
}

const greek: Readonly<Record<string, string>> = {
  σ: '\\sigma',
  γ: '\\gamma',
  α: '\\alpha',
  ε: '\\varepsilon',
  '−': '-',
  '·': '\\cdot',
  '∑': '\\sum',
};

function tex(sign: string): string {
  return greek[sign] ?? sign;
}

/** A variable, or a function's name when it has several letters. */
export function symbol(name: string): Formula {
  return {
    mathml: `<mi>${name}</mi>`,
    tex: name.length > 1 ? `\\mathrm{${name}}` : tex(name),
  };
}

export function operator(sign: string): Formula {
  const spaced = sign === '(' || sign === ')' ? sign : ` ${tex(sign)} `;
  return { mathml: `<mo>${sign}</mo>`, tex: spaced };
}

export function figureOf(value: number): Formula {
  return { mathml: `<mn>${value}</mn>`, tex: String(value) };
}

/** One after the other. */
export function together(...parts: readonly Formula[]): Formula {
  return {
    mathml: `<mrow>${parts.map((part) => part.mathml).join('')}</mrow>`,
    tex: parts.map((part) => part.tex).join(''),
  };
}

export function inBrackets(...parts: readonly Formula[]): Formula {
  return together(operator('('), ...parts, operator(')'));
}

export function subscript(base: Formula, below: Formula): Formula {
  return {
    mathml: `<msub>${base.mathml}${below.mathml}</msub>`,
    tex: `${base.tex}_{${below.tex}}`,
  };
}

export function superscript(base: Formula, above: Formula): Formula {
  return {
    mathml: `<msup>${base.mathml}${above.mathml}</msup>`,
    tex: `${base.tex}^{${above.tex}}`,
  };
}

export function fraction(above: Formula, below: Formula): Formula {
  return {
    mathml: `<mfrac>${above.mathml}${below.mathml}</mfrac>`,
    tex: `\\frac{${above.tex}}{${below.tex}}`,
  };
}

/** A sum over an index. */
export function sum(over: Formula, ...terms: readonly Formula[]): Formula {
  return together(
    { mathml: `<munder><mo>∑</mo>${over.mathml}</munder>`, tex: `\\sum_{${over.tex}} ` },
    ...terms,
  );
}
