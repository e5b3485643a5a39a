/** @module A run's material -> the gallery, the highest losses and the labels that are probably wrong. */
import type { PosterErrors } from '../evaluate/index.ts';
import { type Block, heading, notice, paragraph, type Section, table } from './document.ts';
import { count, decimal, listed, percent } from './format.ts';
import { type Attribute, chooseByGenre, chooseByLoss, GalleryPictures } from './gallery.ts';
import type { RunMaterial } from './material.ts';
import type { ScoredPosters } from './scored.ts';

type Doubts = NonNullable<PosterErrors['doubts']>;

/** Data URLs of the gallery may take this much, so that the whole file stays below 8 MB. */
const galleryBytes = 6_500_000;

const mapsText =
  ' Beside each, in grey, is where on it a genre comes from, the one that is named last: bright places speak for it, and the line surrounds what has at least half of the strongest value. Where nothing is bright, nothing speaks for the genre.';

export async function describeGallery(
  material: RunMaterial,
  attribute: Attribute | undefined,
): Promise<Section> {
  const title = 'Gallery';
  const scored = material.test ?? material.validation;
  if (!scored)
    return { id: 'gallery', title, blocks: [notice('There are no predictions to show posters of.')] };
  const pictures = new GalleryPictures(scored, attribute, galleryBytes);
  const blocks: Block[] = [
    paragraph(
      `${scored.subset === 'test' ? 'Test' : 'Validation'} posters, with their true genres, what the model gives (✓ true, ✗ not${scored.yTrue.known ? ', ? unknown' : ''}) and, in brackets, the likeliest of what it does not give.${attribute ? mapsText : ''}`,
    ),
  ];
  if (scored.unlearned.size > 0) blocks.push(paragraph(sayUnlearned(scored)));
  const byLoss = chooseByLoss(scored);
  for (const exhibition of byLoss)
    blocks.push({ kind: 'gallery', title: exhibition.title, cards: await pictures.cards(exhibition) });
  blocks.push(heading('Most confidently right, most confidently wrong, and missed, for each genre'));
  for (const exhibition of chooseByGenre(scored)) {
    const cards = await pictures.cards(exhibition);
    blocks.push({ kind: 'gallery', title: exhibition.title, cards });
  }
  if (pictures.withoutPicture > 0)
    blocks.splice(
      1,
      0,
      notice(
        `${count(pictures.withoutPicture, 'place')} of the gallery show no picture: it cannot be read any more, or the file would have grown too large.`,
      ),
    );
  if (pictures.mapFailure !== undefined)
    blocks.splice(1, 0, notice(`Some attribution maps are missing: ${pictures.mapFailure}`));
  return { id: 'gallery', title, blocks };
}

function sayUnlearned({ posters, unlearned }: ScoredPosters): string {
  const rows = [...unlearned].map((row) => posters[row]!);
  const named = [...new Set(rows.flatMap(({ poster }) => poster?.genres ?? []))].sort();
  return `Not shown: ${count(rows.length, 'poster')} with only genres that were not learned (${named.join(', ')}), on which no answer could be right.`;
}

function lossesTable(losses: PosterErrors['highestLosses'], what: string): Block {
  return table(
    `The ${count(losses.length, `${what} poster`)} with the highest log loss`,
    ['poster', 'true genres', 'likeliest by the model', 'log loss'],
    losses.map(({ id, genres, likeliest, logLoss }) => [
      id,
      genres.join(', ') || 'none',
      likeliest.map(({ label, probability }) => `${label} ${percent(probability, 0)}`).join(', '),
      decimal(logLoss, 2),
    ]),
  );
}

/** On whose predictions the doubts rest, and what to think of them. */
function doubtsText({ from, labels, doubted }: Doubts, what: string): string {
  const parts = [
    from.measured > 0 ? count(from.measured, `${what} poster`) : '',
    from.validation > 0 ? count(from.validation, 'validation poster') : '',
    from.outOfFold > 0 ? `${count(from.outOfFold, 'poster')} by cross-validation` : '',
  ].filter((part) => part !== '');
  const validation =
    from.validation > 0 || what === 'validation'
      ? ' The validation posters did choose the epoch, the calibration and the thresholds.'
      : '';
  const hint =
    from.outOfFold > 0
      ? ''
      : ' Labels of training posters can be judged too: `onesheet cross-validate`, then `onesheet evaluate --out-of-fold`.';
  const many =
    doubted > 0.1 * labels
      ? ' So many doubts say more of the model than of the labels: look at the first ones only.'
      : '';
  return (
    `Confident learning (Northcutt, Jiang and Chuang 2021), one genre at a time: a label is doubted when the model's probability of its opposite reaches what it is on average for posters labelled so. ` +
    `${count(doubted, 'label')} of ${labels.toLocaleString('en')} (${percent(doubted / labels)}) are doubted. A model that often errs also doubts right labels, so this is a list to look at and no proof.${many} ` +
    `Judged are ${listed(parts)}, none of which trained the weights that judge it.${validation}${hint}`
  );
}

/** Errors worth reading: the posters with the highest loss, and the labels that the model confidently contradicts. */
export function describeErrors({ errors, test, evaluation }: RunMaterial): Section {
  const title = 'Errors worth reading';
  if (!errors)
    return { id: 'errors', title, blocks: [notice('There are no predictions to look for errors in.')] };
  const what = test || evaluation ? 'test' : 'validation';
  const { highestLosses, doubts } = errors;
  const blocks: Block[] = [lossesTable(highestLosses, what)];
  if (!doubts) return { id: 'errors', title, blocks };
  blocks.push(heading('Labels that are probably missing or wrong'), paragraph(doubtsText(doubts, what)));
  for (const kind of ['missing', 'wrong'] as const) {
    const rows = doubts[kind].map(({ id, genres, genre, probability }) => [
      id,
      genres.join(', ') || 'none',
      genre,
      percent(probability),
    ]);
    if (rows.length > 0)
      blocks.push(
        table(
          `Genres that may be ${kind}, the ${rows.length} most doubtful`,
          ['poster', 'labelled', `may be ${kind}`, "model's probability"],
          rows,
        ),
      );
  }
  blocks.push(
    table(
      'Doubted labels of each genre',
      ['genre', 'posters without it', 'of them doubted', 'posters with it', 'of them doubted'],
      doubts.genres.map((row) =>
        [row.genre, row.without, row.missing, row.with, row.wrong].map((cell) => cell.toLocaleString('en')),
      ),
    ),
  );
  return { id: 'errors', title, blocks };
}
