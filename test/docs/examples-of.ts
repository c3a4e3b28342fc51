import { readFileSync } from 'node:fs';

/** The TypeScript examples of a document that a test does not have word for word, white space and imports aside. */
export function examplesMissing(document: string, test: string): string[] {
  const here = flat(readFileSync(test, 'utf8'));
  const text = readFileSync(new URL(`../../docs/${document}`, import.meta.url), 'utf8');
  const examples = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, example = '']) =>
    flat(example.replaceAll(/^import .*\n/gm, '')),
  );
  if (examples.length === 0) throw new Error(`${document} has no examples`);
  return examples.filter((example) => !here.includes(example));
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
