/** @module `onesheet models`: nothing -> the models that are installed, and what they say of themselves. */
import { defineCommand } from 'citty';
import { adjustablePolicies } from '../evaluate/index.ts';
import { type InstalledModel, installedModels } from '../model/index.ts';
import { printableIn } from '../printable.ts';
import { choiceOf, listFormat, listFormats } from './arguments.ts';

/** What `--format json` prints of a model. */
function factsOf({ name, path, isDefault, model, texts }: InstalledModel) {
  const { genres, resize, policies, measures, provenance } = model.metadata;
  return {
    name,
    default: isDefault,
    file: path,
    texts: texts ?? null,
    bytes: model.bytes.length,
    sha256: model.sha256,
    input: { height: resize.height, width: resize.width, fit: resize.fit },
    genres,
    policies: policies.map((policy) => policy.name),
    adjustable: adjustablePolicies(model.metadata),
    measures,
    provenance,
  };
}

/** For people: a paragraph a model. */
function describe(installed: InstalledModel): string {
  const {
    name,
    file,
    texts,
    bytes,
    sha256,
    input,
    genres,
    policies,
    adjustable,
    measures,
    provenance,
    ...facts
  } = printableIn(factsOf(installed));
  const rows = [
    ['file', `${file}, ${(bytes / 1e6).toFixed(1)} MB, SHA-256 ${sha256.slice(0, 12)}...`],
    ...(texts === null ? [] : [['texts', `${texts}, for --texts`]]),
    ['input', `${input.width} x ${input.height} pixels (${input.fit})`],
    ['genres', `${genres.length}: ${genres.join(', ')}`],
    [
      'policies',
      `${policies.join(', ')} (the first is the default); ${adjustable.map((kind) => `${kind}=`).join(', ')} of any number`,
    ],
    ...Object.entries(measures).map(([measure, value]) => [measure.replaceAll('_', ' '), value.toFixed(3)]),
    [
      'made by',
      `recipe ${provenance.recipe}, seed ${provenance.seed}, epoch ${provenance.epoch}, ${provenance.trainingPosters} posters, onesheet ${provenance.version}`,
    ],
    ...(provenance.quantizedFrom ? [['quantized from', `${provenance.quantizedFrom.slice(0, 12)}...`]] : []),
  ];
  const width = Math.max(...rows.map(([label]) => label!.length));
  const lines = rows.map(([label, text]) => `  ${label!.padEnd(width)}  ${text}`);
  return `${name}${facts.default ? ' (default)' : ''}\n${lines.join('\n')}\n`;
}

export const modelsCommand = defineCommand({
  meta: { name: 'models', description: 'List the models that are installed.' },
  args: {
    format: listFormat,
  },
  async run({ args }) {
    const format = choiceOf(args.format, 'format', listFormats);
    const installed = await installedModels();
    process.stdout.write(
      format === 'json'
        ? `${JSON.stringify(installed.map(factsOf), null, 2)}\n`
        : installed.map(describe).join('\n'),
    );
    return 0;
  },
});
