import extracted from 'node-inspect-extracted';

/** Node's own `util.inspect` and `util.format`, extracted from Node's source by node-inspect-extracted. */
export const { format, formatWithOptions, inspect, stripVTControlCharacters } = extracted;
