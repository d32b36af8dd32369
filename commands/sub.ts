import { Command } from "@cliffy/command";
import { Buffer } from "node:buffer";
import {
  type Message,
  mqtt,
  parse,
  pipe,
  print,
  type SensorEvent,
  stamp,
  take,
} from "../pipeline/mod.ts";
import { printLines } from "../pipeline/print_lines.ts";
import { escape } from "../pipeline/escape.ts";
import {
  type ConnectionFlags,
  readConnection,
  withConnection,
} from "../cli/connection_options.ts";
import { readDuration } from "../cli/duration.ts";
import { readFormat } from "../cli/print_option.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { tellStatus } from "../cli/say_status.ts";
import { limit } from "../run/timer.ts";
import { checkOverlap, readTopics } from "../cli/topic_arguments.ts";
import { UsageError } from "../cli/usage.ts";

interface SubFlags extends ConnectionFlags {
  topic?: string[];
  count?: number;
  duration?: string;
  print?: string;
  verbose?: boolean;
  wait?: boolean;
}

/** `weir sub`: prints messages as they come. */
export const sub = withConnection(
  new Command().description(
    "Print the messages on a topic, one a line.\n\n" +
      "They are printed as they are, retained ones, too; with --print, the events\n" +
      "that record would make of them.",
  ).arguments("<topic:string>"),
)
  .option("-t, --topic <topic:string>", "One more topic; repeatable.", {
    collect: true,
  })
  .option(
    "--count <number:integer>",
    "End after so many messages; with --print, events.",
  )
  .option("--duration <time:string>", "End after 90s, 10m, 2h, 42d.")
  .option("--print <format:string>", "Print events as python, json or csv.")
  .option("-v, --verbose", "Print the topic before each message.")
  .option("--wait", "Go on trying until the broker is there.")
  .example("The tutorial's sensor", "weir sub sensor-data")
  .example("All topics, with their names", "weir sub '#' -v")
  .example("Rows of CSV, for another program", "weir sub 'lab/#' --print csv")
  .action(async (flags: SubFlags, topic: string) => {
    const topics = readTopics(topic, flags.topic);
    checkOverlap(topics);
    if (flags.count !== undefined && flags.count < 1) {
      throw new UsageError("--count is at least 1.");
    }
    const { count = Infinity, verbose = false } = flags;
    const format = flags.print === undefined
      ? undefined
      : readFormat(flags.print);
    if (format && verbose) {
      throw new UsageError(
        "-v is for messages, --print for events: give one of them.",
      );
    }
    const seconds = flags.duration ? readDuration(flags.duration) : undefined;
    const { url, shown, qos, connect } = await readConnection(flags);
    using ending = endOnSignals();
    using limited = limit(ending.signal, seconds);
    const { signal } = limited;
    const tell = tellStatus({ shown, topics, qos, doing: "" });
    const messages = mqtt(url, topics, {
      ...connect,
      qos,
      signal,
      wait: flags.wait,
      onStatus(status) {
        tell(status);
        if (status.state === "connected") limited.start();
      },
    });
    if (format) {
      await pipe(
        messages,
        parse(),
        stamp(),
        take<SensorEvent>(count),
        print({ format, signal }),
      );
    } else {
      await pipe(
        messages,
        take<Message>(count),
        printLines<Message>(lines(verbose), { signal }),
      );
    }
  });

const LF = new Uint8Array([0x0a]);

/** A terminal gets text without control characters, a file what there is. */
function lines(
  verbose: boolean,
): (messages: readonly Message[]) => Uint8Array {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const terminal = Deno.stdout.isTerminal();
  const line = ({ topic, payload }: Message) => {
    const before = verbose ? `${terminal ? escape(topic) : topic} ` : "";
    if (terminal) {
      return [encoder.encode(`${before}${escape(decoder.decode(payload))}\n`)];
    }
    return [encoder.encode(before), payload, LF];
  };
  return (messages) => Buffer.concat(messages.flatMap(line));
}
