import type { CsvColumn, ReadableFormat } from "../pipeline/mod.ts";
import { WeirError } from "../pipeline/error.ts";
import { escape } from "../pipeline/escape.ts";
import { formatFor } from "../pipeline/recording/formats/format_for.ts";
import { rawFormat } from "../pipeline/recording/formats/raw_jsonl.ts";
import type { RunSettings } from "./run_settings.ts";

/**
 * Two hosts of a shared group give one reading two times: by these columns its
 * doubles are known all the same.
 */
const SHARED_COLUMNS: CsvColumn[] = [
  "timestamp",
  "datetime",
  "topic",
  "sensor_id",
  "value",
  "device_time",
];

/** Returns what chooses the format of a file that a run records to. */
export function chooseFormat(
  { topics, csvColumns, safeCells, raw }: RunSettings,
): (path: string) => ReadableFormat {
  if (raw) return rawFormatFor;
  const isShared = topics.some((topic) => topic.startsWith("$share/"));
  const columns = csvColumns ?? (isShared ? SHARED_COLUMNS : undefined);
  return (path) => formatFor(path, { safeCells, columns });
}

/** A raw recording is read again by the ending of its name. */
function rawFormatFor(path: string): ReadableFormat {
  if (formatFor(path).header === "") return rawFormat();
  throw new WeirError(
    "ERR_WEIR_ARGUMENT",
    `A raw recording is JSON lines, and ${
      escape(path)
    } is a CSV by its name. Call it raw.jsonl.`,
    { facts: { path } },
  );
}
