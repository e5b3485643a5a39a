/** @module What a recipe says of its loss -> the loss as a formula, with the recipe's own numbers in it. */
import type { RunConfig } from '../run/index.ts';
import {
  type Formula,
  figureOf,
  fraction,
  inBrackets,
  operator,
  subscript,
  sum,
  superscript,
  symbol,
  together,
} from './formula.ts';

type Loss = RunConfig['recipe']['loss'];

const pair = together(symbol('i'), symbol('g'));
const y = subscript(symbol('y'), pair);
const p = subscript(symbol('p'), pair);
const [minus, equals, dot] = [operator('−'), operator('='), operator('·')];
const one = figureOf(1);
const log = (of: Formula) => together(symbol('log'), operator(' '), of);
const without = (of: Formula) => inBrackets(one, minus, of);

/** The mean over posters and genres of what follows. */
function meanOfPairs(weight: Formula[], term: Formula): Formula {
  const [n, g] = [symbol('N'), symbol('G')];
  return together(
    symbol('L'),
    equals,
    minus,
    fraction(one, together(n, g)),
    sum(together(symbol('i'), operator(','), symbol('g')), ...weight, operator('['), term, operator(']')),
  );
}

/** What the probability is made from. */
function sigmoidOfOutput(): Formula {
  return together(
    operator(','),
    operator(' '),
    p,
    equals,
    symbol('σ'),
    inBrackets(subscript(symbol('z'), pair)),
  );
}

function powerOf(base: Formula, exponent: number): Formula[] {
  return exponent === 0 ? [] : [exponent === 1 ? base : superscript(base, figureOf(exponent)), dot];
}

export function lossFormula(loss: Loss): Formula {
  const weight = loss.classWeights === 'balanced' ? [subscript(symbol('w'), symbol('g')), dot] : [];
  switch (loss.loss) {
    case 'binary-cross-entropy':
      return together(
        meanOfPairs(weight, together(y, dot, log(p), operator('+'), without(y), dot, log(without(p)))),
        sigmoidOfOutput(),
      );
    case 'focal':
      return together(
        meanOfPairs(
          weight,
          together(
            y,
            dot,
            ...powerOf(without(p), loss.gamma),
            log(p),
            operator('+'),
            without(y),
            dot,
            ...powerOf(p, loss.gamma),
            log(without(p)),
          ),
        ),
        sigmoidOfOutput(),
      );
    case 'asymmetric': {
      const q = subscript(symbol('q'), pair);
      const shifted = together(
        operator(','),
        operator(' '),
        q,
        equals,
        symbol('max'),
        inBrackets(p, minus, figureOf(loss.margin), operator(','), figureOf(0)),
      );
      return together(
        meanOfPairs(
          weight,
          together(
            y,
            dot,
            ...powerOf(without(p), loss.gammaPositive),
            log(p),
            operator('+'),
            without(y),
            dot,
            ...powerOf(q, loss.gammaNegative),
            log(without(q)),
          ),
        ),
        sigmoidOfOutput(),
        shifted,
      );
    }
    case 'categorical-cross-entropy': {
      const z = (index: Formula) => subscript(symbol('z'), together(symbol('i'), index));
      const e = (index: Formula) => superscript(symbol('e'), z(index));
      const [g, k] = [symbol('g'), symbol('k')];
      return together(
        symbol('L'),
        equals,
        minus,
        fraction(one, symbol('N')),
        sum(
          together(symbol('i'), operator(','), g),
          ...weight,
          fraction(y, sum(k, subscript(symbol('y'), together(symbol('i'), k)))),
          operator(' '),
          log(p),
        ),
        operator(','),
        operator(' '),
        p,
        equals,
        fraction(e(g), sum(k, e(k))),
      );
    }
  }
}
