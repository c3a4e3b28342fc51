import { fileURLToPath } from 'node:url';

/** A template of test/fixtures/templates. */
export function templateFile(path: string): string {
  return fileURLToPath(new URL(`../fixtures/templates/${path}`, import.meta.url));
}
