/** @module A model, a picture, genres and a method -> attribution maps; sessions are kept between pictures. */
import { onesheetError } from '../errors.ts';
import type { Graph, SessionOptions } from '../graph/index.ts';
import { type ImageLimits, type ImageSource, preparePixels } from '../image/index.ts';
import { Classifier, type Model } from '../model/index.ts';
import { Random } from '../random.ts';
import { chooseFeatureMap } from './featureMaps.ts';
import { GradientMaps, type GradientMethod, unsupported } from './gradientMaps.ts';
import {
  type AttributionMap,
  type AttributionMethod,
  attributionMethods,
  type Grid,
  spreadGrid,
} from './map.ts';
import { type OcclusionOptions, occlusionGrids } from './occlusion.ts';
import { type RiseOptions, riseGrids } from './rise.ts';

/** The method where none is asked for; docs/explanations.md shows the measurements behind the choice. */
export const defaultMethod: AttributionMethod = 'gradcam';

export interface ExplainerOptions extends SessionOptions {
  /**
   * Feature map of the methods by gradients: a value's name in the file, or a size such as `30x20`, which means
   * the last map of that size.
   * @default the last map; for `layercam` the last one of the next finer size
   */
  readonly layer?: string;
  readonly occlusion?: OcclusionOptions;
  readonly rise?: RiseOptions;
  /**
   * Draws the masks of RISE, the same ones for every picture.
   * @default Random.fromSeed(0)
   */
  readonly random?: Random;
  /** Limits for pictures that are given as a source. */
  readonly limits?: Partial<ImageLimits>;
}

export interface Explainer {
  readonly model: Model;
  /**
   * @param picture a source, or uint8 [height, width, 3] as `preparePixels` gives them by the model's resize rule
   * @param genre by its name, in any case
   * @returns the map at the size of the model's input
   * @throws {OnesheetError} GENRE_UNKNOWN with the genres that the model knows; EXPLANATION_UNSUPPORTED when the
   * network cannot be differentiated; OPTION_INVALID for pixels of another size; the codes of `preparePixels`
   */
  explain(
    picture: Uint8Array | ImageSource,
    genre: string,
    method?: AttributionMethod,
  ): Promise<AttributionMap>;
  /** Maps of several genres, in their order, for little more than one. */
  explainGenres(
    picture: Uint8Array | ImageSource,
    genres: readonly string[],
    method?: AttributionMethod,
  ): Promise<AttributionMap[]>;
  release(): Promise<void>;
}

/** @throws {OnesheetError} OPTION_INVALID with the methods that there are */
export function methodOf(name: string): AttributionMethod {
  const method = attributionMethods.find((each) => each === name);
  if (method) return method;
  throw onesheetError('OPTION_INVALID', 'method', `one of ${attributionMethods.join(', ')}`, name);
}

/**
 * The column of a genre, whose name may differ in case.
 *
 * @throws {OnesheetError} GENRE_UNKNOWN with the genres that the model knows
 */
export function genreIndex(model: Model, genre: string): number {
  const { genres } = model.metadata;
  const exact = genres.indexOf(genre);
  const index = exact >= 0 ? exact : genres.findIndex((each) => each.toLowerCase() === genre.toLowerCase());
  if (index >= 0) return index;
  throw onesheetError('GENRE_UNKNOWN', genre, genres.join(', '));
}

function checkOptions({ occlusion = {}, rise = {} }: ExplainerOptions): void {
  const { patch = 1, stride = 1 } = occlusion;
  const { masks = 1, cells = 1 } = rise;
  for (const [option, value] of Object.entries({ patch, stride })) {
    if (!(value > 0 && value <= 1))
      throw onesheetError('OPTION_INVALID', option, 'a number above 0 and at most 1', String(value));
  }
  for (const [option, value] of Object.entries({ masks, cells })) {
    if (!Number.isInteger(value) || value < 1)
      throw onesheetError('OPTION_INVALID', option, 'a positive integer', String(value));
  }
}

/**
 * @throws {OnesheetError} OPTION_INVALID for options outside their ranges
 * @example
 * const explainer = createExplainer(await loadModel('best.onnx'));
 * const map = await explainer.explain({ kind: 'file', path: 'poster.jpg' }, 'Horror');
 * await explainer.release();
 */
export function createExplainer(model: Model, options: ExplainerOptions = {}): Explainer {
  checkOptions(options);
  return new ModelExplainer(model, options);
}

class ModelExplainer implements Explainer {
  readonly model: Model;
  readonly #options: ExplainerOptions;
  readonly #gradients = new Map<string, Promise<GradientMaps>>();
  #classifier: Promise<Classifier> | undefined;

  constructor(model: Model, options: ExplainerOptions) {
    this.model = model;
    this.#options = options;
  }

  async explain(picture: Uint8Array | ImageSource, genre: string, method?: AttributionMethod) {
    const [map] = await this.explainGenres(picture, [genre], method);
    return map!;
  }

  async explainGenres(
    picture: Uint8Array | ImageSource,
    genres: readonly string[],
    method: AttributionMethod = defaultMethod,
  ): Promise<AttributionMap[]> {
    const { genres: known, resize } = this.model.metadata;
    const columns = genres.map((genre) => genreIndex(this.model, genre));
    const pixels =
      picture instanceof Uint8Array ? picture : await preparePixels(picture, resize, this.#options.limits);
    const { height, width } = resize;
    if (pixels.length !== height * width * 3) {
      const expected = `${height} x ${width} x 3 bytes of pixels`;
      throw onesheetError('OPTION_INVALID', 'picture', expected, `${pixels.length} bytes`);
    }
    const grids = await this.#grids(pixels, columns, methodOf(method));
    return grids.map((grid, i) => ({ ...grid, genre: known[columns[i]!]!, method }));
  }

  async #grids(pixels: Uint8Array, columns: readonly number[], method: AttributionMethod): Promise<Grid[]> {
    const { resize } = this.model.metadata;
    const { occlusion, rise, random = Random.fromSeed(0) } = this.#options;
    if (method === 'occlusion' || method === 'rise') {
      this.#classifier ??= Classifier.create(this.model, this.#options);
      const classifier = await this.#classifier;
      const score = async (batch: Uint8Array) => (await classifier.classify(batch)).logits;
      return method === 'occlusion'
        ? occlusionGrids(pixels, resize, columns, score, occlusion)
        : riseGrids(pixels, resize, columns, score, random.split('rise'), rise);
    }
    const gradients = await this.#gradientsFor(method);
    const pairs = columns.map((genre) => ({ poster: 0, genre }));
    return (await gradients.run(pixels, pairs, method)).map((grid) => spreadGrid(grid, resize));
  }

  #gradientsFor(method: GradientMethod): Promise<GradientMaps> {
    const graph = this.#graph();
    const map = chooseFeatureMap(graph, this.#options.layer, method === 'layercam' ? 1 : 0);
    const known = this.#gradients.get(map.name);
    if (known) return known;
    const created = GradientMaps.create(graph, map, ['gradcam', 'hirescam', 'layercam'], this.#options);
    this.#gradients.set(map.name, created);
    return created;
  }

  #graph(): Graph {
    try {
      return this.model.graph;
    } catch (error) {
      throw unsupported(error);
    }
  }

  async release(): Promise<void> {
    const sessions = [...this.#gradients.values(), ...(this.#classifier ? [this.#classifier] : [])];
    this.#gradients.clear();
    this.#classifier = undefined;
    for (const session of await Promise.allSettled(sessions))
      if (session.status === 'fulfilled') await session.value.release();
  }
}
