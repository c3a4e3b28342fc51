import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deployTemplate, Lambda } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/index.ts';
import { folderOf } from '../functions/code/fixture.ts';

const hourMs = 3_600_000;

const template = (rate: string): string => `
Resources:
  Jobs: { Type: AWS::SQS::Queue }
  F:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: exports.handler = async (event) => console.log('ran', JSON.stringify(event.job ?? event.source))
      Events:
        Often: { Type: Schedule, Properties: { Schedule: '${rate}', Input: '{"job":"often"}' } }
        Never: { Type: Schedule, Properties: { Schedule: rate(1 minute), Enabled: false } }
        Noon:
          Type: ScheduleV2
          Properties:
            ScheduleExpression: cron(0 12 * * ? *)
            ScheduleExpressionTimezone: Europe/Berlin
            FlexibleTimeWindow: { Mode: FLEXIBLE, MaximumWindowInMinutes: 5 }
  Both:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(5 hours)
      EventPattern: { source: [shop] }
      Targets:
        - { Id: f, Arn: !GetAtt F.Arn }
        - { Id: q, Arn: !GetAtt Jobs.Arn }`;

function ran(lambda: Lambda): string[] {
  return lambda.readLogs({ functionName: 'F' }).flatMap(({ message }) => {
    const [, what] = /ran (.*)/.exec(message) ?? [];
    return what === undefined ? [] : [what.trim()];
  });
}

test('schedules of events and rules run at their times', async () => {
  await using folder = await folderOf({ 'template.yaml': template('rate(2 hours)') });
  const clock = new VirtualClock();
  await using lambda = new Lambda({ clock });
  const { warnings } = await deployTemplate(lambda, join(folder.path, 'template.yaml'));
  await clock.advance(4 * hourMs);
  expect(ran(lambda)).toEqual(['"often"', '"often"']);
  await clock.advance(1.5 * hourMs);
  expect(ran(lambda).slice(2)).toEqual(['"aws.events"']);
  // The clock begins at midnight of UTC; noon in Berlin is eleven there.
  await clock.advance(6 * hourMs);
  expect(ran(lambda)).toHaveLength(8);
  expect(lambda.getSchedule('FNoon')?.next?.toISOString()).toBe('2026-01-02T11:00:00.000Z');
  expect(lambda.getSchedule('FNever')?.isPaused).toBe(true);
  expect(warnings.map(({ message }) => message.split('Resources.')[1])).toEqual([
    'Both.Properties.Targets: A schedule sends to functions here, not to arn:aws:sqs:us-east-1:123456789012:Jobs',
  ]);

  await lambda.getEventBus('default')?.put([{ source: 'shop', detailType: 'order', detail: {} }]);
  await clock.advance(1_000);
  expect(ran(lambda).at(-1)).toBe('"shop"');
  expect(lambda.getQueue('Jobs')?.size).toBe(1);
});

test('a schedule that says something else is made anew, and input must be JSON', async () => {
  await using folder = await folderOf({ 'template.yaml': template('rate(2 hours)') });
  const file = join(folder.path, 'template.yaml');
  const clock = new VirtualClock();
  await using lambda = new Lambda({ clock });
  await deployTemplate(lambda, file);
  await writeFile(file, template('rate(3 hours)'));
  await deployTemplate(lambda, file);
  await clock.advance(3 * hourMs);
  expect(ran(lambda)).toEqual(['"often"']);
  expect(lambda.listSchedules()).toHaveLength(4);

  await writeFile(file, template('rate(3 hours)').replace('{"job":"often"}', 'often'));
  await expect(deployTemplate(lambda, file)).rejects.toThrow(
    'Resources.F.Properties.Events.Often.Properties: The input of a schedule is JSON, not often',
  );
});
