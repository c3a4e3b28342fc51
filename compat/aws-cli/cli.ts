import { execFile } from 'node:child_process';

/** What one command printed. */
export interface Printed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The AWS CLI in front of an endpoint, free of what this machine's user has configured for it. */
export class AwsCli {
  readonly #executable: string;
  readonly #endpoint: string;
  readonly #folder: string;

  constructor(executable: string, endpoint: string, folder: string) {
    this.#executable = executable;
    this.#endpoint = endpoint;
    this.#folder = folder;
  }

  /** Runs `aws lambda ...`, in a folder of its own. */
  async run(args: readonly string[]): Promise<Printed> {
    const all = ['lambda', ...args, '--endpoint-url', this.#endpoint, '--output', 'json'];
    return execute(this.#executable, all, this.#folder);
  }
}

/** The first version 2 among the executables of that name; undefined when there is none. */
export async function findCli(): Promise<{ executable: string; version: string } | undefined> {
  for (const executable of ['aws', '/usr/bin/aws', '/usr/local/bin/aws']) {
    try {
      const { stdout } = await execute(executable, ['--version'], '.');
      const [version = ''] = stdout.split(' ');
      if (version.startsWith('aws-cli/2')) return { executable, version };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

async function execute(executable: string, args: readonly string[], cwd: string): Promise<Printed> {
  const { promise, resolve, reject } = Promise.withResolvers<Printed>();
  const env = {
    PATH: process.env['PATH'],
    HOME: cwd,
    AWS_ACCESS_KEY_ID: 'isolambda',
    AWS_SECRET_ACCESS_KEY: 'isolambda',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_CLI_AUTO_PROMPT: 'off',
    LC_ALL: 'C.UTF-8',
  };
  execFile(executable, args, { cwd, env }, (error, stdout, stderr) => {
    if (error !== null && typeof error.code !== 'number') {
      reject(error);
      return;
    }
    const exitCode = error === null ? 0 : Number(error.code);
    resolve({ exitCode, stdout, stderr: stderr.trim() });
  });
  return promise;
}
