/**
 * The runtime's own start, given a WebAssembly module that is compiled already. onnxruntime-web imports this file in
 * place of its own and calls what it exports by default.
 */
let start;
let compiled;

/**
 * @param {(options: object) => Promise<object>} own how the runtime starts its WebAssembly
 * @param {WebAssembly.Module} module
 */
export function use(own, module) {
  start = own;
  compiled = module;
}

export default (options) =>
  start({
    ...options,
    instantiateWasm(imports, receive) {
      receive(new WebAssembly.Instance(compiled, imports), compiled);
      return {};
    },
  });
