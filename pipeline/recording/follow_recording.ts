import { sleep } from "../backoff.ts";
import type { SensorEvent } from "../event.ts";
import { fileError, refuseIrregular } from "./file_error.ts";
import { formatToRead } from "./format_to_read.ts";
import { readAt } from "./read_at.ts";
import { eventReader, type ReadRawOptions } from "./read_events.ts";
import { readRows } from "./read_rows.ts";

/** Options of {@linkcode followRecording}. */
export interface FollowOptions extends ReadRawOptions {
  /** Of a larger file the end is read, in bytes. Default: 32,000,000. */
  maxBytes?: number;
  /**
   * Waits for what another program appends until this aborts. Default: ends
   * with the file.
   */
  signal?: AbortSignal;
  /** Is called with the size of the file that was read so far, in bytes. */
  onSize?: (bytes: number) => void;
}

/** So many bytes are read at a time. */
const CHUNK = 262_144;

/** At its end the file is looked at every so many seconds. */
const LOOK = 0.5;

/**
 * Reads the end of a recording and what is appended to it, in the order of its
 * rows. Lines that are no rows are passed over: the first may be cut.
 *
 * @throws {WeirError} if the file cannot be read.
 *
 * @example
 * ```ts
 * import { csvFormat, followRecording } from "../mod.ts";
 *
 * const { header, rows } = csvFormat();
 * const path = `${await Deno.makeTempDir()}/lab.csv`;
 * const event = { sensor_id: "lux-1", ts: 1484535480.613, val: 371.6 };
 * await Deno.writeTextFile(path, header + rows([event]));
 * for await (const [found] of followRecording(path)) {
 *   if (found.val !== 371.6) throw found;
 * }
 * ```
 */
export async function* followRecording(
  path: string,
  options: FollowOptions = {},
): AsyncGenerator<SensorEvent[]> {
  const { maxBytes = 32_000_000 } = options;
  const read = eventReader(options);
  try {
    await refuseIrregular(path, "read");
    using file = await Deno.open(path);
    const beginning = new TextDecoder().decode(await readAt(file, 0, 1024));
    const { size } = await file.stat();
    const start = Math.max(0, size - maxBytes);
    const bytes = growing(file, start, options);
    for await (
      const { rows } of readRows(bytes, () => formatToRead(path, beginning))
    ) {
      const events = await read(rows);
      if (events.length > 0) yield events;
    }
  } catch (error) {
    throw fileError(path, error, "read");
  }
}

/** The bytes of a file from an offset on, also those that come later. */
async function* growing(
  file: Deno.FsFile,
  start: number,
  { signal, onSize }: FollowOptions,
): AsyncGenerator<Uint8Array> {
  for (let at = start;;) {
    const bytes = await readAt(file, at, CHUNK);
    at += bytes.length;
    onSize?.(at);
    if (bytes.length > 0) yield bytes;
    else if (signal === undefined || signal.aborted) return;
    else await sleep(LOOK, signal);
  }
}
