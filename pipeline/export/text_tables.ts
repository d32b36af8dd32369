import type { SensorEvent } from "../event.ts";
import { csvFormat } from "../recording/formats/csv.ts";
import { jsonlFormat } from "../recording/formats/jsonl.ts";
import { type CsvDialect, excel, rfc4180 } from "./csv_dialect.ts";
import type { ExportOptions } from "./export_settings.ts";
import { byInterval, byTime, type WideRow } from "./wide.ts";

/** Makes text of events in order of time, piece by piece. */
export interface TextTable {
  /** What the file begins with. */
  header: string;
  /** The text of events. */
  rows(events: readonly SensorEvent[]): string;
  /** The last rows. */
  end(): string;
  /** How many texts no aggregate was made of. */
  texts?(): number;
}

/** JSON lines: an event a line. */
export function jsonlTable(): TextTable {
  return { ...jsonlFormat(), end: () => "" };
}

/** CSV, of the form that the options ask for. */
export function csvTable(
  options: ExportOptions,
  sensors: readonly string[],
): TextTable {
  if (options.wide) return wideTable(options, sensors);
  if (!options.excel) return { ...csvFormat(), end: () => "" };
  const { begin, separator, timeNames, time, text, value } = excel;
  const names = [...timeNames, "sensor_id", "value"];
  return {
    header: `${begin}${names.join(separator)}\r\n`,
    rows: (events) =>
      events.map(({ ts, sensor_id, val }) =>
        [time(ts), text(sensor_id), value(val)].join(separator) + "\r\n"
      ).join(""),
    end: () => "",
  };
}

/** A column for each sensor. */
function wideTable(
  { excel: forExcel, every, take = "mean" }: ExportOptions,
  sensors: readonly string[],
): TextTable {
  const dialect: CsvDialect = forExcel ? excel : rfc4180;
  const { begin, separator, timeNames, time, text, value } = dialect;
  const { add, end, texts } = every ? byInterval(every, take) : byTime();
  const row = ({ ts, values }: WideRow) => {
    const cells = sensors.map((id) => {
      const val = values.get(id);
      return val === undefined ? "" : value(val);
    });
    return [time(ts), ...cells].join(separator) + "\r\n";
  };
  const names = [...timeNames, ...sensors.map(text)];
  return {
    header: `${begin}${names.join(separator)}\r\n`,
    rows: (events) => add(events).map(row).join(""),
    end: () => end().map(row).join(""),
    texts,
  };
}
