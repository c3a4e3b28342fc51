import type { Terminal } from '../terminal.ts';
import type { Happening } from './happening.ts';
import { shown, type Overview } from './overview.ts';

/** Says what a server does: for people, or as lines of JSON on stdout. */
export interface Reporter {
  ready(overview: Overview): void;
  happened(happening: Happening): void;
  /** A request to an API or to a function URL was answered. */
  answered(method: string, path: string, status: number): void;
  warning(message: string): void;
  watching(files: number): void;
  reloaded(name: string): void;
  /** The old code stays. */
  broken(name: string, error: unknown): void;
  ending(): void;
}

const colours = { plain: undefined, warning: 'yellow', error: 'red', aside: 'dim' } as const;

/** The overview on stdout, everything else on stderr. */
export function forPeople(terminal: Terminal): Reporter {
  let width = 0;
  return {
    ready: (overview) => {
      width = Math.max(...overview.functions.map(({ name }) => name.length), 0);
      void terminal.print(shown(overview, terminal));
    },
    happened: ({ at, functionName, requestId, weight, text }) => {
      const time = new Date(at).toISOString().slice(11, 23);
      const head = `${time} ${functionName.padEnd(width)} ${(requestId ?? '-').slice(0, 8).padEnd(8)}`;
      const colour = colours[weight];
      const shownText = colour === undefined ? text : terminal.style(colour, text);
      terminal.say(`${terminal.style('dim', head)} ${shownText}`);
    },
    answered: (method, path, status) => terminal.say(`${method} ${path} ${status}`),
    warning: (message) => terminal.say(terminal.style('yellow', `warning: ${message}`)),
    watching: (files) => terminal.say(`Watching ${files} files`),
    reloaded: (name) => terminal.say(terminal.style('green', `reloaded ${name}`)),
    broken: (name, error) => {
      terminal.say(terminal.style('red', `${name} cannot be deployed, the old code stays:`));
      terminal.say(messageOf(error));
    },
    ending: () => terminal.say('Ending: what runs may end, Ctrl-C ends at once'),
  };
}

export function forMachines(terminal: Terminal): Reporter {
  const line = (type: string, facts: object): void =>
    void terminal.print(JSON.stringify({ type, ...facts }));
  return {
    ready: (overview) => line('ready', overview),
    happened: (happening) => line('happened', happening),
    answered: (method, path, status) => line('answered', { method, path, status }),
    warning: (message) => line('warning', { message }),
    watching: (files) => line('watching', { files }),
    reloaded: (name) => line('reloaded', { name }),
    broken: (name, error) => line('broken', { name, message: messageOf(error) }),
    ending: () => line('ending', {}),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
