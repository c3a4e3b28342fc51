/** Node's own `util.inspect` and `util.format`, extracted from Node's source by node-inspect-extracted. */
export {
  format,
  formatWithOptions,
  inspect,
  stripVTControlCharacters,
} from 'node-inspect-extracted';
