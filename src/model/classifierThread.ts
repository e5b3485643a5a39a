/** @module The thread that classifies: prepared pixels in -> logits and probabilities out, by a session of its own. */
import { joinCrew } from '../graph/index.ts';
import { type Classification, Classifier, type ClassifierSetup } from './classifier.ts';
import { decodeModel } from './file.ts';

joinCrew(async ({ bytes, source, threads }: ClassifierSetup) => {
  const classifier = await Classifier.create(decodeModel(bytes, source), { threads });
  return (pixels: Uint8Array): Promise<Classification> => classifier.classify(pixels);
});
