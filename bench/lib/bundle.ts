/**
 * CommonJS of about that many bytes with many functions, each called once at top level, as a bundle of
 * many modules does; the handler echoes.
 */
export function bundleOf(bytes: number): string {
  const parts = ['const table = {};\n'];
  let length = 0;
  for (let index = 0; length < bytes - 100; index += 1) {
    const part = `function part${index}(input) {
  const state = { id: ${index}, name: 'part-${index}', values: [input, input + 1, input + 2] };
  if (typeof input !== 'number') throw new TypeError('part${index} takes a number');
  return Object.assign(state, { sum: state.values.reduce((sum, value) => sum + value, 0) });
}
table.part${index} = part${index}(${index % 97});
`;
    parts.push(part);
    length += part.length;
  }
  parts.push('exports.handler = (event) => event;\n');
  return parts.join('');
}
