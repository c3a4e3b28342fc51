import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpApi, Lambda, RestApi } from '../../index.ts';
import type { Reporter } from './reporter.ts';

/** Paths of AWS's Lambda API, `/2015-03-31/functions`, and of the packages that it links to. */
const awsPath = /^\/(?:20\d\d-\d\d-\d\d|_packages)\//;

type Before = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * Takes requests to hosts of APIs and function URLs, and, where there is one API only, all that AWS's own API does
 * not have. `apis` is asked each time, since a template may be deployed again.
 */
export function frontOf(
  lambda: Lambda,
  apis: () => readonly (HttpApi | RestApi)[],
  reporter: Reporter,
): Before {
  return async (request, response) => {
    const { method = 'GET', url = '/' } = request;
    const takenBy = async (listener: Before): Promise<boolean> => {
      if (!(await listener(request, response))) return false;
      const report = (): void => reporter.answered(method, url, response.statusCode);
      if (response.closed) report();
      else response.once('close', report);
      return true;
    };
    if (await takenBy(lambda.listener)) return true;
    const [only, ...others] = apis();
    if (only === undefined || others.length > 0 || awsPath.test(url)) return false;
    return takenBy(only.listener);
  };
}
