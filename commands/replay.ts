import {
  connectionOptions,
  readConnection,
} from "../cli/connection_options.ts";
import { defineCommand } from "../cli/define_command.ts";
import { option, type Reader, text, toggle } from "../cli/define_option.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { readInstant } from "../cli/instant.ts";
import { createProgressBar } from "../cli/progress_bar.ts";
import { UsageError } from "../cli/usage_error.ts";
import { counted } from "../pipeline/counted.ts";
import { escape } from "../pipeline/escape.ts";
import { findRecordings } from "../pipeline/recording/find_recordings.ts";
import { replayMessages } from "../pipeline/replay/replaying.ts";
import { say } from "../pipeline/say.ts";

/** So many lines that are no messages are told one by one. */
const MAX_TOLD = 10;

const speed: Reader<number> = (typed, name) => {
  const value = typed === "max" ? Infinity : Number(typed);
  if (value > 0) return value;
  throw new UsageError(
    `${name} is a number above 0, or max, not ${escape(typed)}.`,
  );
};

/** `weir replay`: a recording to a broker again. */
export const command = defineCommand({
  description: "Publish a recording again, at its own pace or faster.\n\n" +
    'Each reading becomes ["lux-1", 624, 284.1312]. A .rejects.jsonl becomes the\n' +
    "messages that it kept whole. Takes patterns and .gz. Ctrl-C ends it.",
  arguments: "<file...>",
  options: {
    speed: option(
      "--speed <factor>",
      "Go so many times as fast: 60, or max for no pause. (default: 1)",
      speed,
    ),
    loop: toggle("--loop", "Begin again after the end, until Ctrl-C."),
    topic: option(
      "-t, --topic <topic>",
      "Publish here; with {sensor_id}, {topic} or {topic[1]}. (default: as recorded)",
      text,
    ),
    from: option(
      "--from <time>",
      "From this time on: 2026-01-31T12:00, yesterday, -2h.",
      readInstant,
    ),
    to: option("--to <time>", "Until before this time.", readInstant),
    ...connectionOptions,
  },
  examples: [
    ["An hour in a minute", "weir replay lab.jsonl --speed 60"],
    [
      "A CSV, a topic for each sensor",
      "weir replay lab.csv --topic 'lab/{sensor_id}'",
    ],
    ["What could not be read", "weir replay lab.csv.rejects.jsonl --speed max"],
  ],
  async action({ speed, loop, topic, from, to, ...flags }, ...files) {
    if ((from ?? -Infinity) >= (to ?? Infinity)) {
      throw new UsageError("--from is not before --to.");
    }
    const { url, connect } = await readConnection(flags);
    const { qos } = flags;
    const paths = await findRecordings(files);
    using ending = endOnSignals();
    const { signal } = ending;
    let told = 0;
    using bar = createProgressBar("messages");
    const { messages, faults } = await replayMessages(url, paths, {
      ...connect,
      ...{ qos, speed, loop, topic, from, to, signal },
      onProgress: bar.show,
      onFault(path, line, why) {
        if (++told <= MAX_TOLD) {
          say(`${escape(path)}:${line}: left out: ${why}`);
        }
      },
    });
    bar[Symbol.dispose]();
    const left = faults > 0 ? ` (${counted(faults, "line")} left out)` : "";
    say(`Published ${counted(messages, "message")}${left}`);
  },
});
