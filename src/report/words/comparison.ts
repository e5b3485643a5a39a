/** @module A language's figures -> the sentences of a comparison of runs. */
import { see } from '../document.ts';
import type { Figures } from '../format.ts';
import { cite } from '../sources.ts';

const en = (f: Figures) => ({
  title: (runs: number) => `Comparison of ${f.count(runs, 'run')}`,
  summary: (groups: number, base: string) =>
    groups < 2
      ? 'The runs differ in their seed alone: what differs between them is noise of the training.'
      : `Everything is compared with ${base}. Differences count when a paired bootstrap over the same test posters excludes zero.`,
  sections: {
    runs: 'The runs',
    measures: 'Measures and differences',
    curves: 'Curves',
    diagnosis: 'Diagnoses',
  },
  seeds: (seeds: readonly string[]) => `${seeds.length === 1 ? 'seed' : 'seeds'} ${f.listed(seeds)}`,
  missing: (run: string, sentence: string) => `${run}: ${sentence}`,
  same: 'The runs have the same recipe, data, split and seed.',
  onlySeeds: 'The runs have the same recipe, data and split; only the seed differs.',
  differs: `${see('runs')} has what differs.`,
  differsCaption: 'What differs between the runs.',
  setting: 'setting',
  settings: { seed: 'seed', recipe: 'recipe', data: 'data', split: 'split' },
  epochsSeen: `${see('epochs')} has how long each run took and which epoch was best.`,
  epochsCaption: 'Epochs.',
  epochsColumns: ['run', 'epochs', 'best epoch', 'best by', 'time'],
  noEpoch: 'No run has a finished epoch.',
  curvesSeen: `${see('validation-loss')} and ${see('training-loss')} show the losses of the runs, ${see('micro-average-precision')} and ${see('macro-average-precision')} their average precision on validation posters.`,
  bands:
    'Where several runs differ in their seed alone, the line is their mean and the band reaches from the lowest to the highest.',
  validationLoss: 'Validation loss over the epochs',
  trainingLoss: 'Training loss over the epochs',
  precisionOf: (measure: string) => `Validation posters: ${measure}`,
  lossAxis: 'loss (mean over posters)',
  relativeAxis: "share of the first epoch's loss",
  relative:
    'The runs minimize different losses, whose heights cannot be compared: each is drawn as a share of its own first epoch.',
  comparable: 'The runs minimize the same loss, so their values can be compared.',
  higher: 'Higher is better.',
  precisionAxis: 'average precision',
  measuresSeen: (base: string) =>
    `${see('measures')} has every measure of the test posters; beside those of the others stand their differences from ${base} in brackets, with 95% intervals: ▲ better, ▼ worse, = within noise.`,
  measuresCaption: (posters: number) =>
    `Measures and paired differences on the same ${f.count(posters, 'test poster')}. ↑ higher is better, ↓ lower is better.`,
  ownCaption: "Measures on each run's own test posters. ↑ higher is better, ↓ lower is better.",
  ownSeen: `${see('measures')} has the measures of each run on its own test posters.`,
  measure: 'measure',
  within: '=',
  spread: (low: string, high: string) => `(${low} to ${high})`,
  spreadNote: 'For several seeds the mean is given, with the lowest and highest in brackets.',
  beyond: (pair: string, beyond: number, all: number) =>
    `${pair}: ${beyond} of ${all} measures differ by more than the noise.`,
  pair: (other: string, base: string) => `${other} against ${base}`,
  method: (seeds: boolean) =>
    `The intervals are by the paired bootstrap ${cite('bootstrap')}: each of 500 resamples measures both on the same posters${seeds ? ' and draws among the seeds anew' : ''}; about one measure in twenty differs by chance.${
      seeds
        ? ''
        : ' Another training seed adds noise of its own, which only runs with several seeds can show.'
    }`,
  obstacle: (pair: string, reason: string) =>
    `Whether ${pair} differ by more than noise cannot be judged: ${reason}.`,
  and: (a: string, b: string) => `${a} and ${b}`,
  reasons: {
    noTest: 'the predictions of test posters are missing',
    split: 'their splits differ, so that each was tested on other posters',
    posters: 'their test posters or genres differ',
  },
});

const de = (f: Figures): ReturnType<typeof en> => ({
  title: (runs) => `Vergleich von ${f.count(runs, 'Lauf', 'Läufen')}`,
  summary: (groups, base) =>
    groups < 2
      ? 'Die Läufe unterscheiden sich nur im Startwert: Was sie trennt, ist Rauschen des Trainings.'
      : `Alles ist mit ${base} verglichen. Unterschiede zählen, wenn ein gepaarter Bootstrap über dieselben Testplakate die Null ausschließt.`,
  sections: { runs: 'Die Läufe', measures: 'Maße und Unterschiede', curves: 'Kurven', diagnosis: 'Befunde' },
  seeds: (seeds) => `${seeds.length === 1 ? 'Startwert' : 'Startwerte'} ${f.listed(seeds)}`,
  missing: (run, sentence) => `${run}: ${sentence}`,
  same: 'Die Läufe haben dasselbe Rezept, dieselben Daten, dieselbe Aufteilung und denselben Startwert.',
  onlySeeds:
    'Die Läufe haben dasselbe Rezept, dieselben Daten und dieselbe Aufteilung; nur der Startwert ist ein anderer.',
  differs: `${see('runs')} sagt, was sich unterscheidet.`,
  differsCaption: 'Was die Läufe unterscheidet.',
  setting: 'Einstellung',
  settings: { seed: 'Startwert', recipe: 'Rezept', data: 'Daten', split: 'Aufteilung' },
  epochsSeen: `${see('epochs')} sagt, wie lange jeder Lauf dauerte und welche Epoche die beste war.`,
  epochsCaption: 'Epochen.',
  epochsColumns: ['Lauf', 'Epochen', 'beste Epoche', 'beste nach', 'Zeit'],
  noEpoch: 'Kein Lauf hat eine beendete Epoche.',
  curvesSeen: `${see('validation-loss')} und ${see('training-loss')} zeigen die Verluste der Läufe, ${see('micro-average-precision')} und ${see('macro-average-precision')} ihre mittlere Precision an Validierungsplakaten.`,
  bands:
    'Wo mehrere Läufe sich nur im Startwert unterscheiden, ist die Linie ihr Mittel, und das Band reicht vom niedrigsten zum höchsten.',
  validationLoss: 'Validierungsverlust über die Epochen',
  trainingLoss: 'Trainingsverlust über die Epochen',
  precisionOf: (measure) => `Validierungsplakate: ${measure}`,
  lossAxis: 'Verlust (Mittel über Plakate)',
  relativeAxis: 'Anteil am Verlust der ersten Epoche',
  relative:
    'Die Läufe verringern verschiedene Verluste, deren Höhen nicht vergleichbar sind: Jeder ist als Anteil an seiner ersten Epoche gezeichnet.',
  comparable: 'Die Läufe verringern denselben Verlust; ihre Werte sind also vergleichbar.',
  higher: 'Höher ist besser.',
  precisionAxis: 'mittlere Precision',
  measuresSeen: (base) =>
    `${see('measures')} enthält jedes Maß der Testplakate; neben denen der anderen stehen in Klammern ihre Unterschiede zu ${base}, mit 95-%-Intervallen: ▲ besser, ▼ schlechter, = im Rauschen.`,
  measuresCaption: (posters) =>
    `Maße und gepaarte Unterschiede auf denselben ${f.count(posters, 'Testplakat', 'Testplakaten')}. ↑ höher ist besser, ↓ niedriger ist besser.`,
  ownCaption: 'Maße jedes Laufs auf seinen eigenen Testplakaten. ↑ höher ist besser, ↓ niedriger ist besser.',
  ownSeen: `${see('measures')} enthält die Maße jedes Laufs auf seinen eigenen Testplakaten.`,
  measure: 'Maß',
  within: '=',
  spread: (low, high) => `(${low} bis ${high})`,
  spreadNote: 'Bei mehreren Startwerten steht das Mittel, in Klammern der niedrigste und der höchste Wert.',
  beyond: (pair, beyond, all) =>
    `${pair}: ${beyond} von ${all} Maßen unterscheiden sich um mehr als das Rauschen.`,
  pair: (other, base) => `${other} gegen ${base}`,
  method: (seeds) =>
    `Die Intervalle kommen aus dem gepaarten Bootstrap ${cite('bootstrap')}: Jede von 500 Ziehungen misst beide an denselben Plakaten${seeds ? ' und zieht auch unter den Startwerten neu' : ''}; etwa eines von zwanzig Maßen unterscheidet sich zufällig.${
      seeds
        ? ''
        : ' Ein anderer Startwert des Trainings bringt ein eigenes Rauschen, das nur Läufe mit mehreren Startwerten zeigen.'
    }`,
  obstacle: (pair, reason) =>
    `Ob ${pair} sich um mehr als das Rauschen unterscheiden, lässt sich nicht sagen: ${reason}.`,
  and: (a, b) => `${a} und ${b}`,
  reasons: {
    noTest: 'die Vorhersagen von Testplakaten fehlen',
    split: 'ihre Aufteilungen sind verschieden, sodass jeder an anderen Plakaten getestet wurde',
    posters: 'ihre Testplakate oder Genres sind verschieden',
  },
});

export const comparisonWords = { en, de };
