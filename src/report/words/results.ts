/** @module A language's figures -> the sentences on measures, genres, their relations and what follows from them. */
import type { MeasureName } from '../../evaluate/index.ts';
import { see } from '../document.ts';
import type { Figures } from '../format.ts';
import { cite } from '../sources.ts';

const en = (f: Figures) => ({
  measureNames: {
    microAveragePrecision: 'micro average precision',
    macroAveragePrecision: 'macro average precision',
    macroRocAuc: 'macro ROC AUC',
    labelRankingAveragePrecision: 'label-ranking average precision',
    precisionAt1: 'precision at 1',
    precisionAt3: 'precision at 3',
    coverageError: 'coverage error',
    labelRankingLoss: 'label-ranking loss',
    brierScoreLoss: 'Brier score',
    logLoss: 'log loss',
    microPrecision: 'micro precision',
    microRecall: 'micro recall',
    microF1: 'micro F1',
    macroPrecision: 'macro precision',
    macroRecall: 'macro recall',
    macroF1: 'macro F1',
    samplesF1: 'samples F1',
    samplesJaccard: 'samples Jaccard',
    subsetAccuracy: 'subset accuracy',
    hammingLoss: 'Hamming loss',
  } as Readonly<Record<MeasureName, string>>,
  noMeasures: 'There are no measures: neither metrics.json nor readable test posters.',
  decisions: (policy: string, given: number, truth: number) =>
    `${see('measures')} has the measures of the test posters. Decisions are those of the policy ${policy}, chosen on validation posters: ${f.decimal(given, 2)} genres a poster where ${f.decimal(truth, 2)} are true.`,
  intervals: (resamples: number) =>
    `Intervals come from ${f.count(resamples, 'bootstrap resample')} of the test posters; they do not cover another training seed. "Better" means that the interval lies beyond the best answer that looks at no picture.`,
  measuredNow: 'They were measured for this report; `onesheet evaluate` writes them to metrics.json.',
  floors: (most: readonly string[]) =>
    `Prior says every genre's training frequency; most common always says ${f.listed(most)}; none and all say no and every genre. Precision and recall belong together: naming one frequent genre already has a high precision, and naming every genre a recall of 1.`,
  measuresCaption: (posters: number, confidence: number) =>
    `Measures of ${f.count(posters, 'test poster')}, with ${f.percent(confidence, 0)} intervals, beside answers that look at no picture. ↑ higher is better, ↓ lower is better.`,
  measureColumns: [
    'measure',
    'model',
    'interval',
    'prior',
    'most common',
    'none',
    'all',
    'against the best of them',
  ],
  verdicts: { better: 'better', worse: 'worse', same: 'not told apart' },
  unknownPairs: (pairs: number, all: number, genres: string) =>
    `Of ${f.whole(pairs)} of ${f.whole(all)} poster-genre pairs nothing is known; every measure and floor leaves them out. By genre: ${genres}.`,
  frequencySeen: `${see('frequency')} shows how often each genre is given beside how often it is true, ${see('reliability')} whether a probability means what it says, and ${see('genre-table')} the measures of each genre.`,
  noGenreMeasures: 'There are no measures of test posters.',
  absent: (genres: readonly string[]) =>
    `No test poster has ${f.listed(genres)}: what is not defined there is a dash, and each counts as 0 in the macro measures.`,
  genreCaption: (shown: number, all: number) =>
    `Genres${shown < all ? `, the ${shown} most frequent of ${all}` : ''}, the most frequent in training first. Chance is the average precision of an answer that looks at no picture.`,
  genreColumns: {
    genre: 'genre',
    support: 'true',
    predicted: 'given',
    precision: 'precision',
    recall: 'recall',
    f1: 'F1',
    averagePrecision: 'average precision',
    interval: 'interval',
    chance: 'chance',
    rocAuc: 'ROC AUC',
    calibrationError: 'calibration error',
    threshold: 'threshold',
  },
  never: 'never',
  curvesSeen: `${see('precision-recall')} shows for each genre how precision falls as recall rises; ${see('genre-details')} has further figures.`,
  detailsSeen: `${see('genre-details')} has further figures.`,
  noCurves: 'Precision-recall curves need the predictions of test posters, which cannot be made.',
  detailsCaption: 'Further figures of each genre.',
  precisionRecallTitle: 'Precision against recall of each genre',
  precisionRecallCaption:
    "The number beside each genre is its average precision, the area under the curve. The dashed line is chance: the genre's share of these posters.",
  precisionRecallAlternative: (titles: string) => `Average precision: ${titles}.`,
  precision: 'precision',
  recall: 'recall',
  reliabilityTitle: 'How often a probability came true',
  reliabilityCaption: (error: number, fewest: number, few: number) =>
    `On the dashed diagonal probabilities mean what they say ${cite('calibration')}; below it they promise too much. Expected calibration error ${f.decimal(error)} over 15 bins of equal width, each drawn at its mean. The bars are Wilson's 95% intervals ${cite('wilson')}, as if pairs were independent.${
      few > 0
        ? ` ${f.count(few, 'bin')} with fewer than ${fewest} pairs ${few === 1 ? 'is' : 'are'} hollow and not joined: too few to say anything.`
        : ''
    }`,
  reliabilityPoint: (predicted: number, rate: number, few: boolean) =>
    `${f.percent(predicted, 0)} came true ${f.percent(rate, 0)}${few ? ' (too few pairs)' : ''}`,
  reliabilityAxes: ['predicted probability', 'share that is true'] as readonly [string, string],
  pairs: 'pairs in the bin',
  frequencyTitle: 'How often each genre is given and how often it is true',
  frequencyKinds: ['given by the model', 'true'] as readonly [string, string],
  frequencyAxis: 'test posters',
  frequencyOf: (genre: string, support: number, predicted: number) =>
    `${genre}: true ${support}, given ${predicted}`,
  tooOften: (genres: readonly string[]) => `More than half too often: ${f.listed(genres, 20)}.`,
  tooRarely: (genres: readonly string[]) => `Less than two thirds as often as true: ${f.listed(genres, 20)}.`,
  frequencyFits: 'No genre is given half too often, or less than two thirds as often as it is true.',
  onlyMost: (shown: number, all: number) => `The ${shown} most frequent of ${all} genres.`,
  noRelations: 'There are no predictions to compare genres on.',
  relations: (posters: string) =>
    `Of ${posters}: ${see('together-true')} shows which genres stand together in truth, ${see('together-given')} which the model gives together, and ${see('confusion')} which it gives in another's place.`,
  relationAxes: {
    truth: ['true genre', 'also true'] as readonly [string, string],
    given: ['given genre', 'also given'] as readonly [string, string],
    confusion: ['true genre, missed', 'given wrongly instead'] as readonly [string, string],
  },
  relationTitles: {
    truth: 'Genres that truly stand together',
    given: 'Genres that the model gives together',
    confusion: 'Confusion among genres',
  },
  relationCaptions: {
    truth: "Each row reads: of the posters labelled with this genre, the share that also has the column's.",
    given:
      "Each row reads: of the posters given this genre, the share that is also given the column's. A genre that is never given has an empty row.",
    confusion:
      "Each row reads: of the posters that truly have this genre, the share on which it was missed while the column's was given wrongly.",
  },
  hundredths: 'Shares are in hundredths; a cell without a number is below one half.',
  largest: (pairs: readonly { row: string; column: string; share: number }[]) =>
    pairs.length === 0
      ? 'All are zero.'
      : `The largest: ${pairs.map(({ row, column, share }) => `${row} with ${column} ${f.percent(share, 0)}`).join(', ')}.`,
  conclusion: {
    nothing: 'Without measures on test posters nothing can be concluded.',
    ahead: (value: number | null, floor: number | null) =>
      `The posters do tell something: the model's micro average precision of ${f.decimal(value)} lies beyond what the genres' frequencies alone give, ${f.decimal(floor)}, by more than the choice of test posters explains.`,
    level: (value: number | null, floor: number | null) =>
      `These figures do not show that the model reads anything from posters: its micro average precision of ${f.decimal(value)} cannot be told apart from ${f.decimal(floor)}, which the genres' frequencies alone give.`,
    strongest: (genres: readonly string[]) =>
      `Told best, by average precision against chance: ${f.listed(genres)}.`,
    atChance: (genres: readonly string[]) =>
      `Not told apart from chance on these posters: ${f.listed(genres, 20)}.`,
    allAboveChance: 'Every genre lies above chance by more than its interval.',
    overfitting:
      'Training went on after it had begun to learn its posters by heart; the weights that are kept are from before.',
    underfitting: 'The losses stayed near what frequencies alone give: the network has hardly learned.',
    unfinished: 'The training was not finished, so these are figures of an interim state.',
    calibration: (error: number) =>
      `Its probabilities are off by ${f.decimal(error)} on average (expected calibration error).`,
    limits: (posters: number) =>
      `What these figures do not say: the ${f.count(posters, 'test poster')} come from the same source as the training posters, so posters of another time or country may be told less well; and this is one run with one seed, where others would differ by some noise of their own (\`onesheet report\` compares runs).`,
  },
});

const de = (f: Figures): ReturnType<typeof en> => ({
  measureNames: {
    microAveragePrecision: 'mittlere Mikro-Precision',
    macroAveragePrecision: 'mittlere Makro-Precision',
    macroRocAuc: 'Makro-ROC-AUC',
    labelRankingAveragePrecision: 'mittlere Precision der Label-Rangfolge',
    precisionAt1: 'Precision bei 1',
    precisionAt3: 'Precision bei 3',
    coverageError: 'Abdeckungsfehler',
    labelRankingLoss: 'Rangfolge-Verlust',
    brierScoreLoss: 'Brier-Wert',
    logLoss: 'logarithmischer Verlust',
    microPrecision: 'Mikro-Precision',
    microRecall: 'Mikro-Recall',
    microF1: 'Mikro-F1',
    macroPrecision: 'Makro-Precision',
    macroRecall: 'Makro-Recall',
    macroF1: 'Makro-F1',
    samplesF1: 'F1 je Plakat',
    samplesJaccard: 'Jaccard je Plakat',
    subsetAccuracy: 'ganz richtige Plakate',
    hammingLoss: 'Hamming-Verlust',
  },
  noMeasures: 'Es gibt keine Maße: weder metrics.json noch lesbare Testplakate.',
  decisions: (policy, given, truth) =>
    `${see('measures')} enthält die Maße der Testplakate. Entschieden wird nach der Regel ${policy}, gewählt an Validierungsplakaten: ${f.decimal(given, 2)} Genres je Plakat, wo ${f.decimal(truth, 2)} wahr sind.`,
  intervals: (resamples) =>
    `Die Intervalle kommen aus ${f.count(resamples, 'Bootstrap-Ziehung', 'Bootstrap-Ziehungen')} der Testplakate; einen anderen Startwert des Trainings decken sie nicht ab. „Besser“ heißt, dass das Intervall jenseits der besten Antwort liegt, die kein Bild ansieht.`,
  measuredNow: 'Gemessen wurden sie für diesen Bericht; `onesheet evaluate` schreibt sie in metrics.json.',
  floors: (most) =>
    `Prior sagt für jedes Genre seine Häufigkeit im Training; häufigste sagt immer ${f.listed(most)}; keines und alle sagen kein und jedes Genre. Precision und Recall gehören zusammen: Ein häufiges Genre zu nennen hat schon eine hohe Precision, und jedes zu nennen einen Recall von 1.`,
  measuresCaption: (posters, confidence) =>
    `Maße von ${f.count(posters, 'Testplakat', 'Testplakaten')}, mit ${f.percent(confidence, 0)}-Intervallen, neben Antworten, die kein Bild ansehen. ↑ höher ist besser, ↓ niedriger ist besser.`,
  measureColumns: [
    'Maß',
    'Modell',
    'Intervall',
    'Prior',
    'häufigste',
    'keines',
    'alle',
    'gegen das beste davon',
  ],
  verdicts: { better: 'besser', worse: 'schlechter', same: 'nicht unterscheidbar' },
  unknownPairs: (pairs, all, genres) =>
    `Von ${f.whole(pairs)} der ${f.whole(all)} Paare aus Plakat und Genre ist nichts bekannt; jedes Maß und jeder Vergleichswert lässt sie aus. Nach Genre: ${genres}.`,
  frequencySeen: `${see('frequency')} zeigt, wie oft jedes Genre vergeben wird und wie oft es wahr ist, ${see('reliability')}, ob eine Wahrscheinlichkeit bedeutet, was sie sagt, und ${see('genre-table')} die Maße jedes Genres.`,
  noGenreMeasures: 'Es gibt keine Maße von Testplakaten.',
  absent: (genres) =>
    `Kein Testplakat hat ${f.listed(genres)}: Was dort nicht definiert ist, ist ein Strich, und jedes zählt in den Makro-Maßen als 0.`,
  genreCaption: (shown, all) =>
    `Genres${shown < all ? `, die ${shown} häufigsten von ${all}` : ''}, das im Training häufigste zuerst. Zufall ist die mittlere Precision einer Antwort, die kein Bild ansieht.`,
  genreColumns: {
    genre: 'Genre',
    support: 'wahr',
    predicted: 'vergeben',
    precision: 'Precision',
    recall: 'Recall',
    f1: 'F1',
    averagePrecision: 'mittlere Precision',
    interval: 'Intervall',
    chance: 'Zufall',
    rocAuc: 'ROC-AUC',
    calibrationError: 'Kalibrierfehler',
    threshold: 'Schwelle',
  },
  never: 'nie',
  curvesSeen: `${see('precision-recall')} zeigt für jedes Genre, wie die Precision fällt, wenn der Recall steigt; ${see('genre-details')} hat weitere Zahlen.`,
  detailsSeen: `${see('genre-details')} hat weitere Zahlen.`,
  noCurves:
    'Kurven von Precision und Recall brauchen die Vorhersagen von Testplakaten, die es nicht geben kann.',
  detailsCaption: 'Weitere Zahlen jedes Genres.',
  precisionRecallTitle: 'Precision gegen Recall jedes Genres',
  precisionRecallCaption:
    'Die Zahl neben jedem Genre ist seine mittlere Precision, die Fläche unter der Kurve. Die gestrichelte Linie ist der Zufall: der Anteil des Genres an diesen Plakaten.',
  precisionRecallAlternative: (titles) => `Mittlere Precision: ${titles}.`,
  precision: 'Precision',
  recall: 'Recall',
  reliabilityTitle: 'Wie oft eine Wahrscheinlichkeit eintraf',
  reliabilityCaption: (error, fewest, few) =>
    `Auf der gestrichelten Diagonale bedeuten Wahrscheinlichkeiten, was sie sagen ${cite('calibration')}; darunter versprechen sie zu viel. Erwarteter Kalibrierfehler ${f.decimal(error)} über 15 gleich breite Klassen, jede bei ihrem Mittel gezeichnet. Die Balken sind 95-%-Intervalle nach Wilson ${cite('wilson')}, als wären Paare unabhängig.${
      few > 0
        ? ` ${few === 1 ? 'Eine Klasse' : `${few} Klassen`} mit weniger als ${fewest} Paaren ${few === 1 ? 'ist' : 'sind'} hohl und nicht verbunden: zu wenige, um etwas zu sagen.`
        : ''
    }`,
  reliabilityPoint: (predicted, rate, few) =>
    `${f.percent(predicted, 0)} traf zu ${f.percent(rate, 0)} ein${few ? ' (zu wenige Paare)' : ''}`,
  reliabilityAxes: ['vorhergesagte Wahrscheinlichkeit', 'Anteil, der wahr ist'],
  pairs: 'Paare in der Klasse',
  frequencyTitle: 'Wie oft jedes Genre vergeben wird und wie oft es wahr ist',
  frequencyKinds: ['vom Modell vergeben', 'wahr'],
  frequencyAxis: 'Testplakate',
  frequencyOf: (genre, support, predicted) => `${genre}: wahr ${support}, vergeben ${predicted}`,
  tooOften: (genres) => `Um mehr als die Hälfte zu oft: ${f.listed(genres, 20)}.`,
  tooRarely: (genres) => `Seltener als zwei Drittel so oft wie wahr: ${f.listed(genres, 20)}.`,
  frequencyFits:
    'Kein Genre wird um die Hälfte zu oft vergeben oder seltener als zwei Drittel so oft, wie es wahr ist.',
  onlyMost: (shown, all) => `Die ${shown} häufigsten von ${all} Genres.`,
  noRelations: 'Es gibt keine Vorhersagen, an denen Genres zu vergleichen wären.',
  relations: (posters) =>
    `Von ${posters}: ${see('together-true')} zeigt, welche Genres in Wahrheit zusammenstehen, ${see('together-given')}, welche das Modell zusammen vergibt, und ${see('confusion')}, welche es anstelle anderer vergibt.`,
  relationAxes: {
    truth: ['wahres Genre', 'auch wahr'],
    given: ['vergebenes Genre', 'auch vergeben'],
    confusion: ['wahres Genre, verpasst', 'stattdessen falsch vergeben'],
  },
  relationTitles: {
    truth: 'Genres, die in Wahrheit zusammenstehen',
    given: 'Genres, die das Modell zusammen vergibt',
    confusion: 'Verwechslung unter Genres',
  },
  relationCaptions: {
    truth:
      'Jede Zeile liest sich: von den Plakaten mit diesem Genre der Anteil, der auch das der Spalte hat.',
    given:
      'Jede Zeile liest sich: von den Plakaten, die dieses Genre bekommen, der Anteil, der auch das der Spalte bekommt. Ein Genre, das nie vergeben wird, hat eine leere Zeile.',
    confusion:
      'Jede Zeile liest sich: von den Plakaten, die dieses Genre wirklich haben, der Anteil, bei dem es verpasst und das der Spalte falsch vergeben wurde.',
  },
  hundredths: 'Anteile in Hundertsteln; eine Zelle ohne Zahl liegt unter einem halben.',
  largest: (pairs) =>
    pairs.length === 0
      ? 'Alle sind null.'
      : `Die größten: ${pairs.map(({ row, column, share }) => `${row} mit ${column} ${f.percent(share, 0)}`).join(', ')}.`,
  conclusion: {
    nothing: 'Ohne Maße an Testplakaten lässt sich nichts schließen.',
    ahead: (value, floor) =>
      `Die Plakate verraten etwas: Die mittlere Mikro-Precision des Modells von ${f.decimal(value)} liegt um mehr über dem, was die Häufigkeiten der Genres allein geben (${f.decimal(floor)}), als die Wahl der Testplakate erklärt.`,
    level: (value, floor) =>
      `Diese Zahlen zeigen nicht, dass das Modell etwas von Plakaten abliest: Seine mittlere Mikro-Precision von ${f.decimal(value)} ist von ${f.decimal(floor)}, das die Häufigkeiten der Genres allein geben, nicht zu unterscheiden.`,
    strongest: (genres) => `Am besten erkannt, nach mittlerer Precision gegen Zufall: ${f.listed(genres)}.`,
    atChance: (genres) => `Auf diesen Plakaten vom Zufall nicht zu unterscheiden: ${f.listed(genres, 20)}.`,
    allAboveChance: 'Jedes Genre liegt um mehr als sein Intervall über dem Zufall.',
    overfitting:
      'Das Training ging weiter, als es schon begonnen hatte, seine Plakate auswendig zu lernen; die behaltenen Gewichte sind von davor.',
    underfitting:
      'Die Verluste blieben nahe an dem, was Häufigkeiten allein geben: Das Netz hat kaum etwas gelernt.',
    unfinished: 'Das Training wurde nicht beendet; dies sind also Zahlen eines Zwischenstands.',
    calibration: (error) =>
      `Seine Wahrscheinlichkeiten liegen im Mittel um ${f.decimal(error)} daneben (erwarteter Kalibrierfehler).`,
    limits: (posters) =>
      `Was diese Zahlen nicht sagen: Die ${f.count(posters, 'Testplakat stammt', 'Testplakate stammen')} aus derselben Quelle wie die Trainingsplakate; Plakate einer anderen Zeit oder eines anderen Landes werden also vielleicht schlechter erkannt. Und dies ist ein Lauf mit einem Startwert; andere wichen um ein eigenes Rauschen ab (\`onesheet report\` vergleicht Läufe).`,
  },
});

export const resultsWords = { en, de };
