/** @module A run's recipe, model and times -> the section that says by which method it was trained. */
import { splitNames } from '../dataset/index.ts';
import { type Layer, layersIn } from './architecture.ts';
import { type Block, figure, heading, paragraph, type Section, table } from './document.ts';
import { lossFormula } from './lossFormula.ts';
import type { RunMaterial } from './material.ts';
import { drawNetwork, layerWords, shapeText } from './networkDrawing.ts';
import type { Tongue } from './words/tongue.ts';

/** Lines of the drawing: what one can take in at a glance, and what shows every block. */
const mostLayers = { short: 14, whole: 28 } as const;

function layersTable(layers: readonly Layer[], tongue: Tongue): Block {
  const { network, whole } = tongue;
  const { columns } = network;
  const total = layers.reduce((sum, { parameters }) => sum + parameters, 0);
  return table(
    'layers',
    network.tableCaption,
    [columns.layer, columns.does, columns.output, columns.parameters],
    [
      ...layers.map((layer) => [
        layer.name || network.noWeights,
        layerWords(tongue, layer),
        shapeText(layer.output),
        layer.parameters === 0 ? '–' : whole(layer.parameters),
      ]),
      [network.total, '', '', whole(total)],
    ],
  );
}

function describeNetwork(material: RunMaterial, tongue: Tongue, form: 'short' | 'whole'): Block[] {
  const { config, graph } = material;
  const { network, input } = config.recipe;
  const { method, whole } = tongue;
  const said = [
    method.input(config.recipe),
    method.networks[network.network],
    method.recurrence[network.recurrence],
    network.recurrence === 'none' || ('pooling' in network && network.pooling === 'last')
      ? ''
      : method.attention,
    network.dropout > 0 ? method.dropout(network.dropout) : '',
  ];
  if (graph === undefined) return [paragraph([...said, method.noGraph].filter(Boolean).join(' '))];
  const layers = layersIn(graph, mostLayers[form]);
  const total = layers.reduce((sum, { parameters }) => sum + parameters, 0);
  said.push(method.drawn(layers.length, whole(total)));
  if (form === 'whole') said.push(method.tabulated);
  const drawn = drawNetwork(layers, config.recipe.readingSize ?? input, tongue);
  return [
    paragraph(said.filter(Boolean).join(' ')),
    figure(drawn, true),
    ...(form === 'whole' ? [layersTable(layers, tongue)] : []),
  ];
}

function describeLoss({ config, audit, model }: RunMaterial, { method }: Tongue): Block[] {
  const { loss } = config.recipe;
  const activation = model?.metadata.activation;
  const smoothed = loss.loss === 'binary-cross-entropy' ? loss.labelSmoothing : 0;
  const unknown = (audit?.partlyKnown ?? 0) > 0 ? ` ${method.unknownPairs}` : '';
  return [
    paragraph(
      `${activation === undefined ? '' : `${method.activation[activation](config.genres.length)} `}${method.losses[loss.loss]}`,
    ),
    { kind: 'formula', formula: lossFormula(loss) },
    paragraph(`${method.symbols(loss.classWeights === 'balanced', smoothed)}${unknown}`),
  ];
}

function describeOptimization({ config }: RunMaterial, { method }: Tongue): Block {
  const { optimizer, batchSize, schedule, maximumNorm, averageDecay, fineTuning, distillation, network } =
    config.recipe;
  const file = network.network === 'onnx' ? (network.source ?? network.file) : fineTuning?.initialWeights;
  const said = [
    method.optimizer(optimizer, batchSize),
    method.schedule(schedule),
    maximumNorm === null ? '' : method.clipping(maximumNorm),
    averageDecay > 0 ? method.averaging(averageDecay) : '',
    file === undefined ? method.fresh : method.startFile(`\`${file.split(/[\\/]/).at(-1)}\``),
    ...(fineTuning === undefined
      ? []
      : [
          fineTuning.probeEpochs > 0 ? method.probing(fineTuning.probeEpochs) : '',
          fineTuning.freeze.length > 0 ? method.frozen(fineTuning.freeze.map((name) => `\`${name}\``)) : '',
          fineTuning.trunkRate !== 1 || fineTuning.learningRateDecay !== 1
            ? method.trunkRate(fineTuning.trunkRate, fineTuning.learningRateDecay)
            : '',
        ]),
    distillation === undefined ? '' : method.distilled(distillation.weight, distillation.unlabelled),
  ];
  return paragraph(said.filter(Boolean).join(' '));
}

function describeStopping({ config, split, model, evaluation }: RunMaterial, tongue: Tongue): Block {
  const { method, whole } = tongue;
  const sizes = splitNames.map((name) =>
    whole([...(split?.assignment.values() ?? [])].filter((each) => each === name).length),
  ) as [string, string, string];
  const policy = model?.metadata.policies.find(({ name }) => name === 'f1');
  const said = [
    split ? method.split(...sizes, split.seed) : '',
    method.stopping(config.recipe, tongue.training.columnName),
    model?.metadata.activation === 'sigmoid' ? method.calibrated : '',
    policy ? method.policy(policy.name) : '',
    method.evaluation(evaluation ? whole(evaluation.resamples) : ''),
  ];
  return paragraph(said.filter(Boolean).join(' '));
}

function describeMachine({ config, machine, seconds, times, history }: RunMaterial, tongue: Tongue): Block {
  const { method, whole, duration } = tongue;
  const { threads, seed, version } = config;
  const speeds = times.map(({ images_per_second }) => images_per_second).sort((a, b) => a - b);
  const said = [
    machine
      ? method.machine(
          machine.processor,
          machine.cores,
          whole(Math.round(machine.memoryGigabytes)),
          machine.system,
        )
      : method.noMachine,
    seconds === undefined || speeds.length === 0
      ? method.noTime
      : method.time(
          history.length,
          duration(seconds),
          whole(Math.round(speeds[speeds.length >> 1]!)),
          whole(Math.round(Math.max(...times.map((row) => row.peak_memory_megabytes)))),
          threads,
        ),
    method.seed(seed, version),
  ];
  return paragraph(said.join(' '));
}

/** All from the run itself: its recipe, its model, its split and its times. */
export function describeMethod(material: RunMaterial, tongue: Tongue, form: 'short' | 'whole'): Section {
  const { method, frame } = tongue;
  const { augmentation, mixing } = material.config.recipe;
  const { parts } = method;
  return {
    id: 'method',
    title: frame.sections.method,
    blocks: [
      heading(parts.network),
      ...describeNetwork(material, tongue, form),
      heading(parts.loss),
      ...describeLoss(material, tongue),
      heading(parts.optimization),
      describeOptimization(material, tongue),
      heading(parts.variation),
      paragraph(
        [method.augmentation(augmentation), mixing ? method.mixing(mixing) : ''].filter(Boolean).join(' '),
      ),
      heading(parts.stopping),
      describeStopping(material, tongue),
      heading(parts.machine),
      describeMachine(material, tongue),
    ],
  };
}
