/** @module `POST /v1/predict`: posters -> their genres, and explanations if they are wished. */
import { z } from 'zod';
import { idsOfNames } from '../../dataset/index.ts';
import { OnesheetError, onesheetError } from '../../errors.ts';
import { defaultMethod, genreIndex } from '../../explain/index.ts';
import {
  type HeardPoster,
  type PosterTexts,
  type Predictor,
  policyOf,
  predictionOf,
  wordsFor,
  writtenOutcome,
} from '../../predict/index.ts';
import { explanationOf, failedOf, predictAnswerSchema, servedPolicy } from '../answers.ts';
import type { App } from '../app.ts';
import { heardFields, heardOf } from '../heard.ts';
import type { ClassifyAnswer } from '../inference/messages.ts';
import type { InferenceService, ReceivedPoster } from '../inference/service.ts';
import { binarySchema, problemResponse } from '../openapi.ts';
import { readPosters, shortText } from '../posters.ts';

/** Forms and queries have strings where JSON has numbers and booleans. */
const optionsSchema = z.strictObject({
  policy: shortText.optional().describe("Decision rule by its name; by default the model's first"),
  top: z.coerce.number().int().min(1).optional().describe('Genres to answer; by default all'),
  explain: z
    .union([z.boolean(), shortText])
    .transform((wish) => (wish === true || wish === 'true' ? '' : wish === 'false' ? false : wish))
    .optional()
    .describe('true for a map of the likeliest genre, or the name of a genre'),
  ...heardFields,
  read: z
    .union([z.boolean(), z.enum(['true', 'false'])])
    .transform((wish) => wish === true || wish === 'true')
    .optional()
    .describe('true to read what stands on the posters and hear it too; where reading is switched on'),
  words: z
    .union([z.boolean(), z.enum(['true', 'false'])])
    .transform((wish) => wish === true || wish === 'true')
    .optional()
    .describe('true for what the picture and each word that is heard add to the logit of every genre'),
});

/** Words of each genre that are told, the strongest first. */
const mostWords = 20;

const name = shortText.optional().describe('Name of a poster that is sent as raw bytes');

/** @param texts hears titles and texts; without it they are refused */
export function addPredict(app: App, service: InferenceService, texts: PosterTexts | undefined): void {
  const { model, settings } = service;
  const list = z.array(z.string().max(settings.maximumJsonBytes)).min(1).max(settings.maximumPosters);
  const formSchema = z.object({ file: z.array(binarySchema).max(settings.maximumPosters) });
  const jsonSchema = optionsSchema.extend({
    images: list.optional().describe('Pictures in base64 or as data URLs; `image` for one'),
    urls: list.optional().describe('Where fetching is switched on'),
  });

  function outcomeOf(
    facts: { readonly id: string; readonly source: string },
    outputs: ClassifyAnswer | OnesheetError,
    { policy, top, read = false, words = false }: z.infer<typeof optionsSchema>,
    heard: Omit<HeardPoster, 'id'> | undefined,
  ) {
    if (outputs instanceof OnesheetError) return failedOf(facts, outputs);
    const hearing = texts && heard && { texts, known: texts.heardOf({ id: facts.id, ...heard }) };
    const { probabilities, predictor } = hearing
      ? hearing.texts.judge(hearing.known, outputs.probabilities)
      : { ...outputs, predictor: model };
    const exact = predictionOf(predictor, policyOf(predictor, policy), facts, probabilities);
    const { genres, ...rest } = writtenOutcome(exact);
    return {
      ...rest,
      genres: genres.slice(0, top),
      ...(read && { texts: heard?.texts ?? [] }),
      ...(words && hearing && wordsOf(hearing, outputs.probabilities, predictor)),
    };
  }

  /** What each word adds, and the rules that were chosen for what is heard, so that a client may decide by any of them. */
  function wordsOf(
    hearing: { readonly texts: PosterTexts; readonly known: ReturnType<PosterTexts['heardOf']> },
    network: Float32Array,
    { metadata }: Predictor,
  ) {
    const contributions = hearing.texts.contributions(hearing.known, network);
    const words = metadata.genres.map((genre, at) => {
      const { words: all, ...parts } = wordsFor(contributions, at);
      return { genre, ...parts, words: all.slice(0, mostWords) };
    });
    const { policies, policyCurves } = metadata;
    return { words, rules: { policies: policies.map(servedPolicy), ...(policyCurves && { policyCurves }) } };
  }

  /** What is told of each poster, with the lines that are read on those of which no texts are told. */
  async function readAndHeard(
    posters: readonly ReceivedPoster[],
    told: readonly Omit<HeardPoster, 'id'>[] | undefined,
    gone: AbortSignal,
  ) {
    const unread = posters.filter((_, i) => told?.[i]?.texts === undefined);
    const lines = new Map(
      (await service.read(unread, gone)).map((read, i) => [
        unread[i]!,
        read instanceof OnesheetError ? [] : read,
      ]),
    );
    return posters.map((poster, i) => ({ ...told?.[i], texts: told?.[i]?.texts ?? lines.get(poster)! }));
  }

  /** The explanations of the posters that could be read, in one go: a request has one place in their queue. */
  async function explanationsOf(posters: readonly ReceivedPoster[], wanted: string, gone: AbortSignal) {
    if (wanted !== '') genreIndex(model, wanted);
    const wish = { genre: wanted === '' ? undefined : wanted, method: defaultMethod, picture: undefined };
    return posters.length === 0 ? [] : await service.explain(posters, wish, gone);
  }

  app.post(
    '/v1/predict',
    {
      config: { lane: 'predictions' },
      schema: {
        tags: ['posters'],
        summary: 'The genres of one or many posters',
        description:
          'Posters as parts named `file` of a form (`files`, `image` and `images` do as well), one poster as raw bytes, or ' +
          'JSON with base64, data URLs or, where fetching is switched on, URLs. Options stand in the query, among the fields of the form or in the JSON. Among several posters, one that ' +
          'cannot be read is an entry with its error.',
        querystring: optionsSchema.extend({ name }),
        bodies: {
          'multipart/form-data': formSchema,
          'image/*': binarySchema,
          'application/octet-stream': binarySchema,
          'application/json': jsonSchema,
        },
        response: { 200: predictAnswerSchema, default: problemResponse },
      },
    },
    async (request) => {
      const { posters, options } = await readPosters(request, optionsSchema, settings);
      const policy = policyOf(model, options.policy);
      const told = heardOf(options, posters.length);
      if ((told !== undefined || options.read === true) && texts === undefined)
        throw onesheetError(
          'REQUEST_INVALID',
          'title, year, texts and read',
          'none, since this model hears only with a model of texts beside it',
        );
      const heard = options.read === true ? await readAndHeard(posters, told, request.gone) : told;
      const outputs = await service.predict(posters, request.gone);
      const [only] = outputs;
      if (outputs.length === 1 && only instanceof OnesheetError) throw only;
      const ids = idsOfNames(posters.map(({ name: own }) => own));
      const predictions = posters.map((poster, i) =>
        outcomeOf({ id: ids[i]!, source: poster.name }, outputs[i]!, options, heard?.[i]),
      );
      const { explain = false } = options;
      if (explain === false) return { model: model.id, policy: policy.name, predictions };
      const isRead = (_: unknown, i: number): boolean => !(outputs[i] instanceof OnesheetError);
      const answers = await explanationsOf(posters.filter(isRead), String(explain), request.gone);
      const explained = predictions.filter(isRead).entries();
      for (const [i, prediction] of explained)
        Object.assign(prediction, { explanation: explanationOf(answers[i]!) });
      return { model: model.id, policy: policy.name, predictions };
    },
  );
}
