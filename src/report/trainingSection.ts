/** @module A run's history -> the section on its training: curves, and what is read off them. */
import { drawCurves } from './curveCharts.ts';
import { comparablePrior } from './curves.ts';
import { diagnose } from './diagnosis.ts';
import { figure, list, notice, paragraph, row, type Section } from './document.ts';
import type { RunMaterial } from './material.ts';
import type { ValidationSize } from './precisionChanges.ts';
import type { Tongue } from './words/tongue.ts';

/** How much validation measures were measured on. */
export function validationSize({ validation }: RunMaterial): ValidationSize | undefined {
  if (!validation) return undefined;
  const positives = validation.posters.reduce((sum, { genres }) => sum + genres.length, 0);
  return { posters: validation.posters.length, positives };
}

/** Loss and precision of the validation posters first; then what the curves say, and the other measures. */
export async function describeTraining(
  material: RunMaterial,
  tongue: Tongue,
  form: 'short' | 'whole',
): Promise<Section> {
  const { history, config } = material;
  const { training, frame } = tongue;
  const names = { id: 'training', title: frame.sections.training };
  if (history.length === 0) return { ...names, blocks: [notice(training.noEpoch)] };
  const { measure } = config.recipe.earlyStopping;
  const charts = await drawCurves(history, measure, comparablePrior(config), tongue);
  const statements = diagnose(history, { config, validation: validationSize(material) }, tongue);
  return {
    ...names,
    blocks: [
      paragraph(training.intro),
      list(statements.map(({ text }) => text)),
      row([figure(charts.loss), figure(charts.precision)]),
      ...(form === 'whole'
        ? [paragraph(training.introWhole), row([figure(charts.micro), figure(charts.macro)])]
        : []),
    ],
  };
}
