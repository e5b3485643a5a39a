import { expect, test } from 'vitest';
import { lossOptionsSchema } from '../../src/nn/index.ts';
import { lossFormula } from '../../src/report/lossFormula.ts';

function formulaOf(options: object) {
  return lossFormula(lossOptionsSchema.parse(options));
}

test('binary cross-entropy is the mean over posters and genres of both logarithms', () => {
  const { tex } = formulaOf({ loss: 'binary-cross-entropy' });
  expect(tex.replaceAll(' ', '')).toBe(
    'L=-\\frac{1}{NG}\\sum_{i,g}[y_{ig}\\cdot\\mathrm{log}p_{ig}+(1-y_{ig})\\cdot\\mathrm{log}(1-p_{ig})],p_{ig}=\\sigma(z_{ig})',
  );
});

test('class weights and exponents are the ones of the recipe', () => {
  expect(formulaOf({ loss: 'binary-cross-entropy', classWeights: 'balanced' }).tex).toContain('w_{g}');
  expect(formulaOf({ loss: 'focal', gamma: 1.5 }).tex).toContain('^{1.5}');
  const { tex } = formulaOf({ loss: 'asymmetric', gammaPositive: 0, gammaNegative: 3, margin: 0.1 });
  expect(tex).toContain('^{3}');
  expect(tex.replaceAll(' ', '')).toContain('\\mathrm{max}(p_{ig}-0.1,0)');
});

test('categorical cross-entropy has a softmax over the genres', () => {
  expect(formulaOf({ loss: 'categorical-cross-entropy' }).tex.replaceAll(' ', '')).toContain(
    '\\frac{e^{z_{ig}}}{\\sum_{k}e^{z_{ik}}}',
  );
});

test('every loss is well-formed MathML', () => {
  for (const loss of ['binary-cross-entropy', 'categorical-cross-entropy', 'focal', 'asymmetric']) {
    const { mathml } = formulaOf({ loss });
    const open: string[] = [];
    for (const [, close, name] of mathml.matchAll(/<(\/?)(m\w+)>/g))
      if (close) expect(open.pop()).toBe(name);
      else open.push(name!);
    expect(open).toEqual([]);
  }
});
