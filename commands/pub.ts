import { Buffer } from "node:buffer";
import { escape } from "../pipeline/escape.ts";
import { publish } from "../pipeline/mqtt/publish.ts";
import { checkTopic } from "../pipeline/mqtt/topic_filter.ts";
import {
  connectionOptions,
  readConnection,
} from "../cli/connection_options.ts";
import { defineCommand } from "../cli/define_command.ts";
import { toggle } from "../cli/define_option.ts";
import { asUsageError, UsageError } from "../cli/usage_error.ts";

const CR = 0x0d;

/** `weir pub`: publishes a message, or the lines of stdin. */
export const command = defineCommand({
  description: "Publish a message on a topic.\n\n" +
    "- publishes the lines of stdin, one message each.",
  arguments: "<topic> <message>",
  options: {
    retain: toggle(
      "--retain",
      "Ask the broker to keep it for later subscribers.",
    ),
    ...connectionOptions,
  },
  examples: [
    ["One reading", `weir pub sensor-data '["lux-1", 624, 284.1312]'`],
    ["A message for each line", "cat lines.txt | weir pub test -"],
    ["A message that starts with -", "weir pub heating/set -- -5"],
  ],
  tooMany: quoted,
  async action({ retain, ...options }, topic, message) {
    asUsageError(() => checkTopic(topic));
    if (message === "-" && options.passwordFile === "-") {
      throw new UsageError(
        "Both the password and the messages would come from stdin. Put the password into a file or WEIR_PASSWORD.",
      );
    }
    const { url, qos, connect } = await readConnection(options);
    const lines = message === "-" ? stdinLines() : [message];
    await publish(url, topic, lines, { ...connect, qos, retain });
  },
});

/** What was meant as JSON and came apart in the shell, which also took its quotes. */
function quoted([topic, ...words]: readonly string[]): string | undefined {
  const text = words.join(" ");
  if (!/^[[{]/.test(text)) return undefined;
  const json = text.replaceAll(
    /[^\s"[\]{}:,]+/g,
    (word) => isJson(word) ? word : JSON.stringify(word),
  );
  return `The shell has taken the message apart. Put it in quotes: weir pub ${
    escape(topic)
  } '${escape(json)}'`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

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
