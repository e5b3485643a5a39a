/** @module What a folder and the rows that name its images turned out to be -> sentences on what is not as it seems. */
import { countEach } from './folder.ts';
import { type NearNameKind, nearNameWords } from './nearNames.ts';
import type { Findings } from './poster.ts';
import { describeSkipped } from './skips.ts';

/** What was taken for one genre or several, and how far tables agree; one sentence each, without its full stop. */
export function notesOnReading(findings: Findings): string[] {
  const { spellings, separated, doubtful, agreement } = findings;
  const notes: string[] = [];
  if (spellings.length > 0) {
    const genres = spellings.map(
      ({ genre, names }) =>
        `${genre} (${names.flatMap(({ name }) => (name === genre ? [] : [name])).join(', ')})`,
    );
    notes.push(`genres with several names, taken as one: ${shorten(genres)}`);
  }
  if (separated.size > 0)
    notes.push(`names taken apart, since their parts are genres: ${shorten([...separated.keys()])}`);
  if (doubtful.size > 0)
    notes.push(`names that look like several genres, kept as one: ${shorten([...doubtful.keys()])}`);
  if (agreement !== undefined)
    notes.push(
      `${agreement.posters} posters stand in several tables, ${agreement.same} of them with the same genres in all`,
    );
  return notes;
}

function shorten(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

export type ImageFindings = Pick<Findings, 'nearNames' | 'skipped' | 'brokenLinks'>;

/** One sentence each, without its full stop; none on what is as the table says. */
export function notesOnImages({ nearNames, skipped, brokenLinks }: ImageFindings): string[] {
  const notes: string[] = [];
  if (nearNames.length > 0) {
    const counts = countEach(nearNames.flatMap(({ how }) => how));
    const kinds = [...counts].map(([kind, count]) => `${count} ${nearNameWords[kind as NearNameKind]}`);
    const [{ line, named, path }] = nearNames as [(typeof nearNames)[number]];
    const rows = nearNames.length === 1 ? '1 row is' : `${nearNames.length} rows are`;
    notes.push(
      `${rows} matched to images of almost the name (${kinds.join(', ')}), such as ${path} for ${named} in line ${line}`,
    );
  }
  const words = describeSkipped(skipped);
  if (words !== '') notes.push(`passed over in the folder of images: ${words}`);
  if (brokenLinks.length > 0) {
    const links = brokenLinks.length === 1 ? '1 image is a link' : `${brokenLinks.length} images are links`;
    notes.push(`${links} to nothing, such as ${brokenLinks[0]}`);
  }
  return notes;
}
