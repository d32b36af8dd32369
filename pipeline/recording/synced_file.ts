import { writeAll } from "../write_all.ts";

/**
 * A file that is written and synced. After a sync that failed, the kernel may
 * take for written what is not, and it reports that only once. So what was
 * written since the last good sync must then be written again, through another
 * handle.
 */
export interface SyncedFile {
  /** The error of the last sync, if it failed. */
  readonly failed: { error: unknown } | undefined;
  /** After a failed sync: writes go through another handle from now on. */
  renew(): Promise<void>;
  /** Writes bytes at this offset. */
  write(bytes: Uint8Array, offset: number): Promise<void>;
  /** Cuts the file to this size. */
  truncate(size: number): Promise<void>;
  /** Puts what was written on the disk itself. */
  sync(): Promise<void>;
  /** Closes it, and with that lets go of its lock. */
  close(): void;
}

/** Takes over a file that was opened at this path. */
export function createSyncedFile(path: string, file: Deno.FsFile): SyncedFile {
  // The first handle holds the lock. Others write after a failed sync.
  let output = file;
  let failed: { error: unknown } | undefined;
  return {
    get failed() {
      return failed;
    },
    async renew() {
      const fresh = await Deno.open(path, { write: true });
      if (output !== file) output.close();
      output = fresh;
    },
    async write(bytes, offset) {
      // It waits for no disk.
      output.seekSync(offset, Deno.SeekMode.Start);
      await writeAll(output, bytes);
    },
    truncate: (size) => output.truncate(size),
    async sync() {
      try {
        await output.syncData();
        failed = undefined;
      } catch (error) {
        failed = { error };
        throw error;
      }
    },
    close() {
      if (output !== file) output.close();
      file.close();
    },
  };
}
