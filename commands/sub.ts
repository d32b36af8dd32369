import { Command } from "@cliffy/command";
import { Buffer } from "node:buffer";
import { type Message, mqtt, pipe, take } from "../pipeline/mod.ts";
import { checkTopicFilter } from "../pipeline/mqtt/topic.ts";
import { escape } from "../pipeline/text.ts";
import { writeAll } from "../pipeline/write.ts";
import {
  type ConnectionFlags,
  readConnection,
  withConnection,
} from "./connection.ts";
import { endOnSignals } from "./signals.ts";
import { tellStatus } from "./status.ts";
import { refuseOption, usage, UsageError } from "./usage.ts";

interface SubFlags extends ConnectionFlags {
  count?: number;
  verbose?: boolean;
  wait?: boolean;
}

/** `weir sub`: prints messages as they come. */
export const sub = withConnection(
  new Command().description("Print the messages on a topic, one a line.")
    .arguments("<topic:string>"),
)
  .option("--count <messages:integer>", "End after so many messages.")
  .option("-v, --verbose", "Print the topic before each message.")
  .option("--wait", "Go on trying until the broker is there.")
  .example("The tutorial's sensor", "weir sub sensor-data")
  .example("All topics, with their names", "weir sub '#' -v")
  .action(async (flags: SubFlags, topic: string) => {
    refuseOption("topic", topic);
    usage(() => checkTopicFilter(topic));
    if (flags.count !== undefined && flags.count < 1) {
      throw new UsageError("--count is at least 1.");
    }
    const { url, shown, qos, connect } = await readConnection(flags);
    using ending = endOnSignals();
    const messages = pipe(
      mqtt(url, topic, {
        ...connect,
        qos,
        signal: ending.signal,
        wait: flags.wait,
        onStatus: tellStatus({ shown, topics: [topic], qos, doing: "" }),
      }),
      take<Message>(flags.count ?? Infinity),
    );
    const format = lines(flags.verbose ?? false);
    try {
      for await (const batch of messages) {
        for (const message of batch) {
          await writeAll(Deno.stdout, format(message));
        }
      }
    } catch (error) {
      // `| head` has seen enough.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  });

const LF = new Uint8Array([0x0a]);

/** A terminal gets text without control characters, a file what there is. */
function lines(verbose: boolean): (message: Message) => Uint8Array {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const terminal = Deno.stdout.isTerminal();
  return ({ topic, payload }) => {
    const before = verbose ? `${terminal ? escape(topic) : topic} ` : "";
    if (terminal) {
      return encoder.encode(`${before}${escape(decoder.decode(payload))}\n`);
    }
    return Buffer.concat([encoder.encode(before), payload, LF]);
  };
}
