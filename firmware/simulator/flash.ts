/** The board's flash file system: MicroPython's own, in memory, kept over restarts, and full when it is full. */

/** Files by path below the root, such as `main.py` or `lib/x.mpy`. */
export type Files = Record<string, Uint8Array>;

/** `ENOSPC` as the WebAssembly system numbers it. */
const ENOSPC = 51;
const ROOT = "/flash";

// The part of Emscripten's file system that is used here.
interface Stream {
  path: string;
  node: { usedBytes: number };
}
type Write = (stream: Stream, ...rest: unknown[]) => number;
/** Emscripten's `FS` object. */
export interface EmscriptenFS {
  mkdir(path: string): void;
  mkdirTree(path: string): void;
  writeFile(path: string, data: Uint8Array | string): void;
  readFile(path: string): Uint8Array;
  readdir(path: string): string[];
  stat(path: string): { mode: number; size: number };
  isDir(mode: number): boolean;
  ErrnoError: new (errno: number) => Error;
  filesystems: {
    MEMFS: { ops_table: { file: { stream: { write: Write } } } };
  };
}

/** Reads every file of the flash. */
export function readFlash(fs: EmscriptenFS): Files {
  const files: Files = {};
  const walk = (path: string) => {
    for (const name of fs.readdir(path)) {
      if (name === "." || name === "..") continue;
      const full = `${path}/${name}`;
      if (fs.isDir(fs.stat(full).mode)) walk(full);
      else files[full.slice(ROOT.length + 1)] = fs.readFile(full).slice();
    }
  };
  walk(ROOT);
  return files;
}

/** What the flash needs of its world. */
export interface FlashWorld {
  /** The most bytes that it holds; -1 for no limit. */
  limit(): number;
  /** Is told of each write: how many bytes, and whether it is the first one to a file that was opened. */
  wear(bytes: number, first: boolean): void;
}

/** Puts files on the flash, refuses what goes over its limit from then on, and tells of its wear. */
export function mountFlash(
  fs: EmscriptenFS,
  files: Files,
  { limit, wear }: FlashWorld,
): void {
  fs.mkdir(ROOT);
  for (const [path, data] of Object.entries(files)) {
    const full = `${ROOT}/${path}`;
    fs.mkdirTree(full.slice(0, full.lastIndexOf("/")));
    fs.writeFile(full, data);
  }
  const operations = fs.filesystems.MEMFS.ops_table.file.stream;
  const write = operations.write;
  const written = new WeakSet<Stream>();
  operations.write = (stream, ...rest) => {
    if (limit() >= 0) {
      const [, , length, position] = rest as number[];
      const size = (path: string): number =>
        fs.readdir(path).filter((n) => n !== "." && n !== "..").reduce(
          (sum, name) => {
            const { mode, size: bytes } = fs.stat(`${path}/${name}`);
            return sum + (fs.isDir(mode) ? size(`${path}/${name}`) : bytes);
          },
          0,
        );
      const growth = Math.max(0, position + length - stream.node.usedBytes);
      if (size(ROOT) + growth > limit()) throw new fs.ErrnoError(ENOSPC);
    }
    const bytes = write(stream, ...rest);
    if (stream.path.startsWith(ROOT)) {
      wear(bytes, !written.has(stream));
      written.add(stream);
    }
    return bytes;
  };
}
