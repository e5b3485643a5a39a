/** @module A language's figures -> the sentences on the question, on the data and on how to repeat a run. */
import { see } from '../document.ts';
import type { Figures } from '../format.ts';

const en = (f: Figures) => ({
  question: (genres: number) =>
    `Can a film's genres be told from its poster alone? A film often has several genres, so this is multi-label classification: for each of ${genres} genres a network gives the probability that the film has it. A poster was made to show what kind of film it sells, but it need not tell; and many films are dramas, so that an answer which looks at no poster is often right. The question is therefore how much better a network does than such an answer, genre by genre.`,
  noMeasures: (recipe: string, seed: number) =>
    `${recipe}, seed ${seed}: no measures on test posters; what is missing is said under Data.`,
  summary: (a: {
    posters: number;
    value: number | null;
    confidence: number;
    interval: readonly [number | null, number | null];
    floor: number | null;
    top: number | null;
    topFloor: number | null;
  }) =>
    `On ${f.count(a.posters, 'test poster')} the model reaches a micro average precision of ${f.decimal(a.value)} (${f.percent(a.confidence, 0)} interval ${f.interval(a.interval)}); knowing only how frequent each genre is gives ${f.decimal(a.floor)}. Its likeliest genre is right on ${f.percent(a.top)} of the posters, where always naming the most frequent gives ${f.percent(a.topFloor)}.`,
  source: (names: string, posters: string, unlabelled: string) =>
    `The data are \`${names}\`: ${posters} posters with a genre and an image, ${unlabelled} without a genre, which are left out.`,
  gone: (names: string) => `The data are \`${names}\`; they can no longer be read.`,
  learned: (genres: readonly string[]) =>
    `${f.count(genres.length, 'genre')} ${genres.length === 1 ? 'is' : 'are'} learned, here with the share of training posters that ${genres.length === 1 ? 'has it' : 'have them'}: ${f.listed(genres, 60)}.`,
  dropped: (genres: readonly string[], least: number) =>
    `Not learned, since fewer than ${least} posters have them: ${f.listed(genres, 60)}.`,
  noGenres: (words: readonly string[]) =>
    `${f.listed(words, 20)} ${words.length === 1 ? 'says' : 'say'} that a genre is missing and ${words.length === 1 ? 'is' : 'are'} no genre.`,
  without: (posters: number) =>
    `${f.count(posters, 'poster')} ${posters === 1 ? 'has' : 'have'} only genres that are not learned; ${posters === 1 ? 'it stays' : 'they stay'} among the posters as ${posters === 1 ? 'one' : 'ones'} to which none of the learned genres applies.`,
  split: (training: string, validation: string, test: string) =>
    `The split keeps near-duplicates together: ${training} posters for training, ${validation} for validation, ${test} for testing.`,
  unknownPairs: (pairs: number, genres: string) =>
    `Of ${f.count(pairs, 'poster-genre pair')} nothing is known, and training leaves them out: ${genres}.`,
  audit: `What the table and the names of files hold is counted in ${see('audit')}; \`onesheet data check\` reads every image too.`,
  auditCaption: 'Audit of the data.',
  auditColumns: ['found', 'number'],
  auditRows: {
    labelled: 'posters with a genre and an image',
    unlabelled: 'posters without a genre, left out',
    rowsWithoutImage: 'rows whose image is not there',
    imagesWithoutRow: 'images that no row names',
    repeatedIds: 'ids on several rows',
    disagreeing: 'ids on rows that disagree',
    withoutKeptGenre: 'posters left with none of the learned genres',
  },
  facts: `${see('run')} identifies the run.`,
  factsCaption: 'The run.',
  factsColumns: ['fact', 'value'],
  factRows: {
    recipe: 'recipe',
    data: 'data',
    split: 'split',
    epochs: 'epochs',
    model: 'model',
    dataHash: 'hash of the data',
    splitHash: 'hash of the split',
    written: 'written by',
  },
  recipe: (name: string, seed: number) => `${name}, seed ${seed}`,
  sizes: (training: string, validation: string, test: string, seed: number) =>
    `${training} training, ${validation} validation, ${test} test posters (split seed ${seed})`,
  epochs: (done: number, most: number, duration: string) =>
    `${done} of ${most} at most${duration === '' ? '' : `, ${duration} in all`}`,
  model: (id: string, size: string, epoch: number) => `${id}, ${size} MiB, weights of epoch ${epoch}`,
  written: (version: string, threads: number, device: string) =>
    `onesheet ${version}, ${f.count(threads, 'thread')}, device ${device}`,
  repeat:
    'Save the recipe as recipe.json; the same data, split, seed, number of threads and device give the same model.',
  genreNames: 'genre-names.json:',
});

const de = (f: Figures): ReturnType<typeof en> => ({
  question: (genres) =>
    `Lassen sich die Genres eines Films allein von seinem Plakat ablesen? Ein Film hat oft mehrere Genres; es geht also um Klassifikation mit mehreren Labeln: Für jedes von ${genres} Genres gibt ein Netz die Wahrscheinlichkeit an, dass der Film es hat. Ein Plakat soll zeigen, welche Art Film es verkauft, aber es muss es nicht verraten; und viele Filme sind Dramen, sodass eine Antwort, die kein Plakat ansieht, oft richtig ist. Die Frage ist daher, um wie viel besser ein Netz ist als eine solche Antwort, Genre für Genre.`,
  noMeasures: (recipe, seed) =>
    `${recipe}, Startwert ${seed}: keine Maße an Testplakaten; was fehlt, steht unter Daten.`,
  summary: (a) =>
    `Auf ${f.count(a.posters, 'Testplakat', 'Testplakaten')} erreicht das Modell eine mittlere Mikro-Precision von ${f.decimal(a.value)} (${f.percent(a.confidence, 0)}-Intervall ${f.interval(a.interval)}); nur die Häufigkeit jedes Genres zu kennen gibt ${f.decimal(a.floor)}. Sein wahrscheinlichstes Genre stimmt auf ${f.percent(a.top)} der Plakate, wo stets das häufigste zu nennen ${f.percent(a.topFloor)} gibt.`,
  source: (names, posters, unlabelled) =>
    `Die Daten sind \`${names}\`: ${posters} Plakate mit Genre und Bild; ${unlabelled} ohne Genre bleiben weg.`,
  gone: (names) => `Die Daten sind \`${names}\`; sie können nicht mehr gelesen werden.`,
  learned: (genres) =>
    `${f.count(genres.length, 'Genre wird', 'Genres werden')} gelernt, hier mit dem Anteil der Trainingsplakate, die es haben: ${f.listed(genres, 60)}.`,
  dropped: (genres, least) =>
    `Nicht gelernt, weil weniger als ${least} Plakate sie haben: ${f.listed(genres, 60)}.`,
  noGenres: (words) =>
    `${f.listed(words, 20)} ${words.length === 1 ? 'sagt' : 'sagen'}, dass ein Genre fehlt, und ${words.length === 1 ? 'ist' : 'sind'} keines.`,
  without: (posters) =>
    `${f.count(posters, 'Plakat hat', 'Plakate haben')} nur Genres, die nicht gelernt werden; ${posters === 1 ? 'es bleibt' : 'sie bleiben'} dabei als ${posters === 1 ? 'eines, für das' : 'solche, für die'} keines der gelernten zutrifft.`,
  split: (training, validation, test) =>
    `Die Aufteilung hält fast gleiche Plakate zusammen: ${training} zum Trainieren, ${validation} zum Validieren, ${test} zum Testen.`,
  unknownPairs: (pairs, genres) =>
    `Von ${f.count(pairs, 'Paar', 'Paaren')} aus Plakat und Genre ist nichts bekannt; das Training lässt sie aus: ${genres}.`,
  audit: `Was die Tabelle und die Namen der Dateien enthalten, ist in ${see('audit')} gezählt; \`onesheet data check\` liest auch jedes Bild.`,
  auditCaption: 'Prüfung der Daten.',
  auditColumns: ['gefunden', 'Zahl'],
  auditRows: {
    labelled: 'Plakate mit Genre und Bild',
    unlabelled: 'Plakate ohne Genre, weggelassen',
    rowsWithoutImage: 'Zeilen, deren Bild fehlt',
    imagesWithoutRow: 'Bilder, die keine Zeile nennt',
    repeatedIds: 'Kennungen auf mehreren Zeilen',
    disagreeing: 'Kennungen auf Zeilen, die sich widersprechen',
    withoutKeptGenre: 'Plakate ohne ein gelerntes Genre',
  },
  facts: `${see('run')} sagt, welcher Lauf es ist.`,
  factsCaption: 'Der Lauf.',
  factsColumns: ['was', 'Wert'],
  factRows: {
    recipe: 'Rezept',
    data: 'Daten',
    split: 'Aufteilung',
    epochs: 'Epochen',
    model: 'Modell',
    dataHash: 'Hash der Daten',
    splitHash: 'Hash der Aufteilung',
    written: 'geschrieben von',
  },
  recipe: (name, seed) => `${name}, Startwert ${seed}`,
  sizes: (training, validation, test, seed) =>
    `${training} Trainings-, ${validation} Validierungs-, ${test} Testplakate (Startwert der Aufteilung: ${seed})`,
  epochs: (done, most, duration) =>
    `${done} von höchstens ${most}${duration === '' ? '' : `, zusammen ${duration}`}`,
  model: (id, size, epoch) => `${id}, ${size} MiB, Gewichte der Epoche ${epoch}`,
  written: (version, threads, device) =>
    `onesheet ${version}, ${f.count(threads, 'Thread', 'Threads')}, Gerät ${device}`,
  repeat:
    'Das Rezept als recipe.json speichern; dieselben Daten, dieselbe Aufteilung, derselbe Startwert, dieselbe Zahl an Threads und dasselbe Gerät geben dasselbe Modell.',
  genreNames: 'genre-names.json:',
});

export const dataWords = { en, de };
