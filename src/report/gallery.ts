/** @module Scored posters -> the ones worth looking at, with thumbnails and attribution maps. */
import type { Poster } from '../dataset/index.ts';
import { OnesheetError } from '../errors.ts';
import { decodeImage, encodeImage, preparePixels, resizeRule } from '../image/index.ts';
import type { SpokenWord } from '../predict/index.ts';
import { Random } from '../random.ts';
import type { Card } from './document.ts';
import type { ScoredPosters } from './scored.ts';
import type { Tongue } from './words/tongue.ts';

/** Draws where in a poster a genre comes from; PNG or WebP bytes. */
export type Attribute = (poster: Poster, genre: string) => Promise<Uint8Array>;

/** What each word of a poster would add to a genre's logit, the strongest first; `probabilities` are the picture's. */
export type Spoken = (
  poster: Poster,
  genre: string,
  probabilities: readonly number[],
) => Promise<readonly Pick<SpokenWord, 'text' | 'logit'>[]>;

/** Words that are shown of a poster. */
const mostWords = 5;

/** A poster of the gallery before it has a picture. */
export interface Exhibit {
  /** Row of the scored posters. */
  readonly row: number;
  /** The genre that its attribution map is for. */
  readonly genre: string;
  /** Whether it has no map: where a genre was missed, little speaks for it. */
  readonly isBare?: boolean;
  readonly note: string;
}

export interface Exhibition {
  readonly title: string;
  readonly exhibits: readonly Exhibit[];
}

/** Rows by rising loss, equal ones in their order; without those of which nothing is known, or nothing could be right. */
function byLoss({ losses, unlearned }: ScoredPosters): number[] {
  return [...losses.keys()]
    .filter((row) => !Number.isNaN(losses[row]) && !unlearned.has(row))
    .sort((a, b) => losses[a]! - losses[b]! || a - b);
}

function likeliest({ genres, posters }: ScoredPosters, row: number): string {
  const { probabilities } = posters[row]!;
  return genres[probabilities.indexOf(Math.max(...probabilities))]!;
}

/** Posters drawn by chance, the same ones each time; those without a known genre or with only unlearned ones are not. */
function drawnByChance(scored: ScoredPosters, most: number): number[] {
  const rows = byLoss(scored).sort((a, b) => a - b);
  const random = Random.fromSeed(0).split('examples');
  for (let i = rows.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
  return rows.slice(0, most);
}

/**
 * Posters drawn by chance, and those with the lowest, the median and the highest log loss; fewer of each on a small set,
 * none twice among the latter.
 */
export function chooseExamples(
  scored: ScoredPosters,
  sizes: { readonly random: number; readonly each: number; readonly hasMedian: boolean },
  { posters: words }: Tongue,
): Exhibition[] {
  const order = byLoss(scored);
  const size = Math.min(sizes.each, Math.floor(order.length / 3));
  const middle = Math.floor((order.length - size) / 2);
  const exhibit = (row: number): Exhibit => ({
    row,
    genre: likeliest(scored, row),
    note: words.logLoss(scored.losses[row]!),
  });
  const groups: [string, number[]][] = [
    [words.random, drawnByChance(scored, sizes.random)],
    [words.best, order.slice(0, size)],
    [words.median, sizes.hasMedian ? order.slice(middle, middle + size) : []],
    [words.worst, order.slice(order.length - size).reverse()],
  ];
  return groups
    .filter(([, rows]) => rows.length > 0)
    .map(([title, rows]) => ({ title, exhibits: rows.map(exhibit) }));
}

/** Posters of each genre: together they fill a row. */
const shownByGenre = { right: 1, wrong: 2, missed: 2 } as const;

/**
 * Of the posters of which a genre is known, for each genre the likeliest that have it and that have it not, and the least
 * likely that have it; `order` has the genres' columns.
 */
export function chooseByGenre(
  scored: ScoredPosters,
  order: readonly number[],
  { posters: words }: Tongue,
): Exhibition[] {
  const { genres, posters, yTrue, unlearned } = scored;
  return order.map((g) => {
    const genre = genres[g]!;
    const probability = (row: number) => posters[row]!.probabilities[g]!;
    const ranked = [...posters.keys()]
      .filter((row) => yTrue.known?.[row * genres.length + g] !== 0 && !unlearned.has(row))
      .sort((a, b) => probability(b) - probability(a) || a - b);
    const has = (row: number) => yTrue.data[row * genres.length + g] === 1;
    const [with_, without] = [ranked.filter(has), ranked.filter((row) => !has(row))];
    const right = with_.slice(0, shownByGenre.right);
    const missed = with_.slice(Math.max(right.length, with_.length - shownByGenre.missed)).reverse();
    const exhibit = (kind: 'true' | 'not' | 'missed') => (row: number) => ({
      row,
      genre,
      note: words.note(kind, genre, probability(row)),
      isBare: kind === 'missed',
    });
    return {
      title: genre,
      exhibits: [
        ...right.map(exhibit('true')),
        ...without.slice(0, shownByGenre.wrong).map(exhibit('not')),
        ...missed.map(exhibit('missed')),
      ],
    };
  });
}

/** Loads pictures until the budget is spent, so that the report keeps its size; the rest go without. */
export class GalleryPictures {
  readonly #scored: ScoredPosters;
  readonly #attribute: Attribute | undefined;
  readonly #spoken: Spoken | undefined;
  #bytesLeft: number;
  /** Posters without a picture, because it could not be read or the budget was spent. */
  withoutPicture = 0;
  /** The first reason why an attribution map could not be made. */
  mapFailure: string | undefined;
  readonly #thumbnails = new Map<number, string | undefined>();

  /** @param bytes of data URLs that the gallery may take */
  constructor(
    scored: ScoredPosters,
    attribute: Attribute | undefined,
    spoken: Spoken | undefined,
    bytes: number,
  ) {
    this.#scored = scored;
    this.#attribute = attribute;
    this.#spoken = spoken;
    this.#bytesLeft = bytes;
  }

  async cards({ exhibits }: Exhibition): Promise<Card[]> {
    const cards: Card[] = [];
    for (const exhibit of exhibits) cards.push(await this.#card(exhibit));
    return cards;
  }

  async #card({ row, genre, note, isBare = false }: Exhibit): Promise<Card> {
    const { genres, posters, yPred } = this.#scored;
    const { id, poster, genres: truth, known, probabilities } = posters[row]!;
    const unlearned = poster?.genres?.filter((genre) => !genres.includes(genre)) ?? [];
    const all = genres.map((label, g) => ({
      label,
      probability: probabilities[g]!,
      decided: yPred.data[row * genres.length + g] === 1,
      isKnown: known?.includes(label) ?? true,
    }));
    const ranked = all.sort((a, b) => Number(b.decided) - Number(a.decided) || b.probability - a.probability);
    const predicted = ranked.filter(({ decided }, i) => decided || i < 2).slice(0, 5);
    const image = await this.#thumbnail(row, poster);
    if (image === undefined) this.withoutPicture += 1;
    const map =
      image === undefined || poster === undefined || isBare ? undefined : await this.#map(poster, genre);
    const words = poster && (await this.#words(poster, genre, probabilities));
    return { id, image, map, words, truth, unlearned, predicted, note };
  }

  async #thumbnail(row: number, poster: Poster | undefined): Promise<string | undefined> {
    if (poster === undefined || this.#bytesLeft <= 0) return undefined;
    if (!this.#thumbnails.has(row)) this.#thumbnails.set(row, await thumbnailOf(poster));
    return this.#spend(this.#thumbnails.get(row));
  }

  async #map(poster: Poster, genre: string): Promise<Card['map']> {
    if (this.#attribute === undefined || this.#bytesLeft <= 0) return undefined;
    try {
      const image = this.#spend(dataUrl(await this.#attribute(poster, genre)));
      return image === undefined ? undefined : { image, genre };
    } catch (error) {
      if (!(error instanceof OnesheetError)) throw error;
      this.mapFailure ??= error.message;
      return undefined;
    }
  }

  /** None of a poster that cannot be decoded, which has no picture either. */
  async #words(poster: Poster, genre: string, probabilities: readonly number[]): Promise<Card['words']> {
    try {
      const spoken = await this.#spoken?.(poster, genre, probabilities);
      return spoken && { genre, spoken: spoken.slice(0, mostWords) };
    } catch (error) {
      if (!(error instanceof OnesheetError)) throw error;
      return undefined;
    }
  }

  #spend(url: string | undefined): string | undefined {
    if (url === undefined || url.length > this.#bytesLeft) return undefined;
    this.#bytesLeft -= url.length;
    return url;
  }
}

/** Thumbnails keep the poster's proportions within this. */
const largestThumbnail = { width: 120, height: 180 };

async function thumbnailOf({ source }: Poster): Promise<string | undefined> {
  try {
    const poster = await decodeImage(source);
    const { width: most, height: tallest } = largestThumbnail;
    const scale = Math.min(1, most / poster.width, tallest / poster.height);
    const [width, height] = [poster.width, poster.height].map((side) =>
      Math.max(1, Math.round(side * scale)),
    );
    const data = await preparePixels(source, resizeRule({ width: width!, height: height! }));
    return dataUrl(
      await encodeImage({ width: width!, height: height!, data }, { format: 'webp', quality: 60 }),
    );
  } catch (error) {
    if (error instanceof OnesheetError) return undefined;
    throw error;
  }
}

function dataUrl(bytes: Uint8Array): string {
  const kind = bytes[0] === 0x89 ? 'png' : bytes[0] === 0xff ? 'jpeg' : 'webp';
  return `data:image/${kind};base64,${Buffer.from(bytes).toString('base64')}`;
}
