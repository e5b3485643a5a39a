/** @module The options that say which posters are meant -> the same words in every command that takes posters. */
export const posterArguments = {
  library: {
    type: 'boolean',
    description:
      'Pass over fanart, banners, logos and the like everywhere; by default in folders of films only',
    negativeDescription: 'Pass over none of them',
  },
  images: {
    type: 'string',
    valueHint: 'folder',
    description: 'Folder of the images that a table names; by default its own, or images/ beside it',
  },
  base: {
    type: 'string',
    valueHint: 'folder',
    description: 'Folder that ids are relative to; by default the deepest that holds everything named',
  },
} as const;
