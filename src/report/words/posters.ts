/** @module A language's figures -> the sentences on galleries of posters and on the errors worth reading. */
import { see } from '../document.ts';
import type { Figures } from '../format.ts';
import { cite } from '../sources.ts';

const en = (f: Figures) => ({
  nothing: 'There are no predictions to show posters of.',
  subset: { test: 'Test posters', validation: 'Validation posters' },
  examples: (posters: string, partly: boolean, maps: boolean) =>
    `${see('examples')} has ${posters} with their true genres, what the model gives (✓ true, ✗ not${partly ? ', ? unknown' : ''}) and, in brackets, the likeliest of what it does not give.${
      maps
        ? ' Beside each is where on it the genre that is named last comes from: bright places speak for it, and the line surrounds what has at least half of the strongest value. Where nothing is bright, nothing speaks for the genre.'
        : ''
    }`,
  words:
    'Below stand the words that are heard of the poster and say most of a genre, with what each would add to its logit: above 0 it speaks for the genre, below 0 against it. The probabilities are those of the picture alone.',
  chosen: { test: 'test posters', validation: 'validation posters' },
  examplesTitle: 'Posters with true and predicted genres',
  examplesCaption: 'Those of the first group are drawn by chance, those of the others by their log loss.',
  random: 'Drawn by chance',
  best: 'Lowest log loss',
  median: 'Median log loss',
  worst: 'Highest log loss',
  logLoss: (value: number) => `log loss ${f.decimal(value, 2)}`,
  notShown: (posters: number, genres: readonly string[]) =>
    `Not shown: ${f.count(posters, 'poster')} with only genres that were not learned (${genres.join(', ')}), on which no answer could be right.`,
  withoutPicture: (places: number) =>
    `${f.count(places, 'place')} of the galleries show no picture: it cannot be read any more, or the file would have grown too large.`,
  mapsMissing: (reason: string) => `Some attribution maps are missing: ${reason}`,
  byGenre: `${see('by-genre')} has for each genre the posters on which the model is most confidently right, most confidently wrong, and those that it missed.`,
  byGenreTitle: 'Right, wrong and missed posters of each genre',
  byGenreCaption: 'The most frequent genre first.',
  note: (kind: 'true' | 'not' | 'missed', genre: string, probability: number) =>
    `${{ true: 'true', not: 'not true', missed: 'true, missed' }[kind]}, ${genre} ${f.percent(probability, 0)}`,
  noErrors: 'There are no predictions to look for errors in.',
  losses: `${see('losses')} has the posters on which the model errs most.`,
  lossesCaption: (posters: string) => `The ${posters} with the highest log loss.`,
  lossesColumns: ['poster', 'true genres', 'likeliest by the model', 'log loss'],
  doubtsHeading: 'Labels that are probably missing or wrong',
  contradictedHeading: 'Where the model contradicts the labels',
  confident: `By confident learning ${cite('confident')}, one genre at a time, a label is doubted when the model's probability of its opposite reaches what it is on average for posters labelled so.`,
  doubted: (doubted: number, labels: number) =>
    `${f.count(doubted, 'label')} of ${f.whole(labels)} (${f.percent(doubted / labels)}) are doubted. A model that errs also doubts right labels, so this is a list to look at and no proof.`,
  nearFloor: (doubted: number, labels: number) =>
    `The model contradicts ${f.percent(doubted / labels, 0)} of the labels (${f.whole(doubted)} of ${f.whole(labels)}). That is a statement about the model, not about the labels: it lies too near to answers that look at no picture to find wrong labels by it, so none are listed.`,
  contradicted: (doubted: number, labels: number) =>
    `The model contradicts ${f.percent(doubted / labels, 0)} of the labels (${f.whole(doubted)} of ${f.whole(labels)}). So many say more of the model than of the labels; only those that it contradicts most confidently are listed, to be looked at.`,
  judged: (sources: readonly string[], choseEpoch: boolean, canJudgeTraining: boolean) =>
    `Judged are ${f.listed(sources)}, none of which trained the weights that judge it.${
      choseEpoch ? ' The validation posters did choose the epoch, the calibration and the thresholds.' : ''
    }${
      canJudgeTraining
        ? ' Labels of training posters can be judged too: `onesheet cross-validate`, then `onesheet evaluate --out-of-fold`.'
        : ''
    }`,
  outOfFold: (posters: number) => `${f.count(posters, 'poster')} by cross-validation`,
  doubtTables: { missing: see('doubted-missing'), wrong: see('doubted-wrong') },
  seeDoubts: (tables: readonly string[]) => `They are in ${f.listed(tables)}.`,
  doubtCaption: {
    missing: (rows: number) => `Genres that may be missing, the ${rows} most doubtful.`,
    wrong: (rows: number) => `Genres that may be wrong, the ${rows} most doubtful.`,
  },
  doubtColumns: {
    missing: ['poster', 'labelled', 'may be missing', "model's probability"],
    wrong: ['poster', 'labelled', 'may be wrong', "model's probability"],
  },
  countsSeen: `${see('doubt-counts')} counts them by genre.`,
  countsCaption: 'Doubted labels of each genre.',
  countsColumns: ['genre', 'posters without it', 'of them doubted', 'posters with it', 'of them doubted'],
});

const de = (f: Figures): ReturnType<typeof en> => ({
  nothing: 'Es gibt keine Vorhersagen, von denen Plakate zu zeigen wären.',
  subset: { test: 'Testplakate', validation: 'Validierungsplakate' },
  examples: (posters, partly, maps) =>
    `${see('examples')} zeigt ${posters} mit ihren wahren Genres, dem, was das Modell vergibt (✓ wahr, ✗ nicht${partly ? ', ? unbekannt' : ''}), und in Klammern dem Wahrscheinlichsten, das es nicht vergibt.${
      maps
        ? ' Neben jedem steht, woher auf ihm das zuletzt genannte Genre kommt: Helle Stellen sprechen dafür, und die Linie umschließt, was mindestens die Hälfte des stärksten Werts hat. Wo nichts hell ist, spricht nichts für das Genre.'
        : ''
    }`,
  words:
    'Darunter stehen die Wörter, die zum Plakat gehört werden und am meisten von einem Genre sagen, mit dem, was jedes zu dessen Logit beitrüge: Über 0 spricht es für das Genre, unter 0 dagegen. Die Wahrscheinlichkeiten sind die des Bildes allein.',
  chosen: { test: 'Testplakate', validation: 'Validierungsplakate' },
  examplesTitle: 'Plakate mit wahren und vorhergesagten Genres',
  examplesCaption:
    'Die der ersten Gruppe sind zufällig gezogen, die der anderen nach ihrem logarithmischen Verlust gewählt.',
  random: 'Zufällig gezogen',
  best: 'Kleinster logarithmischer Verlust',
  median: 'Mittlerer logarithmischer Verlust',
  worst: 'Größter logarithmischer Verlust',
  logLoss: (value) => `Verlust ${f.decimal(value, 2)}`,
  notShown: (posters, genres) =>
    `Nicht gezeigt: ${f.count(posters, 'Plakat', 'Plakate')} mit ausschließlich Genres, die nicht gelernt wurden (${genres.join(', ')}); darauf könnte keine Antwort richtig sein.`,
  withoutPicture: (places) =>
    `${f.count(places, 'Platz zeigt', 'Plätze zeigen')} kein Bild: Es kann nicht mehr gelesen werden, oder die Datei wäre zu groß geworden.`,
  mapsMissing: (reason) => `Einige Karten fehlen: ${reason}`,
  byGenre: `${see('by-genre')} zeigt für jedes Genre die Plakate, bei denen das Modell am sichersten richtig und am sichersten falsch liegt, und die, bei denen es das Genre verpasst hat.`,
  byGenreTitle: 'Richtige, falsche und verpasste Plakate jedes Genres',
  byGenreCaption: 'Das häufigste Genre zuerst.',
  note: (kind, genre, probability) =>
    `${{ true: 'wahr', not: 'nicht wahr', missed: 'wahr, verpasst' }[kind]}, ${genre} ${f.percent(probability, 0)}`,
  noErrors: 'Es gibt keine Vorhersagen, in denen Fehler zu suchen wären.',
  losses: `${see('losses')} enthält die Plakate, bei denen das Modell am meisten irrt.`,
  lossesCaption: (posters) => `Die ${posters} mit dem größten logarithmischen Verlust.`,
  lossesColumns: ['Plakat', 'wahre Genres', 'laut Modell am wahrscheinlichsten', 'Verlust'],
  doubtsHeading: 'Label, die wahrscheinlich fehlen oder falsch sind',
  contradictedHeading: 'Wo das Modell den Labeln widerspricht',
  confident: `Nach Confident Learning ${cite('confident')}, Genre für Genre, ist ein Label zweifelhaft, wenn das Modell sein Gegenteil für so wahrscheinlich hält wie im Mittel bei Plakaten mit diesem Gegenteil.`,
  doubted: (doubted, labels) =>
    `${f.count(doubted, 'Label ist', 'Label sind')} von ${f.whole(labels)} zweifelhaft (${f.percent(doubted / labels)}). Ein Modell, das irrt, zweifelt auch an richtigen Labeln; die Liste ist also zum Nachsehen und kein Beweis.`,
  nearFloor: (doubted, labels) =>
    `Das Modell widerspricht ${f.percent(doubted / labels, 0)} der Label (${f.whole(doubted)} von ${f.whole(labels)}). Das ist eine Aussage über das Modell, nicht über die Label: Es liegt zu nahe an Antworten, die kein Bild ansehen, um falsche Label zu finden; daher sind keine aufgeführt.`,
  contradicted: (doubted, labels) =>
    `Das Modell widerspricht ${f.percent(doubted / labels, 0)} der Label (${f.whole(doubted)} von ${f.whole(labels)}). So viele sagen mehr über das Modell als über die Label; aufgeführt sind nur die, denen es am sichersten widerspricht, zum Nachsehen.`,
  judged: (sources, choseEpoch, canJudgeTraining) =>
    `Beurteilt sind ${f.listed(sources)}; keines davon hat die Gewichte trainiert, die es beurteilen.${
      choseEpoch
        ? ' Die Validierungsplakate haben allerdings Epoche, Kalibrierung und Schwellen bestimmt.'
        : ''
    }${
      canJudgeTraining
        ? ' Auch Label von Trainingsplakaten lassen sich beurteilen: `onesheet cross-validate`, dann `onesheet evaluate --out-of-fold`.'
        : ''
    }`,
  outOfFold: (posters) => `${f.count(posters, 'Plakat', 'Plakate')} durch Kreuzvalidierung`,
  doubtTables: { missing: see('doubted-missing'), wrong: see('doubted-wrong') },
  seeDoubts: (tables) => `Sie stehen in ${f.listed(tables)}.`,
  doubtCaption: {
    missing: (rows) => `Genres, die fehlen könnten, die ${rows} zweifelhaftesten Fälle.`,
    wrong: (rows) => `Genres, die falsch sein könnten, die ${rows} zweifelhaftesten Fälle.`,
  },
  doubtColumns: {
    missing: ['Plakat', 'Label', 'fehlt vielleicht', 'Wahrscheinlichkeit laut Modell'],
    wrong: ['Plakat', 'Label', 'vielleicht falsch', 'Wahrscheinlichkeit laut Modell'],
  },
  countsSeen: `${see('doubt-counts')} zählt sie nach Genre.`,
  countsCaption: 'Zweifelhafte Label jedes Genres.',
  countsColumns: ['Genre', 'Plakate ohne es', 'davon zweifelhaft', 'Plakate mit ihm', 'davon zweifelhaft'],
});

export const posterWords = { en, de };
