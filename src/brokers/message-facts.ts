import { packAttributes, unpackAttributes, type PackedAttributes } from './packed-attributes.ts';
import { noAttributes, type MessageAttributes } from './message-attributes.ts';

/** What a queue knows of a message beside its body. The storage keeps it with the message. */
export interface MessageFacts {
  readonly attributes: MessageAttributes;
  readonly traceHeader?: string;
  /** Of a standard queue; in a FIFO queue the storage knows it. */
  readonly groupId?: string;
  /** Given when the message was moved out of a dead-letter queue; else the storage's id is the message's. */
  readonly messageId?: string;
  /** ARN of the queue that gave it up. */
  readonly sourceArn?: string;
  /** Receives there; AWS goes on counting. */
  readonly receivesBefore?: number;
  /** There, in epoch milliseconds. */
  readonly firstReceivedMs?: number;
}

type PackedFacts = Omit<MessageFacts, 'attributes'> & { readonly attributes?: PackedAttributes };

/** An empty text when there is nothing to say, which is the usual case. */
export function packFacts({ attributes, ...others }: MessageFacts): string {
  const packed = packAttributes(attributes);
  if (packed === undefined && Object.keys(others).length === 0) return '';
  return JSON.stringify({ ...others, ...(packed && { attributes: packed }) });
}

export function unpackFacts(text: string): MessageFacts {
  if (text === '') return nothing;
  const { attributes, ...others } = JSON.parse(text) as PackedFacts;
  return { ...others, attributes: unpackAttributes(attributes) };
}

const nothing: MessageFacts = Object.freeze({ attributes: noAttributes });
