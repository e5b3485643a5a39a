/** @module A language's figures -> the sentences on the curves of a training and on what they say. */
import type { ValidationMeasures } from '../../run/index.ts';
import { see } from '../document.ts';
import type { Figures } from '../format.ts';

type Watched = keyof ValidationMeasures;

const en = (f: Figures) => {
  const epochs = (n: number) => f.count(n, 'epoch');
  return {
    columnName: (column: string) => column.replaceAll('_', ' '),
    intro: `${see('loss')} and ${see('precision')} show the course of the training; what follows is computed from them by fixed rules, and each sentence names the figures that it rests on.`,
    introWhole: `${see('micro-measures')} and ${see('macro-measures')} show the other measures of the validation posters.`,
    noEpoch: 'The run has no finished epoch: there is nothing to draw and nothing to say of its course.',
    epoch: 'epoch',
    lossAxis: 'loss (mean over posters)',
    shareAxis: 'share',
    training: 'training',
    validation: 'validation',
    micro: 'micro',
    macro: 'macro',
    precision: 'precision',
    recall: 'recall',
    f1: 'F1',
    averagePrecision: 'average precision',
    frequencies: 'frequencies alone',
    best: (epoch: number) => `best: epoch ${epoch}`,
    last: (epoch: number) => `last: epoch ${epoch}`,
    bestAndLast: (epoch: number) => `best and last: epoch ${epoch}`,
    noValue: (label: string) => `${label}: no value`,
    fromTo: (label: string, from: number, to: number) =>
      `${label} from ${f.decimal(from)} to ${f.decimal(to)}`,
    marks: (measure: string, both: boolean) =>
      both
        ? `The vertical lines mark the best epoch by ${measure}, whose weights are kept, and, dashed, the last.`
        : `The vertical line marks the epoch that was best by ${measure} and the last; its weights are kept.`,
    lossTitle: 'Loss over the epochs',
    lossCaption:
      'Training loss is measured while learning, with variation and dropout, so it can lie above validation loss.',
    precisionTitle: 'Validation precision over the epochs',
    precisionCaption:
      'Of the genres given at a probability of 1/2 or more, the share that is true: micro over all pairs, macro as the mean over genres.',
    microTitle: 'Validation measures, micro average',
    microCaption: 'All poster-genre pairs count alike, so frequent genres weigh most.',
    macroTitle: 'Validation measures, macro average',
    macroCaption: 'Every genre counts alike, so rare genres weigh as much as frequent ones.',

    tooShort: (n: number, fewest: number) =>
      `${epochs(n)} with finite losses: too short to judge a course, which takes at least ${fewest}.`,
    notFinite: (epoch: number) =>
      `A loss of epoch ${epoch} is no finite number: the training went out of bounds there.`,
    nothing: 'The losses show neither overfitting nor underfitting nor divergence by the limits used here.',
    noDescent: (share: number, epoch: number, first: number, lowest: number) =>
      `Training loss did not fall by more than ${f.percent(share, 0)} after epoch ${epoch}: ${f.decimal(first)} there, ${f.decimal(lowest)} at its lowest.`,
    descent: (a: { first: number; at: number; lowest: number; by: number; fall: number; most: number }) =>
      `Training loss fell from ${f.decimal(a.first)} at epoch ${a.at} to ${f.decimal(a.lowest)} at epoch ${a.by} (−${f.percent(a.fall)}); four fifths of that were made by epoch ${a.most}.`,
    plateau: (from: number, length: number, spread: number, best: number) =>
      `Validation loss levelled off from epoch ${from}: in the last ${length} epochs it stayed within ${f.percent(spread)} of its best, ${f.decimal(best)}.`,
    rising: (a: { lowest: number; at: number; last: number; by: number; rise: number }) =>
      `Training loss itself rose, from ${f.decimal(a.lowest)} at epoch ${a.at} to ${f.decimal(a.last)} at epoch ${a.by} (+${f.percent(a.rise)}): the training diverged.`,
    overfitting: (a: {
      best: number;
      last: number;
      rise: number;
      fall: number;
      validation: readonly [number, number];
      training: readonly [number, number];
      times: number | undefined;
      rough: number;
    }) =>
      `Training and validation part after epoch ${a.best}: until epoch ${a.last} validation loss rose by ${f.percent(a.rise)} (${f.decimal(a.validation[0])} to ${f.decimal(a.validation[1])}) while training loss fell by ${f.percent(a.fall)} (${f.decimal(a.training[0])} to ${f.decimal(a.training[1])}): overfitting. The rise is ${a.times === undefined ? 'beyond' : `${a.times.toFixed(0)} times`} the curve's roughness of ${f.decimal(a.rough, 4)}.`,
    underfitting: (a: { training: number; validation: number; prior: number; since: number; fall: number }) =>
      `Both losses stay high and flat: at best ${f.decimal(a.training)} in training and ${f.decimal(a.validation)} in validation, where the genres' frequencies alone give ${f.decimal(a.prior)}; since epoch ${a.since} training loss fell by ${f.percent(a.fall)}: underfitting.`,
    unfinished: (last: number, planned: number) =>
      `The run has ${last} of ${planned} epochs and was not stopped by patience: it was interrupted, or it is still running.`,
    byPatience: (a: { last: number; waited: number; measure: string; best: number; patience: number }) =>
      `Early stopping ended the run at epoch ${a.last}, ${epochs(a.waited)} after the best ${a.measure} (epoch ${a.best}), as its patience of ${a.patience} says.`,
    stoppedEarly: (measure: string, last: number, isCosine: boolean) =>
      `The stop was perhaps early: ${measure} was best at the last planned epoch, ${last}; ${
        isCosine
          ? 'its learning rate had come to its end there, so that only a longer schedule could tell whether more is to be had'
          : 'the learning rate was still at its height, so that more epochs may help'
      }.`,
    stoppedLate: (measure: string, best: number, waited: number) =>
      `The stop was late: ${measure} was best at epoch ${best}, and the ${waited} epochs after it brought nothing. The model kept is that of epoch ${best}.`,
    precisionUnknown:
      "Whether precision's changes exceed noise cannot be judged, since the validation posters are not known.",
    noise:
      'noise: standard error of a share, sqrt(p (1 - p) / n), of n = recall x true pairs / precision proposals',
    precisionChange: (a: {
      kind: 'jump' | 'spike' | 'drop';
      size: number;
      epoch: number;
      before: number;
      after: number;
      errors: number;
      noise: string;
      returned: { readonly to: number; readonly epoch: number } | undefined;
    }) =>
      `Validation precision ${{ jump: 'changed', spike: 'spiked', drop: 'dropped' }[a.kind]} by ${f.signed(100 * a.size, 1)} points at epoch ${a.epoch}, from ${f.percent(a.before)} to ${f.percent(a.after)}${
        a.returned ? ` and returned to ${f.percent(a.returned.to)} at epoch ${a.returned.epoch}` : ''
      }: ${f.decimal(a.errors, 1)} standard errors${a.noise === '' ? '' : ` (${a.noise})`}.`,
    precisionSteady: (a: {
      size: number;
      epoch: number;
      errors: number;
      posters: number;
      noise: string;
      limit: number;
    }) =>
      `Precision shows no spike or drop: its largest change from one epoch to the next, ${f.signed(100 * a.size, 1)} points at epoch ${a.epoch}, is ${f.decimal(a.errors, 1)} standard errors, within the noise of ${a.posters} validation posters (${a.noise}; more than ${a.limit} would be named).`,
  };
};

const columnsInGerman: Readonly<Record<Watched, string>> = {
  validation_loss: 'der Validierungsverlust',
  validation_micro_precision: 'die Mikro-Precision der Validierung',
  validation_micro_recall: 'der Mikro-Recall der Validierung',
  validation_micro_f1: 'das Mikro-F1 der Validierung',
  validation_micro_average_precision: 'die mittlere Mikro-Precision der Validierung',
  validation_macro_precision: 'die Makro-Precision der Validierung',
  validation_macro_recall: 'der Makro-Recall der Validierung',
  validation_macro_f1: 'das Makro-F1 der Validierung',
  validation_macro_average_precision: 'die mittlere Makro-Precision der Validierung',
};

const de = (f: Figures): ReturnType<typeof en> => {
  const epochs = (n: number) => f.count(n, 'Epoche', 'Epochen');
  return {
    columnName: (column) => columnsInGerman[column as Watched] ?? column,
    intro: `${see('loss')} und ${see('precision')} zeigen den Verlauf des Trainings; das Folgende ist nach festen Regeln daraus berechnet, und jeder Satz nennt die Zahlen, auf denen er ruht.`,
    introWhole: `${see('micro-measures')} und ${see('macro-measures')} zeigen die anderen Maße der Validierungsplakate.`,
    noEpoch:
      'Der Lauf hat keine beendete Epoche: Es gibt nichts zu zeichnen und zum Verlauf nichts zu sagen.',
    epoch: 'Epoche',
    lossAxis: 'Verlust (Mittel über Plakate)',
    shareAxis: 'Anteil',
    training: 'Training',
    validation: 'Validierung',
    micro: 'Mikro',
    macro: 'Makro',
    precision: 'Precision',
    recall: 'Recall',
    f1: 'F1',
    averagePrecision: 'mittlere Precision',
    frequencies: 'nur Häufigkeiten',
    best: (epoch) => `beste: Epoche ${epoch}`,
    last: (epoch) => `letzte: Epoche ${epoch}`,
    bestAndLast: (epoch) => `beste und letzte: Epoche ${epoch}`,
    noValue: (label) => `${label}: kein Wert`,
    fromTo: (label, from, to) => `${label} von ${f.decimal(from)} bis ${f.decimal(to)}`,
    marks: (measure, both) =>
      both
        ? `Die senkrechten Linien zeigen die beste Epoche, gewählt durch: ${measure}; ihre Gewichte sind behalten; gestrichelt die letzte.`
        : `Die senkrechte Linie zeigt die Epoche, die die beste war (gewählt durch: ${measure}) und die letzte; ihre Gewichte sind behalten.`,
    lossTitle: 'Verlust über die Epochen',
    lossCaption:
      'Der Trainingsverlust ist beim Lernen gemessen, mit Veränderung und Dropout; er kann also über dem Validierungsverlust liegen.',
    precisionTitle: 'Precision der Validierung über die Epochen',
    precisionCaption:
      'Der Anteil wahrer Genres an denen, die bei einer Wahrscheinlichkeit von mindestens 1/2 vergeben werden: Mikro über alle Paare, Makro als Mittel über die Genres.',
    microTitle: 'Maße der Validierung, Mikro-Mittel',
    microCaption: 'Alle Paare aus Plakat und Genre zählen gleich; häufige Genres wiegen also am meisten.',
    macroTitle: 'Maße der Validierung, Makro-Mittel',
    macroCaption: 'Jedes Genre zählt gleich; seltene wiegen so viel wie häufige.',

    tooShort: (n, fewest) =>
      `${epochs(n)} mit endlichem Verlust: zu kurz, um über einen Verlauf zu urteilen; dafür braucht es mindestens ${fewest}.`,
    notFinite: (epoch) =>
      `Ein Verlust der Epoche ${epoch} ist keine endliche Zahl: Dort ist das Training aus dem Ruder gelaufen.`,
    nothing:
      'Die Verluste zeigen nach den hier verwendeten Grenzen weder Überanpassung noch Unteranpassung noch Divergenz.',
    noDescent: (share, epoch, first, lowest) =>
      `Der Trainingsverlust fiel nach Epoche ${epoch} nicht um mehr als ${f.percent(share, 0)}: ${f.decimal(first)} dort, ${f.decimal(lowest)} am tiefsten Punkt.`,
    descent: (a) =>
      `Der Trainingsverlust fiel von ${f.decimal(a.first)} in Epoche ${a.at} auf ${f.decimal(a.lowest)} in Epoche ${a.by} (−${f.percent(a.fall)}); vier Fünftel davon waren bis Epoche ${a.most} erreicht.`,
    plateau: (from, length, spread, best) =>
      `Der Validierungsverlust blieb ab Epoche ${from} gleich: In den letzten ${length} Epochen lag er höchstens ${f.percent(spread)} über seinem besten Wert, ${f.decimal(best)}.`,
    rising: (a) =>
      `Der Trainingsverlust selbst stieg, von ${f.decimal(a.lowest)} in Epoche ${a.at} auf ${f.decimal(a.last)} in Epoche ${a.by} (+${f.percent(a.rise)}): Das Training ist divergiert.`,
    overfitting: (a) =>
      `Training und Validierung gehen nach Epoche ${a.best} auseinander: Bis Epoche ${a.last} stieg der Validierungsverlust um ${f.percent(a.rise)} (${f.decimal(a.validation[0])} auf ${f.decimal(a.validation[1])}), während der Trainingsverlust um ${f.percent(a.fall)} fiel (${f.decimal(a.training[0])} auf ${f.decimal(a.training[1])}): Überanpassung. Der Anstieg ist ${a.times === undefined ? 'größer als die' : `das ${a.times.toFixed(0)}-Fache der`} Rauheit der Kurve von ${f.decimal(a.rough, 4)}.`,
    underfitting: (a) =>
      `Beide Verluste bleiben hoch und flach: bestenfalls ${f.decimal(a.training)} im Training und ${f.decimal(a.validation)} in der Validierung, wo die Häufigkeiten der Genres allein ${f.decimal(a.prior)} geben; seit Epoche ${a.since} fiel der Trainingsverlust um ${f.percent(a.fall)}: Unteranpassung.`,
    unfinished: (last, planned) =>
      `Der Lauf hat ${last} von ${planned} Epochen und wurde nicht durch Geduld beendet: Er wurde unterbrochen oder läuft noch.`,
    byPatience: (a) =>
      `Frühes Anhalten beendete den Lauf in Epoche ${a.last}, ${epochs(a.waited)} nach der besten (Epoche ${a.best}; beobachtet wurde ${a.measure}), wie es seine Geduld von ${a.patience} sagt.`,
    stoppedEarly: (measure, last, isCosine) =>
      `Vielleicht endete es zu früh: Am besten war ${measure} in der letzten geplanten Epoche, ${last}; ${
        isCosine
          ? 'die Lernrate war dort am Ende, sodass nur ein längerer Plan zeigen könnte, ob mehr zu holen ist'
          : 'die Lernrate war noch auf ihrer Höhe, sodass weitere Epochen helfen können'
      }.`,
    stoppedLate: (measure, best, waited) =>
      `Es endete spät: Am besten war ${measure} in Epoche ${best}, und die ${waited} Epochen danach brachten nichts. Behalten ist das Modell der Epoche ${best}.`,
    precisionUnknown:
      'Ob Änderungen der Precision über dem Rauschen liegen, lässt sich nicht sagen, denn die Validierungsplakate sind nicht bekannt.',
    noise:
      'Rauschen: Standardfehler eines Anteils, sqrt(p (1 - p) / n), von n = Recall x wahre Paare / Precision Vorschlägen',
    precisionChange: (a) =>
      `Die Precision der Validierung ${{ jump: 'änderte sich', spike: 'schnellte hoch', drop: 'fiel ab' }[a.kind]} um ${f.signed(100 * a.size, 1)} Punkte in Epoche ${a.epoch}, von ${f.percent(a.before)} auf ${f.percent(a.after)}${
        a.returned ? `, und kehrte in Epoche ${a.returned.epoch} auf ${f.percent(a.returned.to)} zurück` : ''
      }: ${f.decimal(a.errors, 1)} Standardfehler${a.noise === '' ? '' : ` (${a.noise})`}.`,
    precisionSteady: (a) =>
      `Die Precision schnellt nirgends hoch oder ab: Ihre größte Änderung von einer Epoche zur nächsten, ${f.signed(100 * a.size, 1)} Punkte in Epoche ${a.epoch}, sind ${f.decimal(a.errors, 1)} Standardfehler, innerhalb des Rauschens von ${a.posters} Validierungsplakaten (${a.noise}; mehr als ${a.limit} würden genannt).`,
  };
};

export const trainingWords = { en, de };
