import { stringify } from "@std/csv";
import type { SensorEvent } from "../event.ts";
import { csvFormat, defuse, timeCells } from "../recording/formats/csv.ts";

/** How a table is written as CSV. */
export interface CsvDialect {
  /** What the file begins with. */
  begin: string;
  /** What stands between cells. */
  separator: string;
  /** The names of the columns with the time. */
  timeNames: string[];
  /** The cells of a time. */
  time(ts: number): string;
  /** The cell of a value. */
  value(val: SensorEvent["val"]): string;
  /** The cell of a text. */
  text(text: string): string;
}

const quote = (text: string) =>
  /["\r\n]/.test(text)
    ? `"${text.replaceAll('"', '""')}"`
    : stringify([[text]], { headers: false }).slice(0, -2);

/** RFC 4180, as recordings are. */
export const rfc4180: CsvDialect = {
  begin: "",
  separator: ",",
  timeNames: csvFormat().header.split(",").slice(0, 2),
  time: (ts) => timeCells(ts).slice(0, -1),
  value: (val) => typeof val === "string" ? quote(val) : JSON.stringify(val),
  text: quote,
};

/**
 * What a German or French Excel opens with a double click: `;`, a decimal comma,
 * local time without a zone. A text that it would run as a formula has a `'`
 * before it.
 */
export const excel: CsvDialect = {
  begin: "\ufeff",
  separator: ";",
  timeNames: ["time"],
  time: localTime,
  value: (val) => typeof val === "string" ? excelText(val) : excelValue(val),
  text: excelText,
};

const excelValue = (val: number | boolean) =>
  JSON.stringify(val).replace(".", ",").replace("e", "E");

function excelText(text: string): string {
  const safe = defuse(text);
  return /[;"\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** `2017-01-16 03:58:00,613` */
function localTime(ts: number): string {
  const date = new Date(Math.round(ts * 1000));
  if (Number.isNaN(date.getTime())) return "";
  const two = (number: number) => `${number}`.padStart(2, "0");
  const day = [
    `${date.getFullYear()}`.padStart(4, "0"),
    two(date.getMonth() + 1),
    two(date.getDate()),
  ].join("-");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map(two).join(":");
  const ms = date.getMilliseconds();
  return `${day} ${time}${ms ? `,${`${ms}`.padStart(3, "0")}` : ""}`;
}
