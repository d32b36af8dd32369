import { escape } from "../escape.ts";
import type { SensorEvent } from "../event.ts";
import { writeAll } from "../write_all.ts";
import type { TextTable } from "./text_tables.ts";

/** Text is written in pieces of about so many characters. */
const PIECE = 1 << 18;

/** Where exported events go. */
export interface Output {
  /** Writes events. */
  write(events: readonly SensorEvent[]): Promise<void>;
  /** Writes the end, and syncs it. */
  close(): Promise<void>;
  /** Closes what is not whole. */
  abort(): void;
}

/** Text that goes to a file or to stdout. */
export function textOutput(
  file: Deno.FsFile | undefined,
  table: TextTable,
): Output {
  const encoder = new TextEncoder();
  // Elsewhere every byte is as it was recorded.
  const onTerminal = !file && Deno.stdout.isTerminal();
  let text = table.header;
  const flush = async () => {
    const bytes = encoder.encode(onTerminal ? escapeLines(text) : text);
    text = "";
    await writeAll(file ?? Deno.stdout, bytes);
  };
  return {
    async write(events) {
      text += table.rows(events);
      if (text.length >= PIECE) await flush();
    },
    async close() {
      text += table.end();
      await flush();
      await file?.sync();
      file?.close();
    },
    abort: () => file?.close(),
  };
}

/** Lines that are safe to show in a terminal. */
const escapeLines = (text: string) =>
  text.split("\r\n").map(escape).join("\r\n");
