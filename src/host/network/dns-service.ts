import { recordTypes } from '../../network/name-service.ts';
import type { Service } from '../service.ts';
import { Question } from './question.ts';
import { readFamily, type NetworkRoom } from './socket-service.ts';

const longestName = 255;

/** Names for `node:dns`: asked at the egress door, answered as JSON. */
export function dnsService(room: NetworkRoom): Service {
  return {
    operations: {
      /** `{ name, family }` -> `{ address, family }[]` */
      'dns.lookup': async (text, _bytes, signal) => {
        const question = Question.parse(text);
        const name = question.string('name', longestName);
        return JSON.stringify(await room.door.lookup(name, readFamily(question), signal));
      },
      /** `{ name, type }` -> records as `dns.resolve` gives them, addresses with their `ttl` */
      'dns.resolve': async (text, _bytes, signal) => {
        const question = Question.parse(text);
        const name = question.string('name', longestName);
        const type = question.oneOf('type', recordTypes);
        return JSON.stringify(await room.door.resolve(name, type, signal), withoutBuffers);
      },
      /** `{ address }` -> names */
      'dns.reverse': async (text, _bytes, signal) => {
        const address = Question.parse(text).string('address', longestName);
        return JSON.stringify(await room.door.reverse(address, signal));
      },
    },
  };
}

/** TLSA records hold an ArrayBuffer. */
function withoutBuffers(_key: string, value: unknown): unknown {
  return value instanceof ArrayBuffer ? { base64: Buffer.from(value).toString('base64') } : value;
}
