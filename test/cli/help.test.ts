import { expect, test } from 'vitest';
import { onesheet } from './command.ts';

test('the help names the commands and shows lines to try', async () => {
  const { code, stdout } = await onesheet(['--help']);
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "Predict a film's genres from its poster. (onesheet v0.1.0)

    USAGE onesheet demo|data|train|refit|cross-validate|sweep|evaluate|predict|merge|cluster|read|explain|models|recipes|texts|quantize|report|serve

    COMMANDS

                demo    Predict sample posters; then draw posters, train a small network on them, measure it and predict.
                data    Check, split or synthesize a set of posters                                                      
               train    Train a network on labelled posters.                                                             
               refit    Train a finished run once more, on its validation posters too, for a model to keep.              
      cross-validate    Train once for each fold, and predict every training poster by a model that has not seen it.     
               sweep    Train several recipes with several seeds, and compare them in one report.                        
            evaluate    Measure a model on labelled posters, beside what guessing would reach, and name its errors.      
             predict    Name the genres of posters.                                                                      
               merge    Join what \`predict --shard\` wrote, as if it had never been apart.                                
             cluster    Predict a catalogue by many machines, over a Redis server.                                       
                read    Read what stands on posters as text.                                                             
             explain    Show where on a poster the model sees a genre.                                                   
              models    List the models that are installed.                                                              
             recipes    List the recipes to train by: purpose, cost and score.                                           
               texts    Hear what stands on posters as text, and titles, beside a network.                               
            quantize    Write a model in 8 bits: under a third of the size, about as fast.                               
              report    Write what a run learned, as a page to open in a browser; several runs are compared.             
               serve    Answer posters with genres over HTTP, and serve the page.                                        

    Use onesheet <command> --help for more information about a command.

    EXAMPLES

      onesheet demo
          Predicts sample posters, then trains a small network on drawn ones and shows what it learned.
      onesheet data check --data train.csv --images posters/
          Says what is in a data set, and what is wrong with it.
      onesheet train --data train.csv --images posters/ --recipe cnn-rnn --run runs/first
          Trains, watching a validation split; the best model is runs/first/best.onnx.
      onesheet evaluate runs/first
          Measures it on the test posters, beside what guessing would reach.
      onesheet predict poster.jpg
          Names the genres of a poster, with the model that is shipped.
      onesheet explain poster.jpg --model runs/first
          Shows where on the poster the likeliest genre comes from.
      onesheet report runs/first
          Writes a page of curves, diagnosis, measures, posters and errors.

    "
  `);
});

test('the help of predict explains every option', async () => {
  const { code, stdout } = await onesheet(['predict', '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "Name the genres of posters. (onesheet predict)

    USAGE onesheet predict [OPTIONS] <PATHS>

    ARGUMENTS

      PATHS    Pictures, folders, tables with a column image, lists of paths, or - for a list or a picture on standard input (Required)

    OPTIONS

                         --model=<file|run|name>    A model file (.onnx), a run's folder or an installed model; by default the one that is shipped                    
                                 --policy=<name>    Decision rule: top=3, f1, balanced, precision=0.8 or recall=0.9, with any number; by default the model's first    
                            --texts=<file.jsonl>    What stands on the posters as text, heard too: lines of {"id": "...", "texts": ["..."]}                           
                                --titles=<table>    The films' titles, heard too: a table with the columns id, title and perhaps year and original_title              
                                          --read    Read what stands on the posters, and hear it too; json and jsonl then carry the texts                             
                                       --library    Pass over fanart, banners, logos and the like everywhere; by default in folders of films only                     
                                    --no-library    Pass over none of them                                                                                            
                               --images=<folder>    Folder of the images that a table names; by default its own, or images/ beside it                                 
                                 --base=<folder>    Folder that ids are relative to; by default the deepest that holds everything named                               
                 --format=<table|json|jsonl|csv>    On standard output: table for people (the default); json, jsonl or csv for programs                               
                                 --output=<file>    Write here instead: .jsonl, .csv or .parquet. Killed, the same command goes on; failures go to <file>.errors.jsonl
                                     --overwrite    Begin the output anew, whatever it holds                                                                          
                                  --retry-errors    Try posters of the output that failed once more                                                                   
                                   --shard=<i/n>    Take one of n parts only, i from 0 to n - 1, into a file of its own beside the output; \`onesheet merge\` joins them
                                         --fetch    Fetch posters that are named by URLs, from public addresses only (Default: false)                                 
                               --networks=<list>    Networks to fetch from although they are not public, such as 10.1.0.0/16                                          
                           --fetch-rate=<number>    Requests that one host gets in a second, at most; by default 20                                                   
                              --fetch-cache=<MB>    Keep fetched posters on disk, at most so many megabytes, and fetch again only those that have changed             
                                --batch=<number>    Posters that go through the network at a time, by default 8, and 2 where several networks share the threads       
                              --threads=<number>    Threads of the engine, by default all that the machine has; the same count gives the same bits                    
      --device=<cpu|webgpu|cuda|coreml|dml|auto>    Where networks are computed; auto takes the fastest that computes rightly (Default: cpu)                          
                                 --device-report    Say which operators ran on the device and which fell back to the CPU

    EXAMPLES

      onesheet predict poster.jpg
          Shows the genres of one poster, by the model that is shipped.
      onesheet predict posters/ --model runs/first --format csv > genres.csv
          Tags a whole folder.
      onesheet predict catalogue.csv --output genres.jsonl
          Works through a catalogue of any length; killed, the same command goes on where it was.
      find . -name "*.jpg" | onesheet predict - --model best.onnx --format jsonl
          Reads paths from another program.
      onesheet predict posters/ --model runs/first --policy precision=0.8
          Proposes only what is likely right.
      onesheet predict posters/ --titles films.csv
          Hears the films' titles too, which makes the genres better.
      onesheet predict posters/ --read
          Reads what stands on the posters and hears it too.

    "
  `);
});

test.each([
  [['paint'], 'paint is no command here: expected one of demo, data,'],
  [['data', 'paint'], 'paint is no command here: expected one of check, split, synthesize.'],
  [['predict'], 'Missing required positional argument: PATHS'],
  [['predict', 'a.jpg', '--modle', 'x'], 'predict has no option --modle: expected one of --model'],
  [['evaluate', 'run', '--resamples'], '--resamples needs a value.'],
  [
    ['evaluate', 'run', '--resamples', 'many'],
    'Expected a whole number from 1 to 1000000 for resamples but received many.',
  ],
  [['train'], 'Expected a table of posters or a folder for data but received nothing.'],
  [['demo', 'now'], 'demo takes no argument now.'],
])('%j is wrong usage: exit code 2 and one sentence', async (args, sentence) => {
  const { code, stdout, stderr } = await onesheet(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(sentence);
  expect(stderr).not.toContain('    at ');
});

test('the version is one line', async () => {
  expect(await onesheet(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});

test('the help of train says how to start from another network', async () => {
  const { code, stdout } = await onesheet(['train', '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "Train a network on labelled posters. (onesheet train)

    USAGE onesheet train [OPTIONS] 

    OPTIONS

                           --data=<table|folder>    Table of posters with their genres (.csv, .tsv, .jsonl, .parquet) or an imagefolder; given again, another one to join                               
                               --images=<folder>    Folder of the images, by default beside the table; given again, that of the next table                                                              
                       --genre-names=<file.json>    Names of genres that are one: {"Sci-Fi": ["Science Fiction", "SF"], ...}                                                                            
                            --recipe=<name|file>    What to train and how: a name that \`onesheet recipes\` lists or a JSON file, of one run or a chain of them; by default cnn-rnn, with --from fine-tune
                     --from=<file|hf:owner/name>    Start from this ONNX network; hf:owner/name[/file][@revision] fetches it from the hub                                                               
                             --features=<tensor>    Where to cut the network; by default before its last dense layer                                                                                    
                          --normalize=<how|file>    How the network expects pixels: imagenet, half, unit, none or a preprocessor_config.json; by default the hub's, else imagenet                       
                                  --run=<folder>    Folder of the run; by default runs/<recipe>-<seed>                                                                                                  
                               --resume=<folder>    Continue the run in this folder; all else comes from its config.json                                                                                
                                  --split=<file>    Split made before; further posters are trained on. By default the table's own, else the run makes one                                               
                     --minimum-support=<posters>    Drop genres on fewer posters than this; by default 1.5 % of the labelled ones, at least 10, at most 100, unless the recipe says its own             
                                 --seed=<number>    Seed of weights, order, augmentation and dropout (Default: 0)                                                                                       
                               --epochs=<number>    At most so many epochs, instead of the recipe's                                                                                                     
                              --threads=<number>    Threads of the engine, by default all that the machine has; the same count gives the same bits                                                      
      --device=<cpu|webgpu|cuda|coreml|dml|auto>    Where networks are computed; auto takes the fastest that computes rightly (Default: cpu)                                                            
                                 --device-report    Say which operators ran on the device and which fell back to the CPU                                                                                
                                --cache=<folder>    Keep decoded posters here, so that the next run starts at once                                                                                      
                                        --report    Write report.html into the run at the end (Default: true)                                                                                           
                                     --no-report    No report at the end

    EXAMPLES

      onesheet train --data train.csv --images posters/ --recipe cnn-rnn --run runs/first
          Trains the convolutional and recurrent network from scratch.
      onesheet train --resume runs/first
          Goes on where a killed or interrupted run stopped, to the same result.
      onesheet train --data train.csv --images posters/ --recipe my-recipe.json --run runs/mine --epochs 5
          Trains by your own recipe; begin with a copy of one that \`onesheet recipes --format json\` names.
      onesheet train --data train.csv --images posters/ --from network.onnx --run runs/tuned
          Fine-tunes any ONNX network of pictures: its last dense layer gives way to one for genres.
      onesheet train --data train.csv --images posters/ --from hf:owner/name --run runs/tuned
          The same with a network of the Hugging Face hub, which is fetched once; HF_TOKEN opens private ones.

    "
  `);
});
