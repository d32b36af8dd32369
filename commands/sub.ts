import { Buffer } from "node:buffer";
import type {
  Explained,
  Message,
  PrintOptions,
  Rule,
  Sink,
} from "../pipeline/mod.ts";
import { escape } from "../pipeline/escape.ts";
import { explain } from "../pipeline/explain.ts";
import { mqtt } from "../pipeline/mqtt/source.ts";
import { pipe } from "../pipeline/pipe.ts";
import { print } from "../pipeline/printing/print.ts";
import { printLines } from "../pipeline/printing/print_lines.ts";
import { take } from "../pipeline/stages/take.ts";
import { clusterOptions, readConnection } from "../cli/connection_options.ts";
import { defineCommand } from "../cli/define_command.ts";
import { option, toggle } from "../cli/define_option.ts";
import {
  endingOptions,
  printOption,
  recordingOptions,
} from "../cli/recording_options.ts";
import { configOption, readRules, ruleOptions } from "../cli/rule_options.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { sayEvents } from "../cli/say_events.ts";
import { sayRun } from "../cli/say_run.ts";
import { followConnection } from "../run/follow_connection.ts";
import type { RunSettings } from "../run/run_settings.ts";
import { limit } from "../run/timer.ts";
import { checkOverlap, readTopics } from "../cli/topic_arguments.ts";
import { UsageError } from "../cli/usage_error.ts";

/** `weir sub`: prints messages as they come. */
export const command = defineCommand({
  description: "Print the messages on a topic, one a line.\n\n" +
    "Retained messages too. With --print, the events that record would make of\n" +
    "them. --count counts what is printed.",
  arguments: "<topic>",
  options: {
    topics: recordingOptions.topics,
    ...endingOptions,
    print: option(...printOption),
    explain: toggle(
      "--explain",
      "Print what becomes of each message: its rule, readings, gaps, or why it is a reject.",
    ),
    verbose: toggle("-v, --verbose", "Print the topic before each message."),
    ...ruleOptions,
    ...configOption,
    ...clusterOptions,
  },
  examples: [
    ["The tutorial's sensor", "weir sub sensor-data"],
    ["All topics, with their names", "weir sub '#' -v"],
    ["Rows of CSV, for another program", "weir sub 'lab/#' --print csv"],
    [
      "What a rule does",
      "weir sub 'rtl_433/#' --explain --id '{model}/{id}' --time time",
    ],
  ],
  async action(options, topic) {
    const { print: format, explain: explained, verbose, count, seconds, wait } =
      options;
    const topics = readTopics(topic, options.topics);
    checkOverlap(topics);
    if (format && verbose) {
      throw new UsageError(
        "-v is for messages, --print for events: give one of them.",
      );
    }
    if (explained && (format || verbose)) {
      throw new UsageError("--explain does not go with --print and -v.");
    }
    const rules = readRules(options);
    if (!format && !explained && !options.configFile && rules.length > 0) {
      throw new UsageError(
        "Options that say how messages are read go with --print or --explain.",
      );
    }
    const connection = await readConnection(options);
    using ending = endOnSignals();
    const { signal } = ending;
    const settings = { connection, topics, count, seconds, wait, signal };
    if (format) await printEvents({ ...settings, rules }, format);
    else if (explained) await printMessages(settings, await explaining(rules));
    else {
      await printMessages(
        settings,
        (signal) => printLines(lines(verbose), { signal }),
      );
    }
  },
});

/** Prints what `weir record` would make of the messages. */
async function printEvents(
  settings: RunSettings,
  format: PrintOptions["format"],
): Promise<void> {
  const unread = new AbortController();
  const signal = AbortSignal.any([settings.signal, unread.signal]);
  await sayRun({
    ...settings,
    signal,
    retained: true,
    branches: (ending) => [async (flow) => {
      await print({ format, signal: ending, strict: true })(flow);
      // Nobody reads on.
      unread.abort();
    }],
  });
}

/** Makes a sink of messages; the signal aborts when the flow is ending. */
type Printing = (signal: AbortSignal) => Sink<Message>;

/** Prints what becomes of messages. */
async function explaining(rules: Rule[]): Promise<Printing> {
  const { explainLines } = await import("../cli/explain_lines.ts");
  const lines = (batch: readonly Explained[]) =>
    batch.map(explainLines).join("");
  return (signal) => (flow) =>
    printLines(lines, { signal })(explain({ rules })(flow));
}

/** Prints messages, without a recording. */
async function printMessages(
  { connection, topics, count = Infinity, seconds, wait, signal }: RunSettings,
  printing: Printing,
): Promise<void> {
  const { url, urls = [url], shown, qos, connect } = connection;
  using limited = limit(signal, seconds);
  const report = sayEvents({ shown, topics, qos });
  const followed = followConnection({ shown, qos, report, changed() {} });
  await pipe(
    mqtt(urls, topics, {
      ...connect,
      qos,
      signal: limited.signal,
      wait,
      onStatus(status) {
        followed.onStatus(status);
        if (status.state === "connected") limited.start();
      },
    }),
    take<Message>(count),
    printing(limited.signal),
  );
}

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
