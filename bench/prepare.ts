/** @module PyTorch's settings that are compiled -> the same, compiled ahead, so that the parts that use them are short. */
import { fineTuning } from './finetune.ts';
import { preparePrediction, searchesOfPrediction } from './predict.ts';
import { searchOfSteps } from './steps.ts';
import { training } from './train.ts';
import { compileAhead } from './tuning.ts';

/** Takes minutes, and needs no quiet machine. */
export async function prepareCompiled(flags: readonly string[]): Promise<void> {
  const setting = await preparePrediction(flags, 96);
  const searches = [training, fineTuning].map(searchOfSteps);
  for (const search of [...searches, ...searchesOfPrediction(setting)]) await compileAhead(search);
  await setting.close();
}
