import { defineCommand } from "../cli/define_command.ts";
import { clusterOptions, readConnection } from "../cli/connection_options.ts";
import { readDuration } from "../cli/duration.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { option, toggle } from "../cli/define_option.ts";
import {
  endingOptions,
  printOption,
  readRecording,
  recordingOptions,
} from "../cli/recording_options.ts";
import { configOption, ruleOptions } from "../cli/rule_options.ts";
import { httpOptions, readHttp } from "../cli/http_options.ts";
import { sayRun } from "../cli/say_run.ts";
import { UsageError } from "../cli/usage_error.ts";
import { print } from "../pipeline/printing/print.ts";

/** `weir record`: from a subscription to a CSV. */
export const command = defineCommand({
  description:
    "Record sensors to a CSV: timestamp,datetime,sensor_id,value.\n\n" +
    'Reads ["lux-1", 624, 284.1312] and {"sensor_id":…,"ts":…,"val":…}, bare\n' +
    "values, and objects of them (zigbee2mqtt, Tasmota, Shelly). What cannot be\n" +
    "read goes to FILE.rejects.jsonl. A file named .jsonl is recorded as JSON\n" +
    "lines. lab-%Y-%m-%d.csv is a file a day; also %H %M %S %j %V, {sensor_id},\n" +
    "{topic}, {topic[1]}. Other % and { are literal. - for the topic reads stdin, a\n" +
    "line a payload. Ctrl-C ends the recording.",
  arguments: "<topic> <file>",
  options: {
    ...recordingOptions,
    ...endingOptions,
    quiet: toggle("--quiet", "Print no events."),
    print: option(...printOption, { default: "python" }),
    stats: option(
      "--stats <time>",
      "Print counts to stderr at this interval (10s, 1m, 1h) and at the end.",
      readDuration,
    ),
    ...httpOptions,
    ...ruleOptions,
    ...configOption,
    ...clusterOptions,
  },
  examples: [
    ["The tutorial's sensor", "weir record sensor-data test.csv"],
    [
      "A broker with a login",
      "weir record sensor-data test.csv -b mqtts://pi --username ada --password-file pw",
    ],
    [
      "All of zigbee2mqtt for a day",
      "weir record 'zigbee2mqtt/#' home.csv --duration 24h",
    ],
    [
      "Nothing lost and nothing twice, for six weeks",
      "weir record 'lab/#' lab.csv --durable lab-recorder",
    ],
    [
      "A file a day, compressed when it is over",
      "weir record 'lab/#' 'lab-%Y-%m-%d.csv' --gzip",
    ],
    ["What another program prints", "rtl_433 -F json | weir record - rtl.csv"],
    ["All that comes, to be read later", "weir record '#' raw.jsonl --raw"],
    ["Topics, file and rules from a file", "weir record --config lab.toml"],
  ],
  async action({ quiet, print: format, stats, ...options }, topic, file) {
    const settings = {
      ...readRecording(options, topic, file),
      ...topic === "-" ? readStdin(options) : {},
    };
    const connection = await readConnection(options);
    using ending = endOnSignals();
    await sayRun({
      ...settings,
      connection,
      signal: ending.signal,
      branches: quiet
        ? undefined
        : (ending) => [print({ format, signal: ending })],
    }, { stats, http: await readHttp(options) });
  },
});

/** `-` for the topic: each line of stdin is a payload. */
function readStdin(
  { durable, topics, broker, passwordFile }: {
    durable?: string;
    topics: string[];
    broker: string[];
    passwordFile?: string;
  },
) {
  const given = durable !== undefined
    ? "--durable: no broker keeps what was printed"
    : topics.length > 0
    ? "--topic: there is no broker"
    : broker.length > 0
    ? "--broker: it is not connected to"
    : passwordFile === "-"
    ? "--password-file -: both would be read from it"
    : undefined;
  if (given !== undefined) {
    throw new UsageError(`- reads stdin, and does not go with ${given}.`);
  }
  return { topics: ["stdin"], lines: Deno.stdin.readable };
}
