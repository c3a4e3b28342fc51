/**
 * An order's way through a shop, in one file: it is sent, fails and is tried again, its outcome goes to a queue,
 * what cannot be helped ends as a dead letter, and once the handler is mended the letters are sent again.
 *
 * The clock is virtual: the three minutes of AWS's retries take no time, and every line is the same on each run.
 */
import assert from 'node:assert/strict';
import { Lambda, type InvocationRecord } from 'isolambda';
import { VirtualClock } from 'isolambda/testing';

const clock = new VirtualClock(Date.UTC(2026, 10, 21, 9));
const lambda = new Lambda({ clock, seed: 21 });

// Where things end: paid orders in one queue, letters for people in another.
const paid = lambda.createQueue('paid');
const letters = lambda.createQueue('letters');

const charge = await lambda.createFunction<{ order: number; card: string }, { receipt: string }>({
  name: 'charge',
  code: {
    source: `
      let calls = 0;
      exports.handler = async ({ order, card }) => {
        calls += 1;
        if (card === 'unreadable') throw new TypeError('card is not a number');
        if (calls === 1) throw new Error('the bank does not answer');
        return { receipt: 'R-' + order };
      };`,
  },
  deadLetter: letters,
});
await charge.configureAsync({ maxRetries: 2, onSuccess: paid });

lambda.on('async.retried', ({ requestId, reason, delayMs }) =>
  say(`${short(requestId)} again in ${delayMs / 1_000} s: ${reason}`),
);
lambda.on('async.succeeded', ({ requestId, invokeCount }) =>
  say(`${short(requestId)} charged, attempt ${invokeCount}`),
);
lambda.on('async.dropped', ({ requestId, condition, invokeCount }) =>
  say(`${short(requestId)} given up after ${invokeCount} attempts: ${condition}`),
);

// 1. Send. The answer is a request id; the handler has not started yet.
title('Send two orders');
const good = await charge.send({ order: 1, card: '4111' });
const bad = await charge.send({ order: 2, card: 'unreadable' });
say(`${short(good.requestId)} is order 1, ${short(bad.requestId)} is order 2`);
await clock.advance(0);

// 2. Retry. Nothing happens until the clock moves: one minute, then two more, as on AWS.
title('One minute later');
await clock.advance(60_000);
title('Two more minutes later');
await clock.advance(120_000);

// 3. Destination. Whoever waits for paid orders finds AWS's record of the invocation.
title('What the queue of paid orders holds');
const [message] = await paid.receive();
assert(message);
const record = JSON.parse(message.body) as InvocationRecord<unknown, { receipt: string }>;
say(`${record.requestContext.condition}: ${record.responsePayload?.receipt}`);
assert.equal(record.requestContext.requestId, good.requestId);
await paid.delete(message.receiptHandle);

// 4. Dead letter. The original event, with what went wrong beside it.
title('What the queue of letters holds');
const [letter] = await letters.receive({ visibilityMs: 1_000 });
assert(letter);
say(`${letter.body}  ${letter.attributes['ErrorCode']} ${letter.attributes['ErrorMessage']}`);
assert.equal(letter.attributes['RequestID'], bad.requestId);
await clock.advance(1_000);

// 5. Redrive. The handler is mended, and every letter is sent again; it is deleted once it is accepted.
title('Mend the handler and send the letters again');
await charge.update({
  code: {
    source: `exports.handler = async ({ order }) => ({ receipt: 'R-' + order + ' by invoice' });`,
  },
});
for (const { body, receiptHandle } of await letters.receive({ max: 10 })) {
  await charge.send(JSON.parse(body));
  await letters.delete(receiptHandle);
}
await clock.advance(0);
const [last] = await paid.receive();
assert(last);
say(`paid: ${(JSON.parse(last.body) as typeof record).responsePayload?.receipt}`);
assert.equal(letters.size, 0);

await lambda.close();
console.log('\nEvery order ended in exactly one place.');

function title(text: string): void {
  console.log(`\n${text}`);
}

function say(text: string): void {
  console.log(`  ${new Date(clock.now()).toISOString().slice(11, 19)}  ${text}`);
}

function short(requestId: string): string {
  return requestId.slice(0, 4);
}
