/** @module What onnxruntime says of a failure -> the same in words for people, without places in its C++ source. */

/** How WebAssembly begins: what was called, a number, and at times the number's name. */
const webAssembly = /^.*?\. ERROR_CODE: -?\d+, ERROR_MESSAGE: |\[ONNXRuntimeError\] : \d+ : \w+ : /gs;

/** A place in C++ source, as `/onnxruntime_src/.../model.cc:202 `. */
const place = /\S*[\w/]+\.(?:cc|cpp|h|cu):\d+ /;

/** The index after the parenthesis that closes the first one from `start` on; `start` where none does. */
function endOfParameters(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')' && --depth === 0) return at + 1;
  }
  return start;
}

/** Takes away `file.cc:12 void Class::function(parameters) const [with T = float] `, wherever it stands. */
function withoutPlaces(text: string): string {
  const found = place.exec(text);
  if (!found) return text;
  const after = found.index + found[0].length;
  const rest = text
    .slice(endOfParameters(text, after))
    .replace(/^(?: const| noexcept| \[with [^\]]*\])*/, '');
  return text.slice(0, found.index) + withoutPlaces(rest.trimStart());
}

/** What can be said better, since it is met often and has a remedy. */
const known: readonly (readonly [pattern: RegExp, words: string])[] = [
  [
    /^Unsupported model IR version: (\d+), max supported IR version: (\d+)$/,
    'it has IR version $1, but $2 is the newest that is known: save it with ir_version=$2',
  ],
  [
    /^.*Opset (\d+) is under development.*till opset (\d+)$/s,
    'it needs operator set $1, but $2 is the newest that is known: export it with opset_version=$2',
  ],
  [
    /^(.*)Failed to allocate memory for requested buffer of size (\d+)$/s,
    '$1it asks for $2 bytes of memory at once, which there are not',
  ],
  [/^.*Failed to get a WebGPU adapter.*$/s, 'no driver of a graphics card that WebGPU can use was found'],
  [/^.*(?:Failed to load shared library).*$/s, 'its libraries are not installed beside onnxruntime-node'],
  [/^(.*)std::bad_alloc$/s, '$1it asks for more memory than there is'],
];

/**
 * @example
 * reasonOfRuntime('/src/core/graph/model.cc:202 Model::Model(Proto&&) Unsupported model IR version: 14, max supported IR version: 13');
 * // it has IR version 14, but 13 is the newest that is known: save it with ir_version=13
 */
export function reasonOfRuntime(message: string): string {
  const plain = withoutPlaces(message.replace(webAssembly, ''))
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '');
  const [, op, node, status] =
    plain.match(
      /^Non-zero status code returned while running (\S+) node\. Name:'(.*?)' Status Message: (.*)$/,
    ) ?? [];
  const reason = status === undefined ? plain : `in ${op} (node ${node}) ${status}`;
  return known.reduce((text, [pattern, words]) => text.replace(pattern, words), reason);
}
