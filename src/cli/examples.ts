/** @module Commands -> lines to try, and what they do: the part of the help that teaches. */

export const examples: Readonly<Record<string, readonly (readonly [line: string, what: string])[]>> = {
  '': [
    [
      'onesheet demo',
      'Predicts sample posters, then trains a small network on drawn ones and shows what it learned.',
    ],
    [
      'onesheet data check --data train.csv --images posters/',
      'Says what is in a data set, and what is wrong with it.',
    ],
    [
      'onesheet train --data train.csv --images posters/ --recipe cnn-rnn --run runs/first',
      'Trains, watching a validation split; the best model is runs/first/best.onnx.',
    ],
    ['onesheet evaluate runs/first', 'Measures it on the test posters, beside what guessing would reach.'],
    ['onesheet predict poster.jpg', 'Names the genres of a poster, with the model that is shipped.'],
    [
      'onesheet explain poster.jpg --model runs/first',
      'Shows where on the poster the likeliest genre comes from.',
    ],
    ['onesheet report runs/first', 'Writes a page of curves, diagnosis, measures, posters and errors.'],
  ],
  train: [
    [
      'onesheet train --data train.csv --images posters/ --recipe cnn-rnn --run runs/first',
      'Trains the convolutional and recurrent network from scratch.',
    ],
    [
      'onesheet train --resume runs/first',
      'Goes on where a killed or interrupted run stopped, to the same result.',
    ],
    [
      'onesheet train --data train.csv --images posters/ --recipe my-recipe.json --run runs/mine --epochs 5',
      'Trains by your own recipe; begin with a copy of one that `onesheet recipes --format json` names.',
    ],
    [
      'onesheet train --data train.csv --images posters/ --from network.onnx --run runs/tuned',
      'Fine-tunes any ONNX network of pictures: its last dense layer gives way to one for genres.',
    ],
    [
      'onesheet train --data train.csv --images posters/ --from hf:owner/name --run runs/tuned',
      'The same with a network of the Hugging Face hub, which is fetched once; HF_TOKEN opens private ones.',
    ],
  ],
  refit: [
    [
      'onesheet refit runs/first',
      'Writes runs/first/refit.onnx: the same recipe with more posters, calibrated and decided as runs/first/best.onnx.',
    ],
  ],
  'cross-validate': [
    [
      'onesheet cross-validate --data train.csv --images posters/ --recipe cnn-rnn --out runs/folds',
      'Trains three runs; runs/folds/out-of-fold.jsonl is what a recipe can learn from, and what finds wrong labels.',
    ],
  ],
  sweep: [
    [
      'onesheet sweep cnn-rnn mine.json --seeds 5 --data train.csv --images posters/ --out runs/sweep',
      'Trains ten runs, one after the other; runs/sweep/comparison.html compares both recipes with a band for their seeds.',
    ],
  ],
  evaluate: [
    [
      'onesheet evaluate runs/first',
      "Measures the run's best model on its own test split, and names its errors and doubtful labels.",
    ],
    [
      'onesheet evaluate runs/first --data other.csv --images other/ --format json',
      'Measures it on other labelled posters, for programs; docs/measures.md describes the JSON.',
    ],
    [
      'onesheet evaluate runs/first --out-of-fold runs/folds/out-of-fold.jsonl',
      'Names labels of training posters that are probably wrong or missing, too.',
    ],
  ],
  report: [
    ['onesheet report runs/first', 'Writes report.html and report.md into the folder of the run.'],
    [
      'onesheet report runs/first --short --pdf --author "A. Student" --language de',
      'Prints what is handed in, on at most six pages, in German.',
    ],
    [
      'onesheet report runs/first runs/second --out comparison/',
      'Compares runs: recipes, curves, and the differences that exceed noise.',
    ],
  ],
  predict: [
    ['onesheet predict poster.jpg', 'Shows the genres of one poster, by the model that is shipped.'],
    ['onesheet predict posters/ --model runs/first --format csv > genres.csv', 'Tags a whole folder.'],
    [
      'onesheet predict catalogue.csv --output genres.jsonl',
      'Works through a catalogue of any length; killed, the same command goes on where it was.',
    ],
    [
      'find . -name "*.jpg" | onesheet predict - --model best.onnx --format jsonl',
      'Reads paths from another program.',
    ],
    [
      'onesheet predict posters/ --model runs/first --policy precision=0.8',
      'Proposes only what is likely right.',
    ],
    [
      'onesheet predict posters/ --titles films.csv',
      "Hears the films' titles too, which makes the genres better.",
    ],
    ['onesheet predict posters/ --read', 'Reads what stands on the posters and hears it too.'],
  ],
  'cluster run': [
    [
      'onesheet cluster run --redis redis://host --input catalogue.csv --output genres.jsonl',
      'Ends as `predict --threads 1 --output` would; killed, the same command goes on.',
    ],
  ],
  'cluster worker': [
    [
      'ONESHEET_REDIS=rediss://:password@host onesheet cluster worker',
      'One for each core of each machine; the address with its password is seen by no list of processes.',
    ],
    [
      'onesheet cluster worker --train --redis redis://host',
      'Trains the runs of `sweep` and `cross-validate --redis`.',
    ],
  ],
  merge: [
    [
      'onesheet merge genres.jsonl',
      'Joins what `onesheet predict catalogue.csv --output genres.jsonl --shard 0/4` and the like wrote, on any machines.',
    ],
  ],
  read: [
    ['onesheet read poster.jpg', 'Prints the lines of text on a poster, from top to bottom.'],
    [
      'onesheet read posters/ --format jsonl > texts.jsonl',
      'Writes what `predict --texts texts.jsonl` hears, with the place of every line and how sure it is.',
    ],
    ['onesheet read posters/ --boxes boxes/', 'Draws the posters with a box around every line.'],
  ],
  explain: [
    [
      'onesheet explain poster.jpg --model runs/first --genre Horror',
      'Writes poster-horror.png: the poster in grey, bright where the model sees Horror.',
    ],
    [
      'onesheet explain poster.jpg --model runs/first --method occlusion --out map.webp',
      'Covers a part of the poster at a time and looks what changes; works with any network.',
    ],
  ],
  models: [['onesheet models', 'Shows what is installed: genres, measures, policies, provenance.']],
  recipes: [
    ['onesheet recipes', 'Shows what each recipe is for, what it costs, and what it reached.'],
    [
      'onesheet recipes cnn-rnn',
      'Shows all options of one, also those that it has from the recipe it extends.',
    ],
  ],
  quantize: [
    [
      'onesheet quantize runs/first --out first-int8.onnx',
      'Writes the best model of a run in 8 bits, calibrated on its own training posters.',
    ],
  ],
  serve: [
    ['onesheet serve', 'Opens the page at http://127.0.0.1:8080/, and its routes for programs at /docs.'],
    ['curl -F file=@poster.jpg http://127.0.0.1:8080/v1/predict', 'Asks it for the genres of a poster.'],
    [
      'onesheet serve --model runs/first --host 0.0.0.0 --tokens tokens.txt --rate-limit 600',
      'Serves a model of your own to other machines, which need one of the tokens.',
    ],
  ],
  'data check': [
    ['onesheet data check --data train.csv --images posters/', 'Audits a table and its folder of images.'],
  ],
  'data split': [
    [
      'onesheet data split --data train.csv --images posters/ --out split.csv',
      'Fixes training, validation and test posters in a file that `train --split` takes.',
    ],
  ],
  'data synthesize': [
    [
      'onesheet data synthesize --out synthetic/ --count 500 --seed 1',
      'Draws posters whose genres a network can learn.',
    ],
  ],
};
