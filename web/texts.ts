/** @module Every English text of the page, in one place. */
import type { PolicyRequest } from '../src/evaluate/browser.ts';
import type { Backend } from './private/messages.ts';

const percentFormat = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });
const numberFormat = new Intl.NumberFormat('en');
const listFormat = new Intl.ListFormat('en', { type: 'conjunction' });

function percent(share: number): string {
  return percentFormat.format(share);
}

function posters(count: number): string {
  return count === 1 ? '1 poster' : `${numberFormat.format(count)} posters`;
}

export const texts = {
  title: 'onesheet: the genres of a film poster',
  description: 'Drop a film poster: see which genres it promises, how sure that is, and where it shows.',
  noScript: 'This page reads posters with a program that runs in your browser: please allow JavaScript.',
  name: 'onesheet',
  headline: 'What does this poster promise?',
  lead: 'Drop a film’s one-sheet. You see the genres that it speaks of, how sure that is, and the part of the picture that says so.',

  mode: {
    legend: 'Where posters are read',
    private: 'In this browser',
    service: 'By the service',
    privateNote: 'Private: the model runs in this browser, and your posters never leave this computer.',
    staticNote:
      'There is no service behind this page, so private mode is the only mode: the model runs in this browser, and your posters never leave this computer.',
    lockedNote:
      'The service behind this page asks for a token, which a page does not have. In private mode the model runs in this browser, and your posters never leave this computer.',
    serviceNote: 'Posters are sent to the service that served this page and read there.',
    loading: (done: number, total: number) => `Fetching the model: ${percent(done / total)}`,
    starting: 'Starting the model',
    ready: (backend: Backend) =>
      backend === 'webgpu' ? 'Model ready, on the graphics processor' : 'Model ready',
  },

  intake: {
    label: 'Add posters',
    drop: 'Drop posters here',
    dropNow: 'Let go',
    passedOver: (words: string) => `Passed over: ${words}.`,
    paste: 'or paste one',
    choose: 'Choose posters',
    camera: 'Take a picture',
    address: 'Address of a poster',
    addressExample: 'https://example.com/poster.jpg',
    fetch: 'Fetch',
    pasted: 'pasted poster',
    photograph: 'photograph',
  },

  camera: {
    title: 'Hold the poster upright and fill the frame',
    take: 'Take the picture',
    cancel: 'Cancel',
    refused: 'The camera cannot be used: it is missing, in use, or was not allowed.',
  },

  sheet: {
    label: 'Contact sheet',
    frame: 'Frame',
    named: (name: string) => `, ${name}: `,
    waiting: 'waiting',
    working: 'being read',
    notRead: 'not read',
    because: (message: string) => `. ${message}`,
    nothing: 'no genre',
    progress: (done: number, total: number) => `${numberFormat.format(done)} of ${posters(total)}`,
    clear: 'Clear the sheet',
  },

  detail: {
    label: (name: string) => `Genres of ${name}`,
    poster: (name: string) => `Poster: ${name}`,
    noPicture: 'The service fetched this poster; the page has no picture of it.',
    noPreview: 'This browser cannot show the picture.',
    waiting: 'Waiting for its turn',
    working: 'Reading the poster',
    failed: 'This poster could not be read',
    undecided: 'No genre is sure enough',
    genres: 'Genres, the likeliest first',
    hint: 'Choose a genre to see where on the poster it shows.',
    hintNoPicture: 'Where a genre shows cannot be drawn without the picture.',
    remove: 'Remove',
  },

  genre: {
    value: percent,
    rest: (line: number | undefined, given: boolean) =>
      `${line === undefined ? '' : `, line at ${percent(line)}`}, ${given ? 'given' : 'not given'}`,
    top: (k: number) => (k === 1 ? 'the likeliest is given' : `the ${k} likeliest are given`),
    fallback: (label: string) =>
      `No genre reaches its line. ${label} is given since this policy always names the likeliest.`,
  },

  policy: {
    legend: 'How genres are decided',
    name: (request: PolicyRequest): string => {
      switch (request.kind) {
        case 'top':
          return `Top ${request.k}`;
        case 'f1':
          return 'Best F1';
        case 'balanced':
          return 'Balanced';
        case 'precision':
          return `Precision ${percent(request.value)}`;
        case 'recall':
          return `Recall ${percent(request.value)}`;
      }
    },
    explanation: (request: PolicyRequest): string => {
      switch (request.kind) {
        case 'top':
          return `The ${request.k} likeliest genres of every poster.`;
        case 'f1':
          return 'Weighs missed and wrong genres alike, genre by genre and over all of them.';
        case 'balanced':
          return 'Each genre is given about as often as it is true.';
        case 'precision':
          return `Only genres of which about ${percent(request.value)} are right; else nothing.`;
        case 'recall':
          return `So generous that about ${percent(request.value)} of a poster’s genres are among those given.`;
      }
    },
  },

  map: {
    working: (genre: string, share: number) =>
      `Covering parts of the poster to see what ${genre} rests on: ${percent(share)}`,
    asking: (genre: string) => `Asking the service where ${genre} shows`,
    shown: (genre: string) => `Where ${genre} shows`,
    nothing: (genre: string) => `Nothing on this poster speaks for ${genre}.`,
    scaleFrom: 'nothing',
    scaleTo: 'most',
    picture: (genre: string, name: string) => `Where ${genre} shows on ${name}`,
    cancel: 'Cancel',
    hide: 'Hide the map',
  },

  download: {
    label: 'Download the results',
    csv: 'CSV',
    json: 'JSON',
    file: 'onesheet-genres',
  },

  credits: {
    model: (id: string) => `Model ${id}`,
    genres: (count: number) => `${count} genres`,
    training: (count: number) => `learned from ${posters(count)}`,
    where: (mode: 'private' | 'service') =>
      mode === 'private' ? 'read in this browser' : 'read by the service',
    caution: 'A poster is a promise, not the film: look before you catalogue.',
  },

  announce: {
    added: (count: number) => `${posters(count)} added.`,
    read: (name: string, genres: readonly string[]) =>
      `${name}: ${genres.length === 0 ? 'no genre is sure enough' : listFormat.format(genres)}.`,
    failed: (name: string, message: string) => `${name} could not be read. ${message}`,
    finished: (done: number, failed: number) =>
      failed === 0
        ? `${posters(done)} read.`
        : `${posters(done)} read, ${numberFormat.format(failed)} failed.`,
    policy: (name: string, genres: readonly string[]) =>
      `${name}: ${genres.length === 0 ? 'no genre is given' : listFormat.format(genres)}.`,
    cleared: 'The sheet is empty.',
  },

  errors: {
    noBrowserModel: 'Private mode cannot start: the model is missing from this page’s folder.',
    privateFailed: (reason: string) => `Private mode could not start or went wrong: ${reason}.`,
    worker: 'its program could not be loaded',
    noPicture: 'In private mode the browser fetches posters itself.',
    unreachable: 'The service does not answer. Try again, or read the poster in this browser.',
    strangeAnswer: 'The service gave an answer that this page does not understand.',
    status: (status: number) => `The service refused the poster (HTTP ${status}).`,
    address: (text: string) =>
      `Expected an address that begins with http:// or https:// but received ${text}.`,
    fetchRefused: (host: string) =>
      `${host} or this page does not allow other pages to fetch its pictures, or it does not answer. Save the poster and drop the file instead.`,
    fetchStatus: (host: string, status: number) => `${host} refused to give the poster (HTTP ${status}).`,
    nothingToRead: 'There was no picture in what you dropped or pasted.',
  },
} as const;
