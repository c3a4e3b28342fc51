/**
 * The bundler numbers names that occur twice in a part (`Readable2`). Names of classes show in users' logs,
 * so functions get the name back under which the table has them.
 */
export function restoreNames<Table extends object>(table: Table): Table {
  for (const key of Object.keys(table)) {
    const value: unknown = Object.getOwnPropertyDescriptor(table, key)?.value;
    if (typeof value !== 'function' || !value.name.startsWith(key)) continue;
    if (/^\d+$/.test(value.name.slice(key.length))) {
      Object.defineProperty(value, 'name', { value: key, configurable: true });
    }
  }
  return table;
}
