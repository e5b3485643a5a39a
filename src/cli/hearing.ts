/** @module The options of texts and titles -> the same words in every command that hears them. */

const texts = { type: 'string', valueHint: 'file.jsonl' } as const;
const titles = { type: 'string', valueHint: 'table' } as const;
const linesOfTexts = 'lines of {"id": "...", "texts": ["..."]}';
const tableOfTitles = 'a table with the columns id, title and perhaps year and original_title';

/** Where what is known is heard beside the pictures. */
export const hearingArguments = {
  texts: { ...texts, description: `What stands on the posters as text, heard too: ${linesOfTexts}` },
  titles: { ...titles, description: `The films' titles, heard too: ${tableOfTitles}` },
} as const;

/** Where it is said which words speak for a genre, below an option that reads them from the posters. */
export const wordArguments = {
  texts: { ...texts, description: `The same of known texts: ${linesOfTexts}` },
  titles: { ...titles, description: `The same of titles: ${tableOfTitles}` },
} as const;
