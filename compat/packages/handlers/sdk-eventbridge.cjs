const { EventBridgeClient, PutEventsCommand } = require('@aws-sdk/client-eventbridge');

const events = new EventBridgeClient({});

exports.handler = async () => {
  const answer = await events.send(
    new PutEventsCommand({
      Entries: [
        { Source: 'shop', DetailType: 'order', Detail: '{"id":1}', Time: new Date(0) },
        { Source: 'shop', DetailType: 'order', Detail: '{broken' },
      ],
    }),
  );
  return {
    failed: answer.FailedEntryCount,
    entries: answer.Entries.map((entry) => entry.EventId ?? entry.ErrorCode),
  };
};

exports.expected = { failed: 1, entries: ['event-0', 'MalformedDetail'] };
