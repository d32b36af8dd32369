import type { Random } from "./random.ts";

/** The real disk, with faults: what Deno does with files goes by here. */
export interface FaultyDisk extends Disposable {
  /** So many of the next operations fail, each in part or at all. */
  fail(operations: number): void;
  /** After so many more operations all fail, until `revive()`; tells of that. */
  crashAfter(operations: number, onCrash?: () => void): void;
  /** Whether that has come. */
  readonly crashed: boolean;
  /** It works again. With `power`, what was not synced may be lost. */
  revive(folder: string, power: boolean): void;
}

const METHODS = ["write", "syncData", "sync"] as const;

/** Puts faults between this process and its disk, until disposed of. */
export function createFaultyDisk(random: Random): FaultyDisk {
  const real = {
    write: Deno.FsFile.prototype.write,
    syncData: Deno.FsFile.prototype.syncData,
    sync: Deno.FsFile.prototype.sync,
    rename: Deno.rename,
    remove: Deno.remove,
    setTimeout: globalThis.setTimeout,
  };
  /** How much of each file (by inode) a loss of power leaves for sure. */
  const synced = new Map<number, number>();
  /** What a failed sync has dropped, though the next one says that all is well. */
  const dropped = new Map<number, { from: number; to: number }>();
  let failing = 0;
  let left = Infinity;
  let onCrash = () => {};

  const fault = () => {
    if (left <= 0) {
      onCrash();
      // A full disk would be waited for.
      return new Error("Crashed");
    }
    if (failing > 0) {
      failing--;
      return Object.assign(new Error("No space left on device"), {
        code: "ENOSPC",
      });
    }
    left--;
  };
  const sync = async (file: Deno.FsFile) => {
    const error = fault();
    const { ino, size } = await file.stat();
    if (error) {
      const from = synced.get(ino!) ?? 0;
      if (from < size) dropped.set(ino!, { from, to: size });
      throw error;
    }
    synced.set(ino!, size);
  };
  const write = async (file: Deno.FsFile, bytes: Uint8Array) => {
    const { ino } = await file.stat();
    const at = await file.seek(0, Deno.SeekMode.Current);
    const length = await real.write.call(file, bytes);
    // What is written once more may come to the disk after all.
    const range = dropped.get(ino!);
    if (range && at <= range.from && at + length > range.from) {
      range.from = at + length;
      if (range.from >= range.to) dropped.delete(ino!);
    }
    return length;
  };
  Deno.FsFile.prototype.write = async function (bytes) {
    const error = fault();
    if (error) {
      const part = random.below(bytes.length + 1);
      if (part > 0) await write(this, bytes.subarray(0, part));
      throw error;
    }
    const part = random() < 0.2 ? 1 + random.below(bytes.length) : bytes.length;
    return await write(this, bytes.subarray(0, part));
  };
  Deno.FsFile.prototype.syncData = Deno.FsFile.prototype.sync = function () {
    return sync(this);
  };
  /** Removes a file. The next one may have its inode. */
  const removing = async (path: string | URL, act: () => Promise<void>) => {
    const gone = await Deno.stat(path).then(({ ino }) => ino!, () => -1);
    await act();
    synced.delete(gone);
    dropped.delete(gone);
  };
  Deno.rename = async (from, to) => {
    const error = fault();
    // It may have been done all the same.
    if (!error || random() < 0.5) {
      await removing(to, () => real.rename(from, to));
    }
    if (error) throw error;
  };
  Deno.remove = async (path, options) => {
    const error = fault();
    if (error) throw error;
    await removing(path, () => real.remove(path, options));
  };
  // Waiting is of no interest here.
  globalThis.setTimeout =
    ((run: () => void, ms: number) =>
      real.setTimeout(run, ms / 200)) as typeof setTimeout;

  return {
    fail(operations) {
      failing = operations;
    },
    crashAfter(operations, tell = () => {}) {
      left = operations;
      onCrash = tell;
    },
    get crashed() {
      return left <= 0;
    },
    revive(folder, power) {
      failing = 0;
      left = Infinity;
      if (!power) return;
      for (const path of filesIn(folder)) {
        const { ino, size } = Deno.statSync(path);
        const sure = Math.min(synced.get(ino!) ?? 0, size);
        const kept = sure + random.below(size - sure + 1);
        using file = Deno.openSync(path, { write: true });
        if (random() < 0.5) file.truncateSync(kept);
        else zero(file, kept, size);
        const gone = dropped.get(ino!);
        if (gone) {
          zero(file, gone.from, Math.min(gone.to, file.statSync().size));
        }
        dropped.delete(ino!);
      }
    },
    [Symbol.dispose]() {
      for (const method of METHODS) {
        Deno.FsFile.prototype[method] = real[method] as never;
      }
      Deno.rename = real.rename;
      Deno.remove = real.remove;
      globalThis.setTimeout = real.setTimeout;
    },
  };
}

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? filesIn(path) : [path];
  });
}

function zero(file: Deno.FsFile, from: number, to: number) {
  if (from >= to) return;
  file.seekSync(from, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(to - from));
}
