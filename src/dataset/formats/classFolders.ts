/** @module A folder with one folder of images for each genre -> a table. */
import { parseGenres } from '../genres.ts';
import { listImages } from '../images.ts';
import { LiteralError } from '../literal.ts';
import { splitOfWord } from '../subset.ts';
import { GenreVocabulary } from '../vocabulary.ts';
import { joinParts } from './splitFolders.ts';
import type { DataFormat } from './table.ts';

/**
 * `Drama/a.jpg`, `train/Drama/a.jpg`, or `Drama,Comedy/a.jpg` for several genres. Folders may be called anything, so
 * they are genres only where half of them are known as such.
 */
export const classFoldersFormat: DataFormat = {
  name: 'a folder with one folder of images for each genre',
  accepts: async (path, isFolder) => {
    if (!isFolder) return false;
    const folders = [...new Set((await findImages(path)).map(({ folder }) => folder))];
    return folders.length > 0 && folders.filter(isGenre).length * 2 >= folders.length;
  },
  read: async (path) => {
    const images = await findImages(path);
    const table = {
      path,
      columns: ['file_name', 'genres'],
      rows: images.map(({ image, folder }, at) => ({ line: at + 1, cells: [image, folder] })),
      faults: [],
      notes: ['the folders that its images lie in are their genres'],
    };
    return joinParts(path, [{ file: '', root: '', table }]);
  },
};

async function findImages(path: string): Promise<{ readonly image: string; readonly folder: string }[]> {
  const { posters } = await listImages(path);
  return [...posters.keys()].sort().flatMap((image) => {
    const folders = image.split('/').slice(0, -1);
    const named = splitOfWord(folders[0] ?? '') === undefined ? folders : folders.slice(1);
    const [folder, ...deeper] = named;
    return folder !== undefined && deeper.length === 0 ? [{ image, folder }] : [];
  });
}

const vocabulary = new GenreVocabulary();

function isGenre(folder: string): boolean {
  try {
    return parseGenres(folder).every((genre) => vocabulary.knows(genre));
  } catch (error) {
    if (error instanceof LiteralError) return false;
    throw error;
  }
}
