/** @module The names of the files of a run's folder. */

export const runFiles = {
  config: 'config.json',
  split: 'split.csv',
  history: 'history.csv',
  timings: 'timings.csv',
  checkpoint: 'last.safetensors',
  model: 'best.onnx',
  validation: 'validation.jsonl',
  metrics: 'metrics.json',
  summary: 'summary.json',
  /** The model that learned from the validation posters too, and the folder of its checkpoint. */
  refitModel: 'refit.onnx',
  refit: 'refit',
} as const;
