/** @module The methods that a report may name -> the works that it cites for them. */
import { marks } from './document.ts';

export interface Source {
  readonly authors: string;
  readonly year: number;
  readonly title: string;
  /** Where it appeared. */
  readonly place: string;
}

const source = (authors: string, year: number, title: string, place: string): Source => ({
  authors,
  year,
  title,
  place,
});

export const sources = {
  ridnik: source('Ridnik, T. et al.', 2021, 'Asymmetric loss for multi-label classification', 'ICCV'),
  lin: source('Lin, T.-Y. et al.', 2017, 'Focal loss for dense object detection', 'ICCV'),
  adamw: source('Loshchilov, I. and Hutter, F.', 2019, 'Decoupled weight decay regularization', 'ICLR'),
  sgdr: source(
    'Loshchilov, I. and Hutter, F.',
    2017,
    'SGDR: stochastic gradient descent with warm restarts',
    'ICLR',
  ),
  momentum: source(
    'Sutskever, I. et al.',
    2013,
    'On the importance of initialization and momentum in deep learning',
    'ICML',
  ),
  clipping: source(
    'Pascanu, R., Mikolov, T. and Bengio, Y.',
    2013,
    'On the difficulty of training recurrent neural networks',
    'ICML',
  ),
  averaging: source(
    'Polyak, B. T. and Juditsky, A. B.',
    1992,
    'Acceleration of stochastic approximation by averaging',
    'SIAM Journal on Control and Optimization 30(4)',
  ),
  batchNormalization: source(
    'Ioffe, S. and Szegedy, C.',
    2015,
    'Batch normalization: accelerating deep network training by reducing internal covariate shift',
    'ICML',
  ),
  dropout: source(
    'Srivastava, N. et al.',
    2014,
    'Dropout: a simple way to prevent neural networks from overfitting',
    'Journal of Machine Learning Research 15',
  ),
  gru: source(
    'Cho, K. et al.',
    2014,
    'Learning phrase representations using RNN encoder-decoder for statistical machine translation',
    'EMNLP',
  ),
  lstm: source(
    'Hochreiter, S. and Schmidhuber, J.',
    1997,
    'Long short-term memory',
    'Neural Computation 9(8)',
  ),
  attention: source(
    'Yang, Z. et al.',
    2016,
    'Hierarchical attention networks for document classification',
    'NAACL-HLT',
  ),
  mobilenetV2: source(
    'Sandler, M. et al.',
    2018,
    'MobileNetV2: inverted residuals and linear bottlenecks',
    'CVPR',
  ),
  efficientnet: source(
    'Tan, M. and Le, Q. V.',
    2019,
    'EfficientNet: rethinking model scaling for convolutional neural networks',
    'ICML',
  ),
  crop: source('Szegedy, C. et al.', 2015, 'Going deeper with convolutions', 'CVPR'),
  erasing: source('Zhong, Z. et al.', 2020, 'Random erasing data augmentation', 'AAAI'),
  mixup: source('Zhang, H. et al.', 2018, 'mixup: beyond empirical risk minimization', 'ICLR'),
  cutmix: source(
    'Yun, S. et al.',
    2019,
    'CutMix: regularization strategy to train strong classifiers with localizable features',
    'ICCV',
  ),
  distillation: source(
    'Hinton, G., Vinyals, O. and Dean, J.',
    2015,
    'Distilling the knowledge in a neural network',
    'arXiv:1503.02531',
  ),
  probing: source(
    'Kumar, A. et al.',
    2022,
    'Fine-tuning can distort pretrained features and underperform out-of-distribution',
    'ICLR',
  ),
  resolution: source('Touvron, H. et al.', 2019, 'Fixing the train-test resolution discrepancy', 'NeurIPS'),
  stopping: source(
    'Prechelt, L.',
    1998,
    'Early stopping – but when?',
    'Neural Networks: Tricks of the Trade, Springer',
  ),
  platt: source(
    'Platt, J.',
    1999,
    'Probabilistic outputs for support vector machines',
    'Advances in Large Margin Classifiers, MIT Press',
  ),
  calibration: source('Guo, C. et al.', 2017, 'On calibration of modern neural networks', 'ICML'),
  bootstrap: source(
    'Efron, B. and Tibshirani, R. J.',
    1993,
    'An introduction to the bootstrap',
    'Chapman & Hall',
  ),
  wilson: source(
    'Wilson, E. B.',
    1927,
    'Probable inference, the law of succession, and statistical inference',
    'Journal of the American Statistical Association 22(158)',
  ),
  confident: source(
    'Northcutt, C., Jiang, L. and Chuang, I.',
    2021,
    'Confident learning: estimating uncertainty in dataset labels',
    'Journal of Artificial Intelligence Research 70',
  ),
} as const satisfies Readonly<Record<string, Source>>;

/** A source as a list of references has it. */
export function sourceText({ authors, year, title, place }: Source): string {
  return `${authors} (${year}). ${title}${title.endsWith('?') ? '' : '.'} ${place}.`;
}

/** In a text: the number of a source, as `[3]`; it then stands among the references. */
export function cite(id: keyof typeof sources): string {
  return `${marks.cite}${id}${marks.end}`;
}
