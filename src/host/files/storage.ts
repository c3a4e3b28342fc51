import { Folder } from './nodes.ts';
import { Volume } from './volume.ts';

const bytesPerMb = 1_048_576;

/** `st_dev` of `/tmp`. */
const tmpDevice = 40;

/** The storage behind the port of the same name; each executor is only given its own. */
export function fileStorage(storage: object): FileStorage {
  if (storage instanceof FileStorage) return storage;
  throw new Error('A storage that another executor made');
}

/**
 * `/tmp` of one environment. It outlives the isolates that run there one after the other, so what a guest
 * wrote before a timeout is there after it. Nothing exists until a guest looks.
 */
export class FileStorage {
  readonly #quotaMb: number;
  #volume: Volume;
  #root: Folder | undefined;

  /** `quotaMb`: what fits, content and metadata together. */
  constructor(quotaMb: number) {
    this.#quotaMb = quotaMb;
    this.#volume = new Volume(tmpDevice, quotaMb * bytesPerMb);
  }

  /** Bytes of the host's memory that the files take. */
  get usedBytes(): number {
    return this.#volume.usedBytes;
  }

  /** `nowMs` dates the folder if it has to be made. */
  root(nowMs: number): Folder {
    this.#root ??= new Folder(this.#volume, 0o700, nowMs);
    return this.#root;
  }

  /** Empties it. */
  dispose(): void {
    this.#volume = new Volume(tmpDevice, this.#quotaMb * bytesPerMb);
    this.#root = undefined;
  }
}
