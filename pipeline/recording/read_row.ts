import { readCells } from "./quotes.ts";

/** The cells of a row, or what is wrong with it. */
export type ReadRow =
  | { cells: string[]; fault?: undefined }
  | { cells?: undefined; fault: Fault };

/** Why something is no row of a recording. */
export interface Fault {
  /** What kind of problem that is. */
  kind: string;
  /** What, for a person to read. */
  text: string;
}

/** A row without anything quoted in it. */
const PLAIN = /^([^",\r\n]*),([^",\r\n]*),([^",\r\n]*),([^",\r\n]*)\r?\n$/;

/**
 * Reads a row of a recording: four cells with a number, the same time as ISO
 * 8601, a sensor id and a value.
 *
 * @example
 * ```ts
 * import { readRow } from "./read_row.ts";
 *
 * const { cells } = readRow("1.000,1970-01-01T00:00:01.000Z,lux-1,2\r\n");
 * if (cells?.[2] !== "lux-1") throw cells;
 * const { fault } = readRow("1.000,19");
 * if (fault?.kind !== "torn row") throw fault;
 * ```
 */
export function readRow(text: string): ReadRow {
  let cells: string[] | undefined = PLAIN.exec(text)?.slice(1);
  if (!cells) {
    if (!text.endsWith("\n")) {
      return faulty("torn: it has no line end", "torn row");
    }
    if (text.split('"').length % 2 === 0) return faulty(...UNCLOSED);
    cells = readCells(text);
    if (!cells) return faulty("its quotes are wrong");
    if (cells.length !== 4) return faulty(`${cells.length} cells, not 4`);
  }
  const [timestamp, datetime] = cells;
  if (!/^-?\d+(\.\d+)?$/.test(timestamp)) {
    return faulty("the timestamp is no number");
  }
  const ms = Math.round(Number(timestamp) * 1000);
  // A time that no calendar date can be given to has an empty one.
  const same = datetime === ""
    ? Number.isNaN(new Date(ms).getTime())
    : Date.parse(datetime) === ms && datetime.endsWith("Z");
  if (!same) return faulty("timestamp and datetime are not the same time");
  return { cells };
}

/** What is said of a quote that another one was lost of. */
export const UNCLOSED = ["a quote that is never closed", "lost quote"] as const;

/**
 * Says that something is no row of a recording.
 *
 * @example
 * ```ts
 * import { faulty } from "./read_row.ts";
 *
 * if (faulty("not UTF-8").fault.kind !== "broken row") throw new Error();
 * ```
 */
export function faulty(text: string, kind = "broken row"): { fault: Fault } {
  return { fault: { kind, text } };
}
