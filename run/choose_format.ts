import {
  type CsvColumn,
  formatFor,
  type ReadableFormat,
} from "../pipeline/mod.ts";
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
  { topics, csvColumns, safeCells }: RunSettings,
): (path: string) => ReadableFormat {
  const isShared = topics.some((topic) => topic.startsWith("$share/"));
  const columns = csvColumns ?? (isShared ? SHARED_COLUMNS : undefined);
  return (path) => formatFor(path, { safeCells, columns });
}
