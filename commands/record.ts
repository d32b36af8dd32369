import { Command } from "@cliffy/command";
import { readConnection, withConnection } from "../cli/connection_options.ts";
import { readDuration } from "../cli/duration.ts";
import {
  type DurableFlags,
  readDurable,
  withDurable,
} from "../cli/durable_options.ts";
import { readFormat } from "../cli/print_option.ts";
import { recordTo } from "../run/record_to.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { checkOverlap, readTopics } from "../cli/topic_arguments.ts";
import { refuseOption, UsageError } from "../cli/usage.ts";

interface RecordFlags extends DurableFlags {
  topic?: string[];
  duration?: string;
  quiet?: boolean;
  print?: string;
  timestamps?: string;
  retained?: boolean;
  wait?: boolean;
  maxPayload?: number;
  safeCells?: boolean;
  stats?: string;
}

/** `weir record`: from a subscription to a CSV. */
export const record = withDurable(
  withConnection(
    new Command().description(
      "Record sensors to a CSV: timestamp,datetime,sensor_id,value.\n\n" +
        'Reads ["lux-1", 624, 284.1312] and {"sensor_id":…,"ts":…,"val":…}, bare\n' +
        "values, and objects of them (zigbee2mqtt, Tasmota, Shelly). What cannot be\n" +
        "read goes to FILE.rejects.jsonl. Ctrl-C ends the recording.",
    ).arguments("<topic:string> <file:string>"),
  )
    .option("-t, --topic <topic:string>", "One more topic; repeatable.", {
      collect: true,
    })
    .option("--count <events:integer>", "End after so many events.")
    .option("--duration <time:string>", "End after 90s, 10m, 2h, 42d.")
    .option("--quiet", "Print no events.")
    .option("--print <format:string>", "Print as python, json or csv.", {
      default: "python",
    })
    .option(
      "--timestamps <clock:string>",
      "Whose time is recorded: host or device.",
      { default: "host" },
    )
    .option("--retained", "Record what the broker had kept, too.")
    .option("--overwrite", "Replace the file if it is there.")
    .option("--wait", "Go on trying until the broker is there.")
    .option("--max-payload <bytes:integer>", "Reject larger messages.", {
      default: 1_048_576,
    })
    .option(
      "--safe-cells",
      "Put a ' before text that a spreadsheet would run as a formula.",
    )
    .option(
      "--stats <time:string>",
      "Tell the numbers of rows and messages on stderr every 10s, 1m, 1h, and at the end.",
    ),
)
  .example("The tutorial's sensor", "weir record sensor-data test.csv")
  .example(
    "A broker with a login",
    "weir record sensor-data test.csv -b mqtts://pi --username ada --password-file pw",
  )
  .example(
    "All of zigbee2mqtt for a day",
    "weir record 'zigbee2mqtt/#' home.csv --duration 24h",
  )
  .example(
    "Nothing lost and nothing twice, for six weeks",
    "weir record 'lab/#' lab.csv --durable lab-recorder",
  )
  .action(async (flags: RecordFlags, topic: string, file: string) => {
    const topics = readTopics(topic, flags.topic);
    refuseOption("file", file);
    const { timestamps = "host" } = flags;
    const print = readFormat(flags.print ?? "python");
    if (timestamps !== "host" && timestamps !== "device") {
      throw new UsageError(
        `--timestamps is host or device, not ${timestamps}.`,
      );
    }
    for (const name of ["count", "maxPayload"] as const) {
      if (flags[name] !== undefined && flags[name] < 1) {
        throw new UsageError(
          `--${name === "count" ? "count" : "max-payload"} is at least 1.`,
        );
      }
    }
    const seconds = flags.duration ? readDuration(flags.duration) : undefined;
    const durable = readDurable(flags, topics);
    checkOverlap(topics, flags);
    const stats = flags.stats ? readDuration(flags.stats) : undefined;
    const connection = await readConnection(flags);

    using ending = endOnSignals();
    await recordTo(file, {
      connection,
      topics,
      signal: ending.signal,
      seconds,
      count: flags.count,
      print: flags.quiet ? undefined : print,
      timestamps,
      retained: flags.retained,
      overwrite: flags.overwrite,
      wait: flags.wait,
      maxPayload: flags.maxPayload,
      safeCells: flags.safeCells,
      stats,
      ...durable,
    });
  });
