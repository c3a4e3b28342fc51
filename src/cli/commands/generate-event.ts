import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { EventKind, ServiceKinds, Values } from '../events/event-kind.ts';
import { httpKinds } from '../events/http-kinds.ts';
import { messageKinds } from '../events/message-kinds.ts';
import { streamKinds } from '../events/stream-kinds.ts';
import { exitCodesHelp, UsageError } from '../exit-code.ts';

const services: ServiceKinds = Object.fromEntries(
  Object.entries({ ...httpKinds, ...messageKinds, ...streamKinds }).toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  ),
);

const examples = `
Examples:
  isolambda generate-event s3 put --bucket photos --key in/cat.jpg
  isolambda generate-event sqs receive-message --body '{"id":1}' --body '{"id":2}'
  isolambda generate-event apigateway http-api-proxy --method POST --path /users --body '{"name":"Ada"}'`;

export function generateEventCommand(context: CommandContext): Command {
  const command = new Command('generate-event')
    .summary('print an event as an AWS service sends it')
    .description('Prints an event as an AWS service sends it; without arguments, the services.')
    .argument('[service]', 'one of the services below')
    .argument('[event]', 'one of its events')
    .addHelpText('after', examples + exitCodesHelp)
    .action(async (service: string | undefined) => {
      if (service !== undefined) throw unknown('service', service, Object.keys(services));
      const lines = Object.entries(services).flatMap(([name, kinds]) => listed(name, kinds));
      await context.terminal.print(lines.join('\n'));
    });
  for (const [name, kinds] of Object.entries(services)) {
    command.addCommand(serviceCommand(name, kinds, context));
  }
  return command;
}

function serviceCommand(
  service: string,
  kinds: Readonly<Record<string, EventKind>>,
  context: CommandContext,
): Command {
  const command = new Command(service)
    .summary(Object.keys(kinds).join(', '))
    .description(`Events of ${service}.`)
    .argument('[event]', 'one of the events below')
    .action(async (event: string | undefined) => {
      if (event !== undefined) throw unknown(`event of ${service}`, event, Object.keys(kinds));
      await context.terminal.print(listed(service, kinds).join('\n'));
    });
  for (const [name, kind] of Object.entries(kinds)) {
    command.addCommand(eventCommand(name, kind, context));
  }
  return command;
}

function eventCommand(name: string, kind: EventKind, { terminal }: CommandContext): Command {
  const command = new Command(name).summary(kind.summary).description(`${sentence(kind.summary)}.`);
  const attributes = new Map<string, string>();
  for (const [option, { flags, says, read }] of Object.entries(kind.options)) {
    const spec = command.createOption(flags, says);
    if (read !== undefined) spec.argParser(read as (text: string, before: unknown) => unknown);
    command.addOption(spec);
    attributes.set(spec.attributeName(), option);
  }
  return command
    .option('--region <name>', 'region (default: us-east-1)')
    .option('--account <id>', 'account, twelve digits (default: 123456789012)')
    .option('--time <time>', 'when it happened, ISO text (default: 2026-01-01T00:00:00Z)')
    .action(async (flags: Values) => {
      const builders = await import('../../testing/index.ts');
      const given = Object.entries(flags).flatMap(([attribute, value]): [string, unknown][] => {
        const option = attributes.get(attribute);
        return option === undefined ? [] : [[option, value]];
      });
      const event = kind.build(builders, Object.fromEntries(given), originOf(flags));
      await terminal.print(JSON.stringify(event, null, 2));
    });
}

function originOf({ region, account, time }: Values) {
  return {
    ...(region !== undefined && { region: region as string }),
    ...(account !== undefined && { accountId: account as string }),
    ...(time !== undefined && { time: time as string }),
  };
}

function listed(service: string, kinds: Readonly<Record<string, EventKind>>): string[] {
  return Object.entries(kinds).map(
    ([event, { summary }]) => `${`${service} ${event}`.padEnd(28)}  ${summary}`,
  );
}

function unknown(what: string, given: string, known: readonly string[]): UsageError {
  return new UsageError(`there is no ${what} "${given}"; there are ${known.join(', ')}`);
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
