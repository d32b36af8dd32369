import { escape } from "../escape.ts";
import { csvFormat } from "../recording/formats/csv.ts";
import type { PrintFormat } from "./print_format.ts";

/** The CSV of a recording, with its header. A file gets the data as it is. */
export function asCsv(): PrintFormat {
  const { header, rows } = csvFormat();
  return {
    head: header,
    lines: (events, terminal) =>
      terminal
        ? events.map((event) => escape(rows([event]).slice(0, -2)) + "\r\n")
          .join("")
        : rows(events),
  };
}
