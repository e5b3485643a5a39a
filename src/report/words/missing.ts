/** @module A language's figures -> the sentences on what a report lacks; the reasons after a colon are errors' own words. */
import type { Figures } from '../format.ts';

const en = (f: Figures) => ({
  curves: 'The curves cannot be shown',
  noCurves: 'There are no curves: history.csv holds no epoch.',
  times: 'The times cannot be shown',
  machine: 'The machine cannot be named',
  model: 'The model cannot be shown',
  network: 'The network cannot be drawn',
  split: 'The split cannot be shown',
  posters: 'The posters cannot be shown',
  validation: 'The validation predictions cannot be shown',
  noTest: 'There is no test poster: neither measures nor a gallery of test posters can be shown.',
  unreadable: (failed: number, all: number, reason: string) =>
    `${f.count(failed, 'test poster')} of ${f.whole(all)} cannot be read, the first for this reason: ${reason}`,
  nothingKnown: 'Nothing is known of the genres of any test poster: there is nothing to measure.',
  measuresMade: 'The measures were made for this report',
  measures: 'The measures cannot be shown',
  gone: (gone: number, all: number, data: string) =>
    `${f.count(gone, 'poster')} of ${f.whole(all)} in the split can no longer be found in ${data}; what is shown of posters is of the others.`,
  changed: (data: string) =>
    `The data ${data} are not those of the training any more: posters or genres differ.`,
});

const de = (f: Figures): ReturnType<typeof en> => ({
  curves: 'Die Kurven können nicht gezeigt werden',
  noCurves: 'Es gibt keine Kurven: history.csv enthält keine Epoche.',
  times: 'Die Zeiten können nicht gezeigt werden',
  machine: 'Der Rechner kann nicht genannt werden',
  model: 'Das Modell kann nicht gezeigt werden',
  network: 'Das Netz kann nicht gezeichnet werden',
  split: 'Die Aufteilung kann nicht gezeigt werden',
  posters: 'Die Plakate können nicht gezeigt werden',
  validation: 'Die Vorhersagen der Validierung können nicht gezeigt werden',
  noTest: 'Es gibt kein Testplakat: Weder Maße noch Testplakate können gezeigt werden.',
  unreadable: (failed, all, reason) =>
    `${f.count(failed, 'Testplakat', 'Testplakate')} von ${f.whole(all)} nicht lesbar, das erste aus diesem Grund: ${reason}`,
  nothingKnown: 'Von keinem Testplakat ist ein Genre bekannt: Es gibt nichts zu messen.',
  measuresMade: 'Die Maße wurden für diesen Bericht gemessen',
  measures: 'Die Maße können nicht gezeigt werden',
  gone: (gone, all, data) =>
    `${f.count(gone, 'Plakat', 'Plakate')} von ${f.whole(all)} der Aufteilung in ${data} nicht mehr zu finden; was von Plakaten gezeigt wird, ist von den anderen.`,
  changed: (data) => `Die Daten ${data} sind nicht mehr die des Trainings: Plakate oder Genres sind andere.`,
});

export const missingWords = { en, de };
