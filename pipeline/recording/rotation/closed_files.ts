import type { SensorEvent } from "../../event.ts";
import { gzipFile } from "./gzip_file.ts";
import type { NumberedFiles } from "./numbered_files.ts";
import type { PathOf } from "./path_of.ts";
import { GRACE } from "./rotation_bounds.ts";

/** A file that is closed, and may be named again. */
export interface ClosedFile {
  /** What its events are named. */
  name: string;
  /** The event written last. */
  last: SensorEvent;
  /** Whether it was over before it was begun: more such events may come. */
  late: boolean;
}

/** The files that a recording has closed, to be compressed when they are over. */
export interface ClosedFiles {
  /** A file was closed. */
  add(path: string, file: ClosedFile): void;
  /** A file is closed for good. It is compressed. */
  compress(path: string): void;
  /** A file is open again. Returns what is known of it. */
  reopened(path: string): ClosedFile | undefined;
  /**
   * Compresses what is over at this time: its events have other names. Late ones
   * are compressed if the recording ends, or each late event would begin a file.
   */
  compressOver(time: number, late: boolean): Promise<void>;
  /** Resolves when nothing is being compressed. */
  idle(): Promise<void>;
}

/** So many closed files are remembered. What is dropped is compressed at once. */
const MAX_KEPT = 100_000;

/** What {@linkcode createClosedFiles} works with. */
interface ClosedFilesOptions {
  numbers: NumberedFiles;
  /** Takes the paths of what is being compressed, or is about to be. */
  busy: Set<string>;
  /** Takes what a person should know. */
  log: (text: string) => void;
}

/** Makes a place for closed files. They are compressed one after the other. */
export function createClosedFiles(
  pathOf: PathOf,
  { numbers, busy, log }: ClosedFilesOptions,
): ClosedFiles {
  const closed = new Map<string, ClosedFile>();
  let lookedAt = -Infinity;
  let work: Promise<void> = Promise.resolve();
  const compress = (path: string) => {
    busy.add(path);
    work = work.then(() => gzipFile(path)).catch(({ message }) => log(message))
      .finally(() => busy.delete(path));
  };
  return {
    add: (path, file) => void closed.set(path, file),
    compress,
    reopened(path) {
      const file = closed.get(path);
      closed.delete(path);
      return file;
    },
    async compressOver(time, late) {
      if (!late && time < lookedAt + GRACE / 2) return;
      lookedAt = time;
      let excess = closed.size - MAX_KEPT;
      for (const [path, file] of closed) {
        const { name, last } = file;
        const over = pathOf(time, last) !== name && (late || !file.late);
        if (!over && excess-- <= 0) continue;
        // A late event goes to another file from now on.
        if (await numbers.pathOf(name) === path) await numbers.next(name);
        closed.delete(path);
        compress(path);
      }
    },
    idle: () => work,
  };
}
