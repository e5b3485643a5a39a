/** @module A run and the texts of its posters -> lines of text and labels of its training and validation posters. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataset, postersOf, readSplit } from '../dist/dataset/index.js';
import { readTexts } from '../dist/text/index.js';

export function linesOf(path) {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** `validation` has the probabilities by the run's network too. */
export async function textPostersOf(run, textsFile) {
  const { genres, prevalence, data, images } = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
  const dataset = await loadDataset({ data, images });
  const split = await readSplit(join(run, 'split.csv'), dataset);
  const texts = await readTexts(textsFile);
  const rowsOf = (posters) => ({
    texts: posters.map(({ id }) => texts.get(id) ?? []),
    labels: posters.map((poster) => genres.map((genre) => Number(poster.genres.includes(genre)))),
    known: posters.map(({ known }) => genres.map((genre) => Number(known?.includes(genre) ?? true))),
  });
  const training = postersOf(dataset, split, 'train');
  const seen = linesOf(join(run, 'validation.jsonl'));
  const validation = { ...rowsOf(seen), probabilities: seen.map(({ probabilities }) => probabilities) };
  return { genres, prevalence, dataset, split, texts, rowsOf, training, train: rowsOf(training), validation };
}
