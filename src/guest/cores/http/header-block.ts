import { validateHeaderName, validateHeaderValue } from './words.ts';

/** What the header of a message says about its framing, while it is put together. */
export interface HeaderBlock {
  text: string;
  /** The same as names and values in turn. */
  readonly list: string[];
  hasConnection: boolean;
  hasLength: boolean;
  hasEncoding: boolean;
  hasDate: boolean;
  hasExpect: boolean;
  hasTrailer: boolean;
}

/** The message fields that single headers change. */
export interface Framing {
  _removedConnection: boolean;
  _removedContLen: boolean;
  _removedTE: boolean;
  _defaultKeepAlive: boolean;
  _last: boolean;
  _contentLength: number | null;
  shouldKeepAlive: boolean;
  chunkedEncoding: boolean;
}

export type HeaderValue = string | number | readonly string[];

export function newBlock(firstLine: string): HeaderBlock {
  return {
    text: firstLine,
    list: [],
    hasConnection: false,
    hasLength: false,
    hasEncoding: false,
    hasDate: false,
    hasExpect: false,
    hasTrailer: false,
  };
}

/** Adds one header; a list becomes several, but for cookies. */
export function addHeader(
  block: HeaderBlock,
  framing: Framing,
  name: string,
  value: HeaderValue,
  isChecked: boolean,
): void {
  if (!isChecked) validateHeaderName(name);
  if (!Array.isArray(value)) {
    addLine(block, framing, name, value as string | number, isChecked);
    return;
  }
  const values = value as readonly string[];
  if (name.length === 6 && name.toLowerCase() === 'cookie' && values.length > 1) {
    addLine(block, framing, name, values.join('; '), isChecked);
    return;
  }
  for (const one of values) addLine(block, framing, name, one, isChecked);
}

/** A line that the message itself decides on. */
export function addOwnLine(block: HeaderBlock, name: string, value: string): void {
  block.text += `${name}: ${value}\r\n`;
  block.list.push(name, value);
}

function addLine(
  block: HeaderBlock,
  framing: Framing,
  name: string,
  value: string | number,
  isChecked: boolean,
): void {
  if (!isChecked) validateHeaderValue(name, value);
  addOwnLine(block, name, String(value));
  note(block, framing, name.toLowerCase(), String(value));
}

function note(block: HeaderBlock, framing: Framing, name: string, value: string): void {
  switch (name) {
    case 'connection':
      block.hasConnection = true;
      framing._removedConnection = false;
      if (/(?:^|\W)close(?:$|\W)/i.test(value)) framing._last = true;
      else framing.shouldKeepAlive = true;
      break;
    case 'transfer-encoding':
      block.hasEncoding = true;
      framing._removedTE = false;
      if (/(?:^|\W)chunked(?:$|\W)/i.test(value)) framing.chunkedEncoding = true;
      break;
    case 'content-length':
      block.hasLength = true;
      framing._contentLength = Number(value);
      framing._removedContLen = false;
      break;
    case 'date':
      block.hasDate = true;
      break;
    case 'expect':
      block.hasExpect = true;
      break;
    case 'trailer':
      block.hasTrailer = true;
      break;
    case 'keep-alive':
      framing._defaultKeepAlive = false;
      break;
    default:
  }
}
