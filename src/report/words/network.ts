/** @module A language's figures -> the words for the layers of a network and the drawing of them. */
import type { Operation } from '../architecture.ts';
import type { Figures } from '../format.ts';

const side = (kernel: readonly number[]) => kernel.join(' × ');

type Named = Exclude<Operation, { kernel: unknown } | { name: unknown }>['does'];

const en = (_: Figures) => {
  const named: Readonly<Record<Named, string>> = {
    dense: 'dense',
    product: 'weighted mean',
    gru: 'bidirectional GRU',
    lstm: 'bidirectional LSTM',
    normalization: 'batch norm.',
    mean: 'mean',
    maximum: 'maximum',
    concat: 'joined',
    residual: '+ input',
    gate: '× gate',
    softmax: 'softmax',
    dropout: 'dropout',
    fold: 'pixels folded into channels',
  };
  const kernels = {
    convolution: 'convolution',
    depthwise: 'depthwise',
    maximumPool: 'maximum of',
    averagePool: 'mean of',
  };
  return {
    operation: (operation: Operation): string => {
      if ('name' in operation) return operation.name;
      if (!('kernel' in operation)) return named[operation.does];
      const stride = 'stride' in operation && operation.stride > 1 ? `, stride ${operation.stride}` : '';
      return `${kernels[operation.does]} ${side(operation.kernel)}${stride}`;
    },
    picture: 'picture',
    columns: {
      map: 'size',
      layer: 'layer',
      output: 'output',
      parameters: 'parameters',
      does: 'what it does',
    },
    title: 'The network, layer by layer',
    caption: (total: string) =>
      `Blue: feature maps (height × width × channels), as wide as the map is large and as high as its channels are many; orange: sequences (steps × features); green: vectors. ${total} parameters in all.`,
    tableCaption:
      'The layers of the network, from the picture to the logits, read from the model of this run.',
    total: 'together',
    noWeights: '(no weights)',
  };
};

const de = (_: Figures): ReturnType<typeof en> => {
  const named: Readonly<Record<Named, string>> = {
    dense: 'vollverbunden',
    product: 'gewichtetes Mittel',
    gru: 'GRU in beide Richtungen',
    lstm: 'LSTM in beide Richtungen',
    normalization: 'Batch-Norm.',
    mean: 'Mittel',
    maximum: 'Maximum',
    concat: 'verbunden',
    residual: '+ Eingang',
    gate: '× Tor',
    softmax: 'Softmax',
    dropout: 'Dropout',
    fold: 'Pixel zu Kanälen gefaltet',
  };
  const kernels = {
    convolution: 'Faltung',
    depthwise: 'Faltung je Kanal',
    maximumPool: 'Maximum von',
    averagePool: 'Mittel von',
  };
  return {
    operation: (operation) => {
      if ('name' in operation) return operation.name;
      if (!('kernel' in operation)) return named[operation.does];
      const stride = 'stride' in operation && operation.stride > 1 ? `, Schritt ${operation.stride}` : '';
      return `${kernels[operation.does]} ${side(operation.kernel)}${stride}`;
    },
    picture: 'Bild',
    columns: {
      map: 'Größe',
      layer: 'Schicht',
      output: 'Ausgabe',
      parameters: 'Parameter',
      does: 'was sie tut',
    },
    title: 'Das Netz, Schicht für Schicht',
    caption: (total) =>
      `Blau: Merkmalskarten (Höhe × Breite × Kanäle), so breit, wie die Karte groß ist, und so hoch, wie ihre Kanäle viele sind; orange: Folgen (Schritte × Merkmale); grün: Vektoren. Zusammen ${total} Parameter.`,
    tableCaption: 'Die Schichten des Netzes vom Bild bis zu den Logits, aus dem Modell dieses Laufs gelesen.',
    total: 'zusammen',
    noWeights: '(ohne Gewichte)',
  };
};

export const networkWords = { en, de };
