/** @module A network's layers -> a drawing of them, one below the other: the size of their maps, what they do and weigh. */
import type { Layer } from './architecture.ts';
import { type Chart, drawingOf, escapeXml } from './chart.ts';
import type { Tongue } from './words/tongue.ts';

/** CSS pixels. */
const width = 660;
const [line, step] = [14, 9];
const top = 22;
/** Where the columns begin, or end where letters are set right. */
const columns = { maps: 55, words: 118, shape: 578, parameters: 655 } as const;
/** Half of the widest map. */
const widest = 52;
/** Letters of a line of words, by the widest of the usual fonts. */
const longestLine = 56;

/** `48 × 32 × 64` */
export function shapeText(shape: readonly number[]): string {
  return shape.join(' × ');
}

/** The words of a layer, as short as its line. */
export function layerWords({ network }: Tongue, { operations, times }: Layer): string {
  const words: string[] = [];
  for (const operation of operations) {
    const word = network.operation(operation);
    if (words.at(-1) !== word) words.push(word);
  }
  const shown = [...new Set(words)].join(', ');
  return times > 1 ? `${times} × (${shown})` : shown;
}

function letters(x: number, y: number, text: string, more = ''): string {
  return `<text x="${x}" y="${y}" ${more}>${escapeXml(text)}</text>`;
}

/** Words on as many lines as they need, parted after commas and colons; one word that is longer than a line is cut. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (const part of text.split(/(?<=[,:]) /)) {
    const joined = lines.length > 0 ? `${lines.at(-1)} ${part}` : part;
    if (joined.length <= longestLine && lines.length > 0) lines[lines.length - 1] = joined;
    else lines.push(part.length > longestLine ? `${part.slice(0, longestLine - 1)}…` : part);
  }
  return lines;
}

/** A map as wide as it is on its longer side, and as high as its channels are many; what is no map is a dot of them. */
function glyph(output: readonly number[], y: number, side: number, channels: number): string {
  const depth = Math.log2(1 + output.at(-1)!) / Math.log2(1 + channels);
  const height = 3 + 10 * depth;
  const share = output.length === 3 ? Math.sqrt((output[0]! * output[1]!) / side) : 0;
  const half = Math.max(3, widest * share);
  const fill = output.length === 3 ? '#0072B2' : output.length === 2 ? '#E69F00' : '#009E73';
  return `<rect x="${(columns.maps - half).toFixed(1)}" y="${(y - height / 2).toFixed(1)}" width="${(2 * half).toFixed(1)}" height="${height.toFixed(1)}" rx="1.5" fill="${fill}"/>`;
}

/** @param input height and width of the picture */
export function drawNetwork(
  layers: readonly Layer[],
  input: { readonly height: number; readonly width: number },
  tongue: Tongue,
): Chart {
  const { network, whole } = tongue;
  const side = input.height * input.width;
  const channels = Math.max(...layers.map(({ output }) => output.at(-1) ?? 1));
  const rows = [
    { name: network.picture, words: '', output: [input.height, input.width, 3], parameters: 0 },
    ...layers.map((layer) => ({ ...layer, words: layerWords(tongue, layer) })),
  ];
  const right = 'text-anchor="end"';
  const soft = 'opacity="0.75"';
  const head = [
    letters(columns.maps, 12, network.columns.map, `text-anchor="middle" ${soft}`),
    letters(columns.words, 12, network.columns.layer, soft),
    letters(columns.shape, 12, network.columns.output, `${right} ${soft}`),
    letters(columns.parameters, 12, network.columns.parameters, `${right} ${soft}`),
  ];
  let y = top;
  const body = rows.map(({ name, words, output, parameters }, i) => {
    const lines = linesOf([name, words].filter((part) => part !== '').join(': '));
    const above = y;
    y += line * lines.length + step;
    const middle = (above + y) / 2;
    const arrow =
      i === 0
        ? ''
        : `<path d="M${columns.maps} ${above - 3.5}v7m-2.5 -2.5l2.5 2.5l2.5 -2.5" fill="none" stroke="currentColor" opacity="0.6"/>`;
    const first = middle - (line * (lines.length - 1)) / 2 + 4;
    return (
      arrow +
      glyph(output, middle, side, channels) +
      lines.map((text, at) => letters(columns.words, first + line * at, text)).join('') +
      letters(columns.shape, middle + 4, shapeText(output), right) +
      letters(columns.parameters, middle + 4, parameters === 0 ? '–' : whole(parameters), right)
    );
  });
  const height = y + 4;
  const total = layers.reduce((sum, { parameters }) => sum + parameters, 0);
  const words = {
    name: 'network',
    title: network.title,
    caption: network.caption(whole(total)),
    alternative: rows
      .map(({ name, words: what, output }) => `${name || what} ${shapeText(output)}`)
      .join(', '),
  };
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><g font-family="system-ui, sans-serif" font-size="11" fill="currentColor">${[...head, ...body].join('')}</g></svg>`;
  return drawingOf(svg, words);
}
