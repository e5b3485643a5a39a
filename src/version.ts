/** @module Nothing -> the version of onesheet, for provenance; a test holds it to package.json. */
export const version = '0.1.0';
