/** @module A run's material -> the posters that its report shows, the highest losses and the labels that are doubtful. */
import type { Poster } from '../dataset/index.ts';
import type { PosterErrors } from '../evaluate/index.ts';
import { type Block, heading, notice, paragraph, type Section, table } from './document.ts';
import { byFrequency, genresByFrequency } from './frequencies.ts';
import {
  type Attribute,
  chooseByGenre,
  chooseExamples,
  type Exhibition,
  GalleryPictures,
  type Spoken,
} from './gallery.ts';
import type { RunMaterial } from './material.ts';
import { isAboveFloor } from './resultSections.ts';
import type { ScoredPosters } from './scored.ts';
import type { Tongue } from './words/tongue.ts';

type Doubts = NonNullable<PosterErrors['doubts']>;

/** Data URLs of all galleries together may take this much, so that the whole file stays below 4 MB. */
const galleryBytes = 3_000_000;

/** How many posters the forms show: drawn by chance, and of each kind of loss. */
const sizes = {
  short: { random: 5, each: 5, hasMedian: false },
  whole: { random: 5, each: 5, hasMedian: true },
} as const;

/** From this share of doubted labels on, the doubts say more of the model than of the labels. */
const manyDoubts = 0.1;

/** What the galleries of a report share: their posters, and the room for pictures. */
export class Galleries {
  readonly #material: RunMaterial;
  readonly #tongue: Tongue;
  readonly #scored: ScoredPosters | undefined;
  readonly #pictures: GalleryPictures | undefined;
  readonly #hasMaps: boolean;
  readonly #hasWords: boolean;

  constructor(
    material: RunMaterial,
    { attribute, spoken }: { readonly attribute?: Attribute; readonly spoken?: Spoken },
    tongue: Tongue,
  ) {
    this.#material = material;
    this.#tongue = tongue;
    this.#scored = material.test ?? material.validation;
    this.#pictures = this.#scored && new GalleryPictures(this.#scored, attribute, spoken, galleryBytes);
    this.#hasMaps = attribute !== undefined;
    this.#hasWords = spoken !== undefined;
  }

  async #gallery(
    names: { readonly id: string; readonly title: string; readonly caption: string },
    exhibitions: readonly Exhibition[],
  ): Promise<Block> {
    const groups = [];
    for (const exhibition of exhibitions)
      groups.push({ title: exhibition.title, cards: await this.#pictures!.cards(exhibition) });
    return { kind: 'gallery', ...names, groups: groups.filter(({ cards }) => cards.length > 0) };
  }

  /** What the galleries so far could not show. */
  #notices(): Block[] {
    const { withoutPicture, mapFailure } = this.#pictures!;
    const { posters } = this.#tongue;
    return [
      ...(withoutPicture > 0 ? [notice(posters.withoutPicture(withoutPicture))] : []),
      ...(mapFailure !== undefined ? [notice(posters.mapsMissing(mapFailure))] : []),
    ];
  }

  /** Posters with true and predicted genres. */
  async examples(form: 'short' | 'whole'): Promise<Section> {
    const { posters, frame } = this.#tongue;
    const names = { id: 'examples', title: frame.sections.examples };
    const scored = this.#scored;
    if (!scored) return { ...names, blocks: [notice(posters.nothing)] };
    const gallery = await this.#gallery(
      { id: 'examples', title: posters.examplesTitle, caption: posters.examplesCaption },
      chooseExamples(scored, sizes[form], this.#tongue),
    );
    const said = posters.examples(
      posters.chosen[scored.subset],
      scored.yTrue.known !== undefined,
      this.#hasMaps,
    );
    const unlearned = scored.unlearned.size > 0 ? [paragraph(this.#unlearned(scored))] : [];
    const words = this.#hasWords ? [paragraph(posters.words)] : [];
    return { ...names, blocks: [paragraph(said), ...words, ...this.#notices(), ...unlearned, gallery] };
  }

  #unlearned({ posters, unlearned }: ScoredPosters): string {
    const rows = [...unlearned].map((row) => posters[row]!);
    const named = [...new Set(rows.flatMap(({ poster }) => poster?.genres ?? []))].sort();
    return this.#tongue.posters.notShown(rows.length, named);
  }

  async byGenre(): Promise<Section> {
    const { posters, frame } = this.#tongue;
    const names = { id: 'gallery', title: frame.sections.gallery };
    const scored = this.#scored;
    if (!scored) return { ...names, blocks: [notice(posters.nothing)] };
    const before = this.#pictures!.withoutPicture;
    const gallery = await this.#gallery(
      { id: 'by-genre', title: posters.byGenreTitle, caption: posters.byGenreCaption },
      chooseByGenre(scored, byFrequency(this.#material.config), this.#tongue),
    );
    const notices = this.#pictures!.withoutPicture > before ? this.#notices() : [];
    return { ...names, blocks: [paragraph(posters.byGenre), ...notices, gallery] };
  }
}

/** A poster's true genres; where none of them was learned, those that it has, and that they were not. */
function truthOf(
  id: string,
  genres: readonly string[],
  posters: ReadonlyMap<string, Poster>,
  { frame }: Tongue,
): string {
  if (genres.length > 0) return genres.join(', ');
  const own = posters.get(id)?.genres ?? [];
  return own.length > 0 ? frame.notLearned(own) : frame.noneLearned;
}

function lossesTable({ errors, posters, test, evaluation }: RunMaterial, tongue: Tongue): Block {
  const { posters: words, frame, decimal, percent } = tongue;
  const { highestLosses } = errors!;
  const many = highestLosses.length;
  const named = test || evaluation ? frame.testPosters(many) : frame.validationPosters(many);
  return table(
    'losses',
    words.lossesCaption(named),
    words.lossesColumns,
    highestLosses.map(({ id, genres, likeliest, logLoss }) => [
      id,
      truthOf(id, genres, posters, tongue),
      likeliest.map(({ label, probability }) => `${label} ${percent(probability, 0)}`).join(', '),
      decimal(logLoss, 2),
    ]),
  );
}

/** On whose predictions the doubts rest. */
function sourcesText({ from }: Doubts, isTest: boolean, { posters, frame }: Tongue): string {
  const sources = [
    from.measured > 0
      ? isTest
        ? frame.testPosters(from.measured)
        : frame.validationPosters(from.measured)
      : '',
    from.validation > 0 ? frame.validationPosters(from.validation) : '',
    from.outOfFold > 0 ? posters.outOfFold(from.outOfFold) : '',
  ].filter((part) => part !== '');
  return posters.judged(sources, from.validation > 0 || !isTest, from.outOfFold === 0);
}

function doubtTables({ missing, wrong }: Doubts, material: RunMaterial, tongue: Tongue): Block[] {
  const { posters, percent } = tongue;
  return (
    [
      ['missing', missing],
      ['wrong', wrong],
    ] as const
  )
    .filter(([, labels]) => labels.length > 0)
    .map(([kind, labels]) =>
      table(
        `doubted-${kind}`,
        posters.doubtCaption[kind](labels.length),
        posters.doubtColumns[kind],
        labels.map(({ id, genres, genre, probability }) => [
          id,
          truthOf(id, genres, material.posters, tongue),
          genre,
          percent(probability),
        ]),
      ),
    );
}

function countsTable(doubts: Doubts, { config }: RunMaterial, { posters, whole }: Tongue): Block {
  const rows = new Map(doubts.genres.map((row) => [row.genre, row]));
  return table(
    'doubt-counts',
    posters.countsCaption,
    posters.countsColumns,
    genresByFrequency(config)
      .flatMap((genre) => rows.get(genre) ?? [])
      .map((row) => [
        row.genre,
        ...[row.without, row.missing, row.with, row.wrong].map((cell) => whole(cell)),
      ]),
  );
}

/**
 * Labels that the model contradicts. Those of a model that cannot be told from answers without a picture are not listed:
 * its doubts say nothing of the labels.
 */
function describeDoubts(doubts: Doubts, material: RunMaterial, tongue: Tongue): Block[] {
  const { posters } = tongue;
  const { doubted, labels, missing, wrong } = doubts;
  const isMany = doubted > manyDoubts * labels;
  if (isAboveFloor(material) === false)
    return [heading(posters.contradictedHeading), paragraph(posters.nearFloor(doubted, labels))];
  const isTest = material.test !== undefined || material.evaluation !== undefined;
  const tables = (['missing', 'wrong'] as const)
    .filter((kind) => ({ missing, wrong })[kind].length > 0)
    .map((kind) => posters.doubtTables[kind]);
  const said = [
    posters.confident,
    isMany ? posters.contradicted(doubted, labels) : posters.doubted(doubted, labels),
    tables.length > 0 ? posters.seeDoubts(tables) : '',
    posters.countsSeen,
    sourcesText(doubts, isTest, tongue),
  ];
  return [
    heading(isMany ? posters.contradictedHeading : posters.doubtsHeading),
    paragraph(said.filter(Boolean).join(' ')),
    ...doubtTables(doubts, material, tongue),
    countsTable(doubts, material, tongue),
  ];
}

/** Errors worth reading: the posters with the highest loss, and the labels that the model confidently contradicts. */
export function describeErrors(material: RunMaterial, tongue: Tongue): Section {
  const { errors } = material;
  const { posters, frame } = tongue;
  const names = { id: 'errors', title: frame.sections.errors };
  if (!errors) return { ...names, blocks: [notice(posters.noErrors)] };
  return {
    ...names,
    blocks: [
      paragraph(posters.losses),
      lossesTable(material, tongue),
      ...(errors.doubts ? describeDoubts(errors.doubts, material, tongue) : []),
    ],
  };
}
