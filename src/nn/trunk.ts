/** @module The bytes of any ONNX network -> its part from a picture to the features, for batches of any size. */
import { OnesheetError, onesheetError } from '../errors.ts';
import {
  type FileInput,
  foldConstants,
  type Graph,
  inferRoles,
  readInputs,
  readModel,
  type Shape,
  type Value,
  withSymbolicBatch,
} from '../graph/index.ts';
import { assertSameForEachPicture, extract } from './extract.ts';
import { chooseFeatures } from './features.ts';

/** Where a network takes its picture. */
export interface PictureInput {
  readonly name: string;
  readonly dtype: 'float32' | 'uint8';
  /** Order of the dimensions: channels before or after rows and columns. */
  readonly layout: 'NCHW' | 'NHWC';
  /** Size that the file fixes; `undefined` where it is open. */
  readonly height: number | undefined;
  readonly width: number | undefined;
  /** The batch that the file fixes. */
  readonly batch: number | undefined;
}

/** A network that ends at its features. */
export interface Trunk {
  readonly graph: Graph;
  readonly picture: PictureInput;
  /** float32 [batch, channels], [batch, channels, rows, columns] or [batch, tokens, channels] */
  readonly features: Value;
}

export interface TrunkOptions {
  /** The file's name for messages. */
  readonly source: string;
  readonly height: number;
  readonly width: number;
  /** Name of the tensor to end at. @default what the last dense layer reads, else the network's output */
  readonly features?: string | null;
}

function layoutOf({ shape }: FileInput): PictureInput['layout'] | undefined {
  if (shape?.length !== 4) return undefined;
  if (shape[1] === 3) return 'NCHW';
  if (shape[3] === 3) return 'NHWC';
  return undefined;
}

/**
 * Finds the network's input for pictures: four dimensions, three channels.
 *
 * @throws {OnesheetError} MODEL_UNREADABLE, MODEL_TOO_LARGE; TRUNK_UNSUITABLE when no input or several are pictures
 */
export function pictureInputOf(bytes: Uint8Array, source: string): PictureInput {
  const inputs = readInputs(bytes, source);
  const pictures = inputs.filter((input) => layoutOf(input) !== undefined);
  const described = inputs.map(
    ({ name, dtype, shape }) => `${name} ${dtype}[${shape?.map((dim) => dim ?? '?')}]`,
  );
  const [picture] = pictures;
  if (!picture || pictures.length > 1)
    throw onesheetError(
      'TRUNK_UNSUITABLE',
      source,
      `expected one input [batch, 3, height, width] or [batch, height, width, 3], not ${described.join(', ') || 'none'}`,
    );
  if (picture.dtype !== 'float32' && picture.dtype !== 'uint8')
    throw onesheetError(
      'TRUNK_UNSUITABLE',
      source,
      `its input ${picture.name} is ${picture.dtype}: export it in float32`,
    );
  const layout = layoutOf(picture)!;
  const [height, width] = layout === 'NCHW' ? [2, 3] : [1, 2];
  const { name, dtype, shape } = picture;
  return { name, dtype, layout, height: shape![height!], width: shape![width!], batch: shape![0] };
}

function shapeFor({ layout }: PictureInput, batch: number | string, height: number, width: number): Shape {
  return layout === 'NCHW' ? [batch, 3, height, width] : [batch, height, width, 3];
}

/**
 * Reads a network and cuts it at its features. Constants are folded. Where the file fixes the batch, in its input
 * or only in the shapes inside, the batch is made symbolic, and two pictures together must give what each gives
 * alone.
 *
 * @throws {OnesheetError} MODEL_UNREADABLE, GRAPH_OPERATOR with the node of an operator that is not supported,
 * GRAPH_SHAPE where the size of the pictures or the batch does not fit, TRUNK_UNSUITABLE
 */
export async function readTrunk(bytes: Uint8Array, options: TrunkOptions): Promise<Trunk> {
  const { source, height, width } = options;
  const picture = pictureInputOf(bytes, source);
  const read = async (batch: number | string): Promise<{ graph: Graph; features: Value }> => {
    const inputShapes = { [picture.name]: shapeFor(picture, batch, height, width) };
    const graph = await foldConstants(readModel(bytes, { source, inputShapes }).graph);
    return extract(graph, picture.name, chooseFeatures(graph, source, options.features ?? null), source);
  };
  const finish = ({ graph, features }: { graph: Graph; features: Value }): Trunk => {
    if (features.shape[0] !== 'batch')
      throw onesheetError('TRUNK_UNSUITABLE', source, `its tensor ${features.name} is not one a picture`);
    // Layers are counted in what remains of the file.
    inferRoles(graph);
    return { graph, picture, features };
  };
  if (picture.batch === undefined) {
    try {
      return finish(await read('batch'));
    } catch (error) {
      // Exporters may leave the batch open and still write 1 into the shapes inside.
      if (!(error instanceof OnesheetError) || error.code !== 'GRAPH_SHAPE') throw error;
    }
  }
  const fixed = await read(picture.batch ?? 1);
  const graph = withSymbolicBatch(fixed.graph, picture.name);
  await assertSameForEachPicture(fixed.graph, graph, picture.name, source);
  return finish({ graph, features: graph.value(fixed.features.name) });
}
