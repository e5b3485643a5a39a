/** @module Scored posters -> the gallery, the highest losses and the labels that are probably wrong. */
import { findLabelErrors, type Matrix } from '../evaluate/index.ts';
import { type Block, heading, notice, paragraph, type Section, table } from './document.ts';
import { count, decimal, listed, percent } from './format.ts';
import { type Attribute, chooseByGenre, chooseByLoss, GalleryPictures } from './gallery.ts';
import type { RunMaterial } from './material.ts';
import type { ScoredPoster, ScoredPosters } from './scored.ts';

/** Data URLs of the gallery may take this much, so that the whole file stays below 8 MB. */
const galleryBytes = 6_500_000;

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
      `${scored.subset === 'test' ? 'Test' : 'Validation'} posters, with their true genres, what the model gives (✓ true, ✗ not) and, in brackets, the likeliest of what it does not give.`,
    ),
  ];
  const byLoss = chooseByLoss(scored);
  for (const exhibition of byLoss)
    blocks.push({ kind: 'gallery', title: exhibition.title, cards: await pictures.cards(exhibition) });
  blocks.push(heading('Most confidently right, wrong, and missed, for each genre'));
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

function highestLosses(scored: ScoredPosters, most: number): Block {
  const order = [...scored.losses.keys()].sort((a, b) => scored.losses[b]! - scored.losses[a]! || a - b);
  const rows = order.slice(0, most).map((row) => {
    const { id, genres, probabilities } = scored.posters[row]!;
    const shares = scored.genres.map((genre, g) => ({ genre, p: probabilities[g]! }));
    const top = shares.sort((a, b) => b.p - a.p).slice(0, 3);
    return [
      id,
      genres.join(', ') || 'none',
      top.map(({ genre, p }) => `${genre} ${percent(p, 0)}`).join(', '),
      decimal(scored.losses[row], 2),
    ];
  });
  return table(
    `The ${rows.length} ${scored.subset} posters with the highest log loss`,
    ['poster', 'true genres', 'likeliest by the model', 'log loss'],
    rows,
  );
}

/** Validation and test posters as one: none of them trained the weights. */
function outOfSample({
  validation,
  test,
}: RunMaterial):
  | { posters: ScoredPoster[]; yTrue: Matrix; yScore: Matrix; parts: ScoredPosters[] }
  | undefined {
  const parts = [validation, test].filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  const posters = parts.flatMap((part) => part.posters);
  const columns = parts[0]!.genres.length;
  const stack = (pick: (part: ScoredPosters) => Matrix): Matrix => ({
    rows: posters.length,
    columns,
    data: Float64Array.from(parts.flatMap((part) => Array.from(pick(part).data))),
  });
  return { posters, parts, yTrue: stack((part) => part.yTrue), yScore: stack((part) => part.yScore) };
}

/** Errors worth reading: the posters with the highest loss, and the labels that the model confidently contradicts. */
export function describeErrors(material: RunMaterial): Section {
  const title = 'Errors worth reading';
  const scored = material.test ?? material.validation;
  const stacked = outOfSample(material);
  if (!scored || !stacked)
    return { id: 'errors', title, blocks: [notice('There are no predictions to look for errors in.')] };
  const { genres } = scored;
  const { candidates, joints } = findLabelErrors(stacked.yTrue, stacked.yScore);
  const labels = stacked.yTrue.rows * stacked.yTrue.columns;
  const from = stacked.parts.map((part) => count(part.posters.length, `${part.subset} poster`));
  const many =
    candidates.length > 0.1 * labels
      ? ' So many doubts say more of the model than of the labels: look at the first ones only.'
      : '';
  const blocks: Block[] = [
    highestLosses(scored, 15),
    heading('Labels that are probably missing or wrong'),
    paragraph(
      `Confident learning (Northcutt, Jiang and Chuang 2021), one genre at a time: a label is doubted when the model's probability of its opposite reaches what it is on average for posters labelled so. ` +
        `It rests on the predictions for ${listed(from)}, which the weights were not trained on; the validation posters did choose the epoch, the calibration and the thresholds. ` +
        `A model that often errs also doubts right labels, so this is a list to look at and no proof: ${count(candidates.length, 'label')} of ${labels.toLocaleString('en')} (${percent(candidates.length / labels)}) are doubted.${many}`,
    ),
  ];
  for (const kind of ['missing', 'wrong'] as const) {
    const rows = candidates
      .filter((candidate) => candidate.kind === kind)
      .slice(0, 12)
      .map(({ poster, genre, probability }) => {
        const { id, genres: own } = stacked.posters[poster]!;
        return [id, own.join(', ') || 'none', genres[genre]!, percent(probability)];
      });
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
      genres.map((genre, g) => {
        const { counts } = joints[g]!;
        const support = stacked.posters.filter((poster) => poster.genres.includes(genre)).length;
        return [genre, stacked.posters.length - support, counts[0][1], support, counts[1][0]].map(String);
      }),
    ),
  );
  return { id: 'errors', title, blocks };
}
