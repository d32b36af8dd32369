import type { CsvColumn, PrintFormatName } from "../pipeline/mod.ts";
import { escape } from "../pipeline/escape.ts";
import { PRINT_FORMATS } from "../pipeline/printing/print_formats.ts";
import {
  checkColumns,
  CSV_COLUMNS,
} from "../pipeline/recording/formats/csv_columns.ts";
import { formatFor } from "../pipeline/recording/formats/format_for.ts";
import {
  hasTime,
  isFilePattern,
} from "../pipeline/recording/rotation/file_pattern.ts";
import type { RunSettings } from "../run/run_settings.ts";
import type { ConnectionValues } from "./connection_options.ts";
import { alarmOptions } from "./alarm_options.ts";
import { checkFileArgument } from "./check_file_argument.ts";
import { readDuration } from "./duration.ts";
import {
  alternatives,
  integer,
  oneOf,
  type Option,
  option,
  type Reader,
  repeatable,
  text,
  toggle,
  type Values,
} from "./define_option.ts";
import { readSize } from "./size.ts";
import { readRules } from "./rule_options.ts";
import { checkOverlap, readTopics } from "./topic_arguments.ts";
import { asUsageError, UsageError } from "./usage_error.ts";

/** Options that are each a field of a run's settings. */
type SettingOptions = {
  readonly [Field in keyof RunSettings]?: Option<RunSettings[Field]>;
};

const columns: Reader<CsvColumn[]> = (typed, name) => {
  const names = typed.split(",").map((column) => text(column.trim(), name));
  return asUsageError(() => checkColumns(names));
};

/** The options of a run that records: `record` and `tui`. */
export const recordingOptions = {
  topics: repeatable(
    "-t, --topic <topic>",
    "One more topic; repeatable.",
    text,
  ),
  timestamps: option(
    "--timestamps <clock>",
    "Whose time to record: host, device, or corrected: when a board took the sample.",
    oneOf("host", "device", "corrected"),
    { default: "host" },
  ),
  retained: toggle("--retained", "Also record retained messages."),
  utc: toggle(
    "--utc",
    "Name files by UTC, if the file is a pattern: lab-%Y-%m-%d.csv. (default: local time)",
  ),
  maxSize: option(
    "--max-size <size>",
    "Go on in lab-2.csv, lab-3.csv, … before a file is larger than this: 100MB, 1GB.",
    readFileSize,
  ),
  gzip: toggle(
    "--gzip",
    "Compress a file to .csv.gz when its time is over or it is full.",
  ),
  overwrite: toggle("--overwrite", "Replace the file if it exists."),
  maxPayload: option(
    "--max-payload <bytes>",
    "Take no larger messages: a reject, or left out by the broker.",
    integer(1),
    { default: 1_048_576 },
  ),
  maxRejects: option(
    "--max-rejects <size>",
    "Only count rejects when their file is this large: 500kB, 1GB. (default: 100MB)",
    readSize,
  ),
  safeCells: toggle(
    "--safe-cells",
    "Put a ' before text that a spreadsheet would run as a formula.",
  ),
  raw: toggle(
    "--raw",
    "Record each message whole, as JSON lines: topic, payload, QoS, retain, properties. For weir export and replay.",
  ),
  csvColumns: option(
    "--columns <list>",
    `The columns of the CSV, in their order: ${CSV_COLUMNS}. (default: timestamp,datetime,sensor_id,value; with $share also topic and device_time)`,
    columns,
  ),
  durable: option(
    "--durable <id>",
    "Record each message exactly once, at QoS 1, through crashes and lost connections. The broker keeps messages that are published at QoS 1 or 2 under this client id.",
    text,
  ),
  giveUp: option(
    "--give-up <time>",
    "End with exit code 1 after the disk has failed for 60s, 10m, 2h. (default: keep trying)",
    readDuration,
  ),
  ...alarmOptions,
} satisfies SettingOptions;

/** A size that a file may have. */
function readFileSize(text: string): number {
  const size = readSize(text);
  if (size >= 1) return size;
  throw new UsageError("--max-size is at least 1B.");
}

/** The options of a run that ends by itself: `record`, and for messages `sub`. */
export const endingOptions = {
  count: option("--count <events>", "End after this many events.", integer(1)),
  seconds: option(
    "--duration <time>",
    "End after this time: 90s, 10m, 2h, 42d.",
    readDuration,
  ),
  wait: toggle(
    "--wait",
    "Keep trying if the broker cannot be reached. --duration includes this time.",
  ),
} satisfies SettingOptions;

const formats = Object.keys(PRINT_FORMATS) as PrintFormatName[];

/** `--print`: the format of printed events. */
export const printOption = [
  "--print <format>",
  `Print events as ${alternatives(formats)}.`,
  oneOf(...formats),
] as const;

/** The values of the options of a recording. */
export type RecordingValues =
  & Values<typeof recordingOptions>
  & Partial<Values<typeof endingOptions>>;

/**
 * The settings of a run, from its options and a command's topic and file.
 *
 * @throws {UsageError} if they do not go together.
 */
export function readRecording(
  given: RecordingValues & ConnectionValues & Parameters<typeof readRules>[0],
  topic: string,
  file?: string,
): Omit<RunSettings, "connection" | "signal"> {
  if (file !== undefined) checkFileArgument(topic, file);
  checkFiles(given, file);
  const topics = readTopics(topic, given.topics);
  if (given.durable !== undefined) checkDurable(given);
  checkOverlap(topics, given);
  if (file !== undefined) {
    if (!formatFor(file).quotes) checkJsonLines(given);
    else if (given.raw) {
      throw new UsageError(
        `--raw records JSON lines, and ${
          escape(file)
        } is a CSV by its name. Call it raw.jsonl.`,
      );
    }
  }
  const fields = Object.keys({ ...recordingOptions, ...endingOptions });
  const settings = fields.map((field) =>
    [field, given[field as keyof RecordingValues]] as const
  );
  const rules = readRules(given);
  return { ...Object.fromEntries(settings), topics, file, rules };
}

function checkFiles(given: RecordingValues, file = ""): void {
  const pattern = isFilePattern(file);
  const several = pattern
    ? `a pattern for files, ${escape(file)}`
    : given.maxSize !== undefined
    ? "--max-size"
    : given.gzip
    ? "--gzip"
    : undefined;
  const no = (what: string, why: string) => {
    throw new UsageError(`${what} does not go with ${several}: ${why}`);
  };
  if (several && given.overwrite) {
    no("--overwrite", "its files are appended to. Remove them by hand.");
  }
  if (given.utc && file !== "" && !pattern) {
    throw new UsageError(
      `--utc is for a pattern for files, such as lab-%Y-%m-%d.csv, which ${
        escape(file)
      } is not.`,
    );
  }
  const ends = given.maxSize !== undefined || hasTime(file);
  if (given.gzip && file !== "" && !ends) {
    throw new UsageError(
      `--gzip compresses a file that is closed for good, and ${
        escape(file)
      } never is. Give a pattern with a time, such as lab-%Y-%m-%d.csv, or --max-size.`,
    );
  }
}

/** JSON lines have no cells. */
function checkJsonLines(given: RecordingValues): void {
  if (given.safeCells) {
    throw new UsageError(
      "--safe-cells does not go with JSON lines, which no spreadsheet runs. Leave it out, or record to a .csv.",
    );
  }
  if (given.csvColumns) {
    throw new UsageError(
      "--columns does not go with JSON lines, which hold all that is known. Leave it out, or record to a .csv.",
    );
  }
}

function checkDurable(given: RecordingValues & ConnectionValues): void {
  const no = (what: string, why: string) => {
    throw new UsageError(`--durable does not go with ${what}: ${why}`);
  };
  if (given.clientId !== undefined) {
    no("--client-id", "its id is the client id.");
  }
  if (given.qos === 0) no("--qos 0", "a broker keeps nothing at QoS 0.");
  if (given.qos === 2) no("--qos 2", "it uses QoS 1 and leaves out doubles.");
  if (given.count) no("--count", "it would cut a batch short. Use --duration.");
  if (given.overwrite) {
    no("--overwrite", "a restart would empty the file. Remove it by hand.");
  }
}
