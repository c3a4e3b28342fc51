import { FileService } from '../../src/host/files/file-service.ts';
import { FileStorage } from '../../src/host/files/storage.ts';
import { ServiceError, type HostAnswer } from '../../src/host/service.ts';

const utf8 = new TextEncoder();

export interface ProcessOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly storage?: FileStorage;
  readonly quotaMb?: number;
  readonly now?: () => number;
}

/** What a guest's `node:fs` stands on, called as the guest would. */
export class TestProcess {
  readonly storage: FileStorage;
  readonly service: FileService;

  constructor(options: ProcessOptions = {}) {
    const { files = {}, links = {}, quotaMb = 512, now = () => 1_000 } = options;
    this.storage = options.storage ?? new FileStorage(quotaMb);
    const contents = Object.entries(files).map(
      ([path, text]) => [path, utf8.encode(text)] as const,
    );
    const code = { files: new Map(contents), links: new Map(Object.entries(links)) };
    this.service = new FileService({ code, storage: this.storage, now });
  }

  call(name: string, args: readonly unknown[], bytes?: Uint8Array): HostAnswer {
    const found = this.service.calls[`fs.${name}`];
    if (found === undefined) throw new Error(`No call ${name}`);
    return found(JSON.stringify(args), bytes);
  }

  /** The code of the error that a call ends with, or `ok`. */
  code(name: string, args: readonly unknown[], bytes?: Uint8Array): string {
    try {
      this.call(name, args, bytes);
      return 'ok';
    } catch (error) {
      if (error instanceof ServiceError) return error.code;
      throw error;
    }
  }

  open(path: string, flags = 0, mode = 0o666): number {
    return Number(this.call('open', [path, flags, mode]));
  }

  write(path: string, text: string, flags = 0o1101): void {
    const descriptor = this.open(path, flags);
    this.call('write', [descriptor, null], utf8.encode(text));
    this.call('close', [descriptor]);
  }

  read(path: string): string {
    const descriptor = this.open(path);
    const bytes = this.call('read', [descriptor, 100_000, null]);
    this.call('close', [descriptor]);
    return Buffer.from(bytes as Uint8Array).toString();
  }

  names(path: string): readonly string[] {
    return (JSON.parse(this.call('scandir', [path, 0]) as string) as { names: string[] }).names;
  }

  stat(path: string, name = 'stat'): readonly number[] {
    return JSON.parse(this.call(name, [path]) as string) as number[];
  }
}
