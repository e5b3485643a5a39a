/** @module A language's figures -> the sentences that say by which method a run was trained. */
import type { RunConfig } from '../../run/index.ts';
import { see } from '../document.ts';
import type { Figures } from '../format.ts';
import { cite } from '../sources.ts';

type Recipe = RunConfig['recipe'];
type Augmentation = Recipe['augmentation'];

const isWhole = ([low, high]: readonly [number, number]) => low === 1 && high === 1;

const en = (f: Figures) => ({
  parts: {
    network: 'The network',
    loss: 'The loss',
    optimization: 'Optimization',
    variation: 'Variation of the posters',
    stopping: 'Split, early stopping and the weights that are kept',
    machine: 'Machine and time',
  },
  input: ({ input, readingSize }: Recipe) => {
    const fits = {
      fill: 'stretched to',
      cover: 'scaled and cropped at the middle to',
      contain: 'scaled, with bars, into',
    };
    const reading = readingSize
      ? ` The finished model reads posters at ${readingSize.width} × ${readingSize.height} pixels, since cut-outs show things larger than whole posters do ${cite('resolution')}.`
      : '';
    return `Every poster is ${fits[input.fit]} ${input.width} × ${input.height} pixels.${reading}`;
  },
  networks: {
    'cnn-rnn':
      'Convolutions read the poster; a recurrence then reads the rows of their last map from top to bottom, as a viewer might.',
    'mobilenet-v2': `The network is MobileNetV2 ${cite('mobilenetV2')}: inverted residual blocks with depthwise convolutions.`,
    'efficientnet-lite': `The network is EfficientNet-Lite, a variant for small devices of EfficientNet ${cite('efficientnet')}: inverted residual blocks with depthwise convolutions, scaled together in depth, width and resolution.`,
    onnx: 'The network is the trunk of a given ONNX network, with a head of its own for the genres.',
  } as Readonly<Record<Recipe['network']['network'], string>>,
  recurrence: {
    gru: `The recurrence is a bidirectional GRU ${cite('gru')}.`,
    lstm: `The recurrence is a bidirectional LSTM ${cite('lstm')}.`,
    none: '',
  },
  attention: `Additive attention with a learned query makes one vector of its steps ${cite('attention')}.`,
  dropout: (rate: number) =>
    `While training, ${f.percent(rate, 0)} of the features before the last layer are dropped ${cite('dropout')}.`,
  drawn: (layers: number, parameters: string) =>
    `${see('network')} shows it layer by layer: ${f.count(layers, 'line')}, ${parameters} parameters.`,
  tabulated: `${see('layers')} lists the same figures.`,
  noGraph: 'The network cannot be drawn, since the run has no model that can be read.',
  activation: {
    sigmoid: (genres: number) =>
      `Each of the ${genres} outputs z goes through a sigmoid by itself, so a poster may have several genres or none.`,
    softmax: (genres: number) => `A softmax lets the ${genres} genres compete: their probabilities sum to 1.`,
  },
  losses: {
    'binary-cross-entropy': 'The loss is binary cross-entropy, the mean over all posters and genres:',
    'categorical-cross-entropy':
      'The loss is categorical cross-entropy over label vectors that are normalized to sum 1:',
    focal: `The loss is the focal loss ${cite('lin')}, which weighs easy pairs down:`,
    asymmetric: `The loss is the asymmetric loss ${cite('ridnik')}, which weighs easy negatives down:`,
  } satisfies Record<Recipe['loss']['loss'], string>,
  symbols: (weighted: boolean, smoothed: number) =>
    `Here y is 1 where poster i has genre g and else 0, z the network's output, N the number of posters and G that of genres.${
      smoothed > 0
        ? ` Labels are smoothed: 0 becomes ${f.plain(smoothed / 2)} and 1 becomes ${f.plain(1 - smoothed / 2)}.`
        : ''
    }${weighted ? ' The weight w of a genre is the inverse of its frequency in training, scaled to a mean of 1.' : ''}`,
  unknownPairs: 'Pairs of which nothing is known are left out of the loss.',
  optimizer: (optimizer: Recipe['optimizer'], batch: number) =>
    optimizer.optimizer === 'adamw'
      ? `The optimizer is AdamW ${cite('adamw')} with a learning rate of at most ${f.plain(optimizer.learningRate)}, β₁ ${f.plain(optimizer.beta1)}, β₂ ${f.plain(optimizer.beta2)} and weight decay ${f.plain(optimizer.weightDecay)}; a batch holds ${f.count(batch, 'poster')}.`
      : `The optimizer is stochastic gradient descent with momentum ${f.plain(optimizer.momentum)}${optimizer.nesterov ? ' (Nesterov)' : ''} ${cite('momentum')}, a learning rate of at most ${f.plain(optimizer.learningRate)} and weight decay ${f.plain(optimizer.weightDecay)}; a batch holds ${f.count(batch, 'poster')}.`,
  schedule: (schedule: Recipe['schedule']) =>
    schedule.schedule === 'constant'
      ? 'The learning rate stays the same.'
      : `It ${schedule.warmupEpochs > 0 ? `rises for ${f.plain(schedule.warmupEpochs)} ${schedule.warmupEpochs === 1 ? 'epoch' : 'epochs'} and then ` : ''}falls along a cosine ${cite('sgdr')} to ${schedule.floor === 0 ? 'zero' : f.percent(schedule.floor)}.`,
  clipping: (norm: number) => `Gradients are clipped to a norm of ${f.plain(norm)} ${cite('clipping')}.`,
  averaging: (decay: number) =>
    `What is validated and kept is an exponential moving average of the weights (decay ${f.plain(decay)}) ${cite('averaging')}.`,
  startFile: (file: string) => `Training starts from weights that were learned elsewhere (${file}).`,
  probing: (epochs: number) =>
    `In the first ${f.count(epochs, 'epoch')} only the head learns ${cite('probing')}.`,
  frozen: (names: readonly string[]) => `These never change: ${f.listed(names)}.`,
  trunkRate: (rate: number, decay: number) =>
    `The trunk learns at ${f.plain(rate)} times the head's rate${decay < 1 ? `, each earlier layer at ${f.plain(decay)} times that of the next` : ''}.`,
  distilled: (weight: number, unlabelled: boolean) =>
    `It learns from the predictions of other models too ${cite('distillation')}: they make up ${f.percent(weight, 0)} of each target${unlabelled ? ', and all of it for posters without labels' : ''}.`,
  fresh: 'All weights start from random values.',
  augmentation: (options: Augmentation) => {
    const parts = [
      options.flip > 0 ? `mirrored with probability ${f.plain(options.flip)}` : '',
      isWhole(options.cropScale) && isWhole(options.cropRatio)
        ? ''
        : `cut out to between ${f.percent(options.cropScale[0], 0)} and ${f.percent(options.cropScale[1], 0)} of the area ${cite('crop')}`,
      options.shift > 0 ? `shifted by up to ${f.percent(options.shift, 0)}` : '',
      options.brightness > 0 ? `changed in brightness by up to ${f.percent(options.brightness, 0)}` : '',
      options.contrast > 0 ? `in contrast by up to ${f.percent(options.contrast, 0)}` : '',
      options.saturation > 0 ? `in saturation by up to ${f.percent(options.saturation, 0)}` : '',
      options.erase > 0 ? `partly covered with probability ${f.plain(options.erase)} ${cite('erasing')}` : '',
    ].filter((part) => part !== '');
    return parts.length === 0
      ? 'Posters are not varied.'
      : `Each time a poster is learned it is varied anew: ${f.listed(parts)}.`;
  },
  mixing: ({ probability, method, alpha }: NonNullable<Recipe['mixing']>) =>
    `With probability ${f.plain(probability)} it is mixed with another one by ${
      {
        mixup: `blending ${cite('mixup')}`,
        cutmix: `pasting a part ${cite('cutmix')}`,
        either: `blending or pasting a part ${cite('mixup')}${cite('cutmix')}`,
      }[method]
    }, in a share from Beta(${f.plain(alpha)}, ${f.plain(alpha)}), and so are their labels.`,
  stopping: (
    { epochs, earlyStopping: { measure, patience, minimumDelta } }: Recipe,
    name: (column: string) => string,
  ) =>
    `Training lasts at most ${f.count(epochs, 'epoch')} and stops when ${name(measure)} has not improved${minimumDelta > 0 ? ` by more than ${f.plain(minimumDelta)}` : ''} for ${f.count(patience, 'epoch')} ${cite('stopping')}. The weights of the epoch that was best by it are kept; test posters take no part in that choice.`,
  split: (training: string, validation: string, test: string, seed: number) =>
    `${training} posters train the weights, ${validation} validate them, ${test} test them (split seed ${seed}).`,
  calibrated: `Probabilities are then calibrated on the validation posters, one scale and offset a genre ${cite('platt')}.`,
  policy: (policy: string) =>
    `A genre is given when its probability reaches a threshold of its own, chosen on the validation posters (policy \`${policy}\`); a poster that reaches none gets its likeliest genre.`,
  evaluation: (resamples: string) =>
    `Intervals are by the bootstrap over posters ${cite('bootstrap')}${resamples === '' ? '' : `, ${resamples} resamples`}; every measure stands beside the same measure of answers that look at no picture.`,
  machine: (processor: string, cores: number, memory: string, system: string) =>
    `It was trained on ${processor} with ${f.count(cores, 'core')} and ${memory} GB of memory, on ${system}.`,
  noMachine: 'On which machine it was trained, the run does not say.',
  time: (epochs: number, duration: string, speed: string, memory: string, threads: number) =>
    `${f.count(epochs, 'epoch')} took ${duration} with ${f.count(threads, 'thread')}: ${speed} posters a second in training, at most ${memory} MB of memory.`,
  noTime: 'How long it took, the run does not say.',
  seed: (seed: number, version: string) =>
    `The seed of weights, order and variation is ${seed}; the run was written by onesheet ${version}.`,
});

const de = (f: Figures): ReturnType<typeof en> => ({
  parts: {
    network: 'Das Netz',
    loss: 'Die Verlustfunktion',
    optimization: 'Optimierung',
    variation: 'Veränderung der Plakate',
    stopping: 'Aufteilung, frühes Anhalten und behaltene Gewichte',
    machine: 'Rechner und Zeit',
  },
  input: ({ input, readingSize }) => {
    const fits = {
      fill: 'gestreckt auf',
      cover: 'verkleinert und in der Mitte beschnitten auf',
      contain: 'verkleinert, mit Balken, in',
    };
    const reading = readingSize
      ? ` Das fertige Modell liest Plakate mit ${readingSize.width} × ${readingSize.height} Pixeln, weil Ausschnitte die Dinge größer zeigen als ganze Plakate ${cite('resolution')}.`
      : '';
    return `Jedes Plakat wird ${fits[input.fit]} ${input.width} × ${input.height} Pixel gebracht.${reading}`;
  },
  networks: {
    'cnn-rnn':
      'Faltungen lesen das Plakat; ein rekurrentes Netz liest dann die Zeilen ihrer letzten Karte von oben nach unten, wie es ein Betrachter tun mag.',
    'mobilenet-v2': `Das Netz ist MobileNetV2 ${cite('mobilenetV2')}: umgekehrte Residualblöcke mit Faltungen je Kanal.`,
    'efficientnet-lite': `Das Netz ist EfficientNet-Lite, eine Spielart von EfficientNet ${cite('efficientnet')} für kleine Geräte: umgekehrte Residualblöcke mit Faltungen je Kanal, in Tiefe, Breite und Auflösung gemeinsam bemessen.`,
    onnx: 'Das Netz ist der Rumpf eines gegebenen ONNX-Netzes mit einem eigenen Kopf für die Genres.',
  },
  recurrence: {
    gru: `Rekurrent ist ein GRU in beide Richtungen ${cite('gru')}.`,
    lstm: `Rekurrent ist ein LSTM in beide Richtungen ${cite('lstm')}.`,
    none: '',
  },
  attention: `Additive Aufmerksamkeit mit einer gelernten Anfrage macht aus seinen Schritten einen Vektor ${cite('attention')}.`,
  dropout: (rate) =>
    `Beim Training fallen ${f.percent(rate, 0)} der Merkmale vor der letzten Schicht aus ${cite('dropout')}.`,
  drawn: (layers, parameters) =>
    `${see('network')} zeigt es Schicht für Schicht: ${f.count(layers, 'Zeile', 'Zeilen')}, ${parameters} Parameter.`,
  tabulated: `${see('layers')} führt dieselben Zahlen auf.`,
  noGraph: 'Das Netz kann nicht gezeichnet werden, denn der Lauf hat kein lesbares Modell.',
  activation: {
    sigmoid: (genres) =>
      `Jede der ${genres} Ausgaben z geht für sich durch eine Sigmoidfunktion; ein Plakat kann also mehrere Genres haben oder keines.`,
    softmax: (genres) =>
      `Ein Softmax lässt die ${genres} Genres wetteifern: Ihre Wahrscheinlichkeiten ergeben zusammen 1.`,
  },
  losses: {
    'binary-cross-entropy':
      'Der Verlust ist die binäre Kreuzentropie, gemittelt über alle Plakate und Genres:',
    'categorical-cross-entropy':
      'Der Verlust ist die kategoriale Kreuzentropie über Label-Vektoren, die auf die Summe 1 gebracht sind:',
    focal: `Der Verlust ist der Focal Loss ${cite('lin')}, der leichte Paare schwächer wiegt:`,
    asymmetric: `Der Verlust ist der Asymmetric Loss ${cite('ridnik')}, der leichte Verneinungen schwächer wiegt:`,
  },
  symbols: (weighted, smoothed) =>
    `Dabei ist y gleich 1, wo Plakat i das Genre g hat, sonst 0, z die Ausgabe des Netzes, N die Zahl der Plakate und G die der Genres.${
      smoothed > 0
        ? ` Die Label sind geglättet: Aus 0 wird ${f.plain(smoothed / 2)} und aus 1 wird ${f.plain(1 - smoothed / 2)}.`
        : ''
    }${weighted ? ' Das Gewicht w eines Genres ist der Kehrwert seiner Häufigkeit im Training, im Mittel 1.' : ''}`,
  unknownPairs: 'Paare, von denen nichts bekannt ist, gehen nicht in den Verlust ein.',
  optimizer: (optimizer, batch) =>
    optimizer.optimizer === 'adamw'
      ? `Optimiert wird mit AdamW ${cite('adamw')} bei einer Lernrate von höchstens ${f.plain(optimizer.learningRate)}, β₁ ${f.plain(optimizer.beta1)}, β₂ ${f.plain(optimizer.beta2)} und Gewichtszerfall ${f.plain(optimizer.weightDecay)}; ein Stapel hat ${f.count(batch, 'Plakat', 'Plakate')}.`
      : `Optimiert wird mit stochastischem Gradientenabstieg mit Moment ${f.plain(optimizer.momentum)}${optimizer.nesterov ? ' (Nesterov)' : ''} ${cite('momentum')}, einer Lernrate von höchstens ${f.plain(optimizer.learningRate)} und Gewichtszerfall ${f.plain(optimizer.weightDecay)}; ein Stapel hat ${f.count(batch, 'Plakat', 'Plakate')}.`,
  schedule: (schedule) =>
    schedule.schedule === 'constant'
      ? 'Die Lernrate bleibt gleich.'
      : `Sie ${schedule.warmupEpochs > 0 ? `steigt über ${f.plain(schedule.warmupEpochs)} ${schedule.warmupEpochs === 1 ? 'Epoche' : 'Epochen'} und ` : ''}fällt${schedule.warmupEpochs > 0 ? ' dann' : ''} entlang eines Kosinus ${cite('sgdr')} auf ${schedule.floor === 0 ? 'null' : f.percent(schedule.floor)}.`,
  clipping: (norm) => `Gradienten werden auf eine Norm von ${f.plain(norm)} begrenzt ${cite('clipping')}.`,
  averaging: (decay) =>
    `Validiert und behalten wird ein exponentiell gleitendes Mittel der Gewichte (Faktor ${f.plain(decay)}) ${cite('averaging')}.`,
  startFile: (file) => `Das Training beginnt mit Gewichten, die anderswo gelernt wurden (${file}).`,
  probing: (epochs) =>
    `In ${epochs === 1 ? 'der ersten Epoche' : `den ersten ${epochs} Epochen`} lernt nur der Kopf ${cite('probing')}.`,
  frozen: (names) => `Diese ändern sich nie: ${f.listed(names)}.`,
  trunkRate: (rate, decay) =>
    `Der Rumpf lernt mit dem ${f.plain(rate)}-Fachen der Rate des Kopfes${decay < 1 ? `, jede frühere Schicht mit dem ${f.plain(decay)}-Fachen der nächsten` : ''}.`,
  distilled: (weight, unlabelled) =>
    `Gelernt wird auch aus den Vorhersagen anderer Modelle ${cite('distillation')}: Sie machen ${f.percent(weight, 0)} jedes Ziels aus${unlabelled ? ', bei Plakaten ohne Label das ganze' : ''}.`,
  fresh: 'Alle Gewichte beginnen mit Zufallswerten.',
  augmentation: (options) => {
    const parts = [
      options.flip > 0 ? `mit Wahrscheinlichkeit ${f.plain(options.flip)} gespiegelt` : '',
      isWhole(options.cropScale) && isWhole(options.cropRatio)
        ? ''
        : `auf ${f.percent(options.cropScale[0], 0)} bis ${f.percent(options.cropScale[1], 0)} der Fläche zugeschnitten ${cite('crop')}`,
      options.shift > 0 ? `um bis zu ${f.percent(options.shift, 0)} verschoben` : '',
      options.brightness > 0
        ? `in der Helligkeit um bis zu ${f.percent(options.brightness, 0)} geändert`
        : '',
      options.contrast > 0 ? `im Kontrast um bis zu ${f.percent(options.contrast, 0)}` : '',
      options.saturation > 0 ? `in der Sättigung um bis zu ${f.percent(options.saturation, 0)}` : '',
      options.erase > 0
        ? `mit Wahrscheinlichkeit ${f.plain(options.erase)} teilweise verdeckt ${cite('erasing')}`
        : '',
    ].filter((part) => part !== '');
    return parts.length === 0
      ? 'Die Plakate werden nicht verändert.'
      : `Jedes Mal, wenn ein Plakat gelernt wird, wird es neu verändert: ${f.listed(parts)}.`;
  },
  mixing: ({ probability, method, alpha }) =>
    `Mit Wahrscheinlichkeit ${f.plain(probability)} wird es mit einem anderen gemischt, durch ${
      {
        mixup: `Überblenden ${cite('mixup')}`,
        cutmix: `Einkleben eines Teils ${cite('cutmix')}`,
        either: `Überblenden oder Einkleben eines Teils ${cite('mixup')}${cite('cutmix')}`,
      }[method]
    }, zu einem Anteil aus Beta(${f.plain(alpha)}; ${f.plain(alpha)}), und ebenso ihre Label.`,
  stopping: ({ epochs, earlyStopping: { measure, patience, minimumDelta } }, name) =>
    `Das Training dauert höchstens ${f.count(epochs, 'Epoche', 'Epochen')} und endet, wenn sich ${patience === 1 ? 'eine Epoche' : `${patience} Epochen`} lang ${name(measure)} nicht${minimumDelta > 0 ? ` um mehr als ${f.plain(minimumDelta)}` : ''} verbessert hat ${cite('stopping')}. Behalten werden die Gewichte der Epoche, die danach die beste war; Testplakate haben an dieser Wahl keinen Anteil.`,
  split: (training, validation, test, seed) =>
    `${training} Plakate trainieren die Gewichte, ${validation} validieren sie, ${test} testen sie (Startwert der Aufteilung: ${seed}).`,
  calibrated: `Die Wahrscheinlichkeiten werden danach an den Validierungsplakaten kalibriert, mit einem Faktor und einem Versatz je Genre ${cite('platt')}.`,
  policy: (policy) =>
    `Ein Genre wird vergeben, wenn seine Wahrscheinlichkeit eine eigene Schwelle erreicht, die an den Validierungsplakaten gewählt ist (Regel \`${policy}\`); ein Plakat, das keine erreicht, bekommt sein wahrscheinlichstes Genre.`,
  evaluation: (resamples) =>
    `Die Intervalle kommen aus dem Bootstrap über Plakate ${cite('bootstrap')}${resamples === '' ? '' : `, ${resamples} Ziehungen`}; neben jedem Maß steht dasselbe Maß für Antworten, die kein Bild ansehen.`,
  machine: (processor, cores, memory, system) =>
    `Trainiert wurde auf ${processor} mit ${f.count(cores, 'Kern', 'Kernen')} und ${memory} GB Speicher, unter ${system}.`,
  noMachine: 'Auf welchem Rechner trainiert wurde, sagt der Lauf nicht.',
  time: (epochs, duration, speed, memory, threads) =>
    `${f.count(epochs, 'Epoche dauerte', 'Epochen dauerten')} ${duration} mit ${f.count(threads, 'Thread', 'Threads')}: ${speed} Plakate in der Sekunde beim Training, höchstens ${memory} MB Speicher.`,
  noTime: 'Wie lange es dauerte, sagt der Lauf nicht.',
  seed: (seed, version) =>
    `Der Startwert für Gewichte, Reihenfolge und Veränderung ist ${seed}; geschrieben hat den Lauf onesheet ${version}.`,
});

export const methodWords = { en, de };
