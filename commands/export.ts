import { defineCommand } from "../cli/define_command.ts";
import {
  oneOf,
  option,
  repeatable,
  text,
  toggle,
} from "../cli/define_option.ts";
import { readDuration } from "../cli/duration.ts";
import { readInstant } from "../cli/instant.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { configOption, readRules, ruleOptions } from "../cli/rule_options.ts";
import { createProgressBar } from "../cli/progress_bar.ts";
import { asUsageError, UsageError } from "../cli/usage_error.ts";
import { counted } from "../pipeline/counted.ts";
import { escape } from "../pipeline/escape.ts";
import { endingOf } from "../pipeline/export/ending_of.ts";
import { exportRecordings } from "../pipeline/export/exporting.ts";
import { findRecordings } from "../pipeline/recording/find_recordings.ts";
import { say } from "../pipeline/say.ts";

/** So many lines that are no rows are told one by one. */
const MAX_TOLD = 10;

/** `weir export`: recordings to another form. */
export const command = defineCommand({
  description: "Export recordings: to CSV, JSON lines, Parquet, SQLite.\n\n" +
    "The last file is the one to write: .csv, .jsonl, .parquet, .sqlite, .db, .lp\n" +
    "(InfluxDB's line protocol), or - for CSV on stdout. The others are recordings,\n" +
    "also .gz, or patterns of their names. Rows are in order of time. The messages\n" +
    "of a raw recording are read by rules, as weir record reads them.",
  arguments: "<file> <file...>",
  options: {
    from: option(
      "--from <time>",
      "From this time on: 2026-01-31T12:00, yesterday, -2h.",
      readInstant,
    ),
    to: option("--to <time>", "Until before this time.", readInstant),
    sensors: repeatable(
      "--sensor <pattern>",
      "Only of sensors with such an id: 'lux-*'; repeatable.",
      text,
    ),
    wide: toggle("--wide", "A column for each sensor. For CSV."),
    every: option(
      "--every <time>",
      "With --wide, a row for each 10s, 1m, 1h.",
      readDuration,
    ),
    take: option(
      "--take <value>",
      "With --every, what an interval gives of a sensor. (default: mean)",
      oneOf("mean", "last", "min", "max", "count"),
    ),
    excel: toggle(
      "--excel",
      "CSV for a German or French Excel: ; and decimal comma, local time.",
    ),
    timestamps: option(
      "--timestamps <clock>",
      "Whose time a raw recording's readings get: host or device.",
      oneOf("host", "device"),
      { default: "host" },
    ),
    noDoubles: toggle(
      "--no-doubles",
      "Leave out readings whose topic, sensor, device time and value were there before.",
    ),
    ...ruleOptions,
    ...configOption,
  },
  examples: [
    ["For a spreadsheet", "weir export lab.csv wide.csv --wide --every 1m"],
    [
      "A year of days for pandas, polars or DuckDB",
      "weir export 'lab-*.csv*' lab.parquet",
    ],
    [
      "What one sensor sent today",
      "weir export lab.csv - --sensor lux-1 --from today",
    ],
  ],
  async action(options, ...files) {
    const out = files.pop()!;
    checkOptions(options, asUsageError(() => endingOf(out)));
    const paths = await findRecordings(files);
    let told = 0;
    using ending = endOnSignals();
    using bar = createProgressBar("rows");
    const result = await exportRecordings(paths, out, {
      ...options,
      rules: readRules(options),
      signal: ending.signal,
      onProgress: bar.show,
      onFault(path, line, why) {
        if (++told <= MAX_TOLD) {
          say(`${escape(path)}:${line}: left out: ${why}`);
        }
      },
    });
    bar[Symbol.dispose]();
    const { events, faults, doubles, untimed, texts } = result;
    const notes = [
      ...faults > 0
        ? [`${counted(faults, "line")} that are no rows left out`]
        : [],
      ...doubles > 0 ? [`${counted(doubles, "double")} left out`] : [],
      ...untimed > 0
        ? [`${counted(untimed, "reading")} without a device time kept`]
        : [],
      ...texts > 0
        ? [`${counted(texts, "text")} without a number left out`]
        : [],
    ];
    say(
      `Exported ${counted(events, "reading")} of ${
        counted(paths.length, "file")
      } to ${out === "-" ? "stdout" : out}${
        notes.length > 0 ? ` (${notes.join(", ")})` : ""
      }`,
    );
    if (events > 0) return;
    const { from, to, sensors } = options;
    say(
      (from ?? to ?? sensors[0]) === undefined
        ? "They hold no readings."
        : "None of their readings is of these sensors and times.",
    );
  },
});

function checkOptions(
  given: {
    wide: boolean;
    every?: number;
    take?: string;
    excel: boolean;
    from?: number;
    to?: number;
  },
  ending: string,
): void {
  if (ending !== ".csv" && (given.wide || given.excel)) {
    const name = given.wide ? "--wide" : "--excel";
    throw new UsageError(`${name} is for CSV, and the file ends in ${ending}.`);
  }
  if (given.every !== undefined && !given.wide) {
    throw new UsageError("--every goes with --wide.");
  }
  if (given.take !== undefined && given.every === undefined) {
    throw new UsageError("--take goes with --every.");
  }
  if ((given.from ?? -Infinity) >= (given.to ?? Infinity)) {
    throw new UsageError("--from is not before --to.");
  }
}
