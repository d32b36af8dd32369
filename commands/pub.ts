import { Command } from "@cliffy/command";
import { Buffer } from "node:buffer";
import { publish } from "../pipeline/mod.ts";
import { checkTopic } from "../pipeline/mqtt/topic_filter.ts";
import {
  type ConnectionFlags,
  readConnection,
  withConnection,
} from "../cli/connection_options.ts";
import { refuseOption, usage, UsageError } from "../cli/usage.ts";

const CR = 0x0d;

interface PubFlags extends ConnectionFlags {
  retain?: boolean;
}

/** `weir pub`: publishes a message, or the lines of stdin. */
export const pub = withConnection(
  new Command().description(
    "Publish a message on a topic; - for the lines of stdin, one message each.",
  ).arguments("<topic:string> <message:string>"),
)
  .option("--retain", "Let the broker keep it for later subscribers.")
  .example(
    "One reading",
    `weir pub sensor-data '["lux-1", 624, 284.1312]'`,
  )
  .example("A message for each line", "cat lines.txt | weir pub test -")
  .action(async (flags: PubFlags, topic: string, message: string) => {
    refuseOption("topic", topic);
    usage(() => checkTopic(topic));
    if (message === "-" && flags.passwordFile === "-") {
      throw new UsageError(
        "Both the password and the messages would come from stdin. Put the password into a file or WEIR_PASSWORD.",
      );
    }
    const { url, qos, connect } = await readConnection(flags);
    const lines = message === "-" ? stdinLines() : [message];
    const options = { ...connect, qos, retain: flags.retain };
    await publish(url, topic, lines, options);
  });

/** The lines as the bytes that they are: not all that is piped is UTF-8. */
async function* stdinLines(): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of Deno.stdin.readable) {
    rest = Buffer.concat([rest, chunk]);
    for (let end; (end = rest.indexOf("\n")) >= 0;) {
      yield rest.subarray(0, rest[end - 1] === CR ? end - 1 : end);
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield rest;
}
