import { expect, test } from 'vitest';
import { describeEnd, describeStart } from '../../src/cli/trainingText.ts';
import type { RunFacts, RunResult } from '../../src/train/index.ts';
import { tinyRecipe } from '../train/fixture.ts';

const facts: RunFacts = {
  folder: 'runs/first',
  config: {
    recipe: tinyRecipe(),
    dataHash: '',
    splitHash: '',
    genres: ['Comedy', 'Drama'],
    prevalence: [0.5, 0.5],
    seed: 0,
    threads: 2,
    version: '0.1.0',
  },
  unknownPairs: 3,
  posters: { train: 1400, validation: 300, test: 300 },
  findings: {
    columns: [
      { name: 'Id', role: 'id' },
      { name: 'Genre', role: 'genres' },
    ],
    leftOut: [],
    unreadable: Array.from({ length: 7 }, (_, i) => ({ id: `${i}`, message: `${i}.jpg is empty` })),
    dropped: [],
    genres: [],
    onlyUnlearned: { train: 0, validation: 0, test: 0 },
    onePicture: [],
    notes: ['Without a picture: 1 of 9 rows (a).', 'No test poster has War: it cannot be measured.'],
  },
  parameters: 12345,
  resumedFrom: { epoch: 2, step: 7 },
};

test('before a training it is said what it is of, what is left out and what to know of that', () => {
  expect(describeStart(facts).split('\n')).toEqual([
    'column id      Id',
    'column genres  Genre',
    'tiny: 12,345 weights, 2 genres, 1400 posters to train, 300 to validate, 300 kept for the test',
    'note: Without a picture: 1 of 9 rows (a).',
    'note: No test poster has War: it cannot be measured.',
    'unknown: 3 poster-genre pairs, left out of the loss and of all measures; `onesheet data check` counts them by genre',
    ...[0, 1, 2, 3, 4].map((i) => `left out: ${i}.jpg is empty`),
    'left out: 2 more unreadable posters',
    'resuming runs/first after epoch 2, step 7',
  ]);
});

test('at the end it is said once more, before what became of it', () => {
  const result: RunResult = {
    folder: 'runs/first',
    outcome: 'finished',
    epochs: 3,
    best: { epoch: 2, value: 0.25 },
    measure: 'validation_loss',
    notes: ['No test poster has War: it cannot be measured.'],
  };
  expect(describeEnd(result)).toBe(
    `to know of this run (also in runs/first/summary.json):
  No test poster has War: it cannot be measured.
finished after 3 epochs; best validation_loss 0.2500 in epoch 2
the run is in runs/first; next: onesheet evaluate runs/first
`,
  );
  expect(describeEnd({ ...result, outcome: 'interrupted', epochs: 0, best: null, notes: [] })).toBe(
    `interrupted after 0 epochs; no epoch was completed
to go on: onesheet train --resume runs/first
`,
  );
});
