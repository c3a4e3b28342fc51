import {
  attributeText,
  type MessageAttribute,
  type MessageAttributes,
} from './message-attributes.ts';

/** Attributes as JSON can hold them: name to type and text, and a 1 when the text is base64 of bytes. */
export type PackedAttributes = Readonly<
  Record<string, readonly [string, string] | readonly [string, string, 1]>
>;

/** Undefined when there are none. */
export function packAttributes(attributes: MessageAttributes): PackedAttributes | undefined {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(
    entries.map(([name, attribute]) => {
      const text = attributeText(attribute);
      const { dataType, binaryValue } = attribute;
      return [name, binaryValue === undefined ? [dataType, text] : [dataType, text, 1]];
    }),
  );
}

export function unpackAttributes(packed: PackedAttributes = {}): MessageAttributes {
  return Object.fromEntries(
    Object.entries(packed).map(([name, [dataType, text, isBinary]]): [string, MessageAttribute] => [
      name,
      isBinary === 1
        ? { dataType, binaryValue: new Uint8Array(Buffer.from(text, 'base64')) }
        : { dataType, stringValue: text },
    ]),
  );
}
