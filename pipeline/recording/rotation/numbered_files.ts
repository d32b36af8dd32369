import { extname } from "node:path";
import { formatOfFile, isRecording } from "../open_at_end.ts";
import type { RowFormat } from "../row_format.ts";
import type { PathOf, RotationOptions } from "./path_of.ts";

/** The files that the rows of a name go to: `lab.csv`, `lab-2.csv`, `lab-3.csv`. */
export interface NumberedFiles {
  /**
   * The one that they go to now: the newest, if it has room and is not
   * compressed, or else the first free one after it.
   */
  pathOf(name: string): Promise<string>;
  /** The one that they go to now is closed for good. */
  next(name: string): Promise<void>;
  /** They go to this file from now on. */
  moved(name: string, path: string): void;
  /** The files before the one that they go to now. */
  before(name: string): Promise<string[]>;
}

/** So many names are remembered; of others the files are looked at again. */
const MAX_KEPT = 100_000;

/**
 * Chooses files for names.
 *
 * @param busy those that are being compressed: no row goes to them.
 */
export function createNumberedFiles(
  separator: PathOf["separator"],
  { maxSize, gzip }: RotationOptions,
  format: (path: string) => RowFormat,
  busy: ReadonlySet<string>,
): NumberedFiles {
  const known = new Map<string, { number: number; path: string }>();
  const remember = (name: string, number: number, path: string) => {
    if (known.size >= MAX_KEPT) known.clear();
    known.set(name, { number, path });
    return path;
  };
  /** The first number from this one on of which there is no file. */
  const findFree = async (name: string, number: number) => {
    while (await isThere(numbered(name, number, separator))) number++;
    return number;
  };
  const find = async (name: string) => {
    if (maxSize === undefined && !gzip) return remember(name, 1, name);
    const free = await findFree(name, 1);
    const newest = numbered(name, free - 1, separator);
    const room = free > 1 && !busy.has(newest) &&
      await hasRoom(newest, format(newest), maxSize);
    if (room) {
      return remember(name, free - 1, newest);
    }
    return remember(name, free, numbered(name, free, separator));
  };
  return {
    pathOf: async (name) => known.get(name)?.path ?? await find(name),
    async next(name) {
      const { number } = known.get(name) ?? { number: 0 };
      const free = await findFree(name, number + 1);
      remember(name, free, numbered(name, free, separator));
    },
    moved(name, path) {
      remember(name, known.get(name)?.number ?? 1, path);
    },
    async before(name) {
      const { number } = known.get(name) ?? { number: 1 };
      const paths = [];
      for (let at = 1; at < number; at++) {
        const path = numbered(name, at, separator);
        if (await sizeOf(path) !== undefined) paths.push(path);
      }
      return paths;
    },
  };
}

/** `lab.csv`, and with the number 2 `lab-2.csv`. */
function numbered(name: string, number: number, separator = "-"): string {
  if (number <= 1) return name;
  const end = extname(name);
  const stem = end === "" ? name : name.slice(0, -end.length);
  return `${stem}${separator}${number}${end}`;
}

/** Whether there is a file, or was one that is compressed now. */
async function isThere(path: string): Promise<boolean> {
  return await sizeOf(path) !== undefined ||
    await sizeOf(`${path}.gz`) !== undefined;
}

async function hasRoom(
  path: string,
  format: RowFormat,
  maxSize = Infinity,
): Promise<boolean> {
  const size = await sizeOf(path);
  if (size === undefined || size >= maxSize) return false;
  if (await sizeOf(`${path}.gz`) !== undefined) return false;
  const own = await formatOfFile(path, format, () => {});
  return await isRecording(path, own) !== false;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
