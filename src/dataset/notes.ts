/** @module What a folder and the rows that name its images turned out to be -> sentences on what is not as it seems. */
import { countEach } from './folder.ts';
import { type NearNameKind, nearNameWords } from './nearNames.ts';
import type { Findings } from './poster.ts';
import { describeSkipped } from './skips.ts';

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
  if (brokenLinks.length > 0)
    notes.push(`${brokenLinks.length} of the images are links that lead nowhere, such as ${brokenLinks[0]}`);
  return notes;
}
