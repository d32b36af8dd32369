import { defineCommand } from "../cli/define_command.ts";
import { integer, option, text } from "../cli/define_option.ts";
import { broker as startBroker } from "../pipeline/mqtt/embedded_broker.ts";
import { say } from "../pipeline/say.ts";
import { readPassword } from "../cli/connection_options.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { UsageError } from "../cli/usage_error.ts";

/** `weir broker`: a broker for a desk or a classroom. */
export const command = defineCommand({
  description: "Run a broker for a desk or a classroom (MQTT 3.1.1).\n\n" +
    "It keeps nothing when it ends. By default only this machine can reach it,\n" +
    "and without a login anybody there.",
  options: {
    port: option(
      "-p, --port <port>",
      "Listen on this port.",
      integer(0, 65_535),
      { default: 1883 },
    ),
    host: option(
      "--host <address>",
      "Listen on this address; 0.0.0.0 for boards on the network.",
      text,
      { default: "127.0.0.1" },
    ),
    username: option(
      "--username <name>",
      "Require this user name and password.",
      text,
    ),
    passwordFile: option(
      "--password-file <file>",
      "File whose first line is the password; - for stdin.",
      text,
    ),
  },
  examples: [
    ["For this machine", "weir broker"],
    ["For boards on the network", "weir broker --host 0.0.0.0"],
    [
      "With a login",
      "weir broker --host 0.0.0.0 --username ada --password-file pw",
    ],
  ],
  async action({ port, host, username, passwordFile }) {
    if ((username === undefined) !== (passwordFile === undefined)) {
      throw new UsageError("--username and --password-file go together.");
    }
    const password = passwordFile === undefined
      ? undefined
      : await readPassword(passwordFile);
    using ending = endOnSignals();
    await using running = await startBroker({ port, host, username, password });
    say(`Broker is listening on ${running.url}`);
    for (const line of reach(host, running.port, username !== undefined)) {
      say(line);
    }
    await new Promise<void>((resolve) => {
      ending.signal.addEventListener("abort", () => resolve());
      // It may have come while starting.
      if (ending.signal.aborted) resolve();
    });
  },
});

/** How boards on the network reach it. */
function reach(host: string, port: number, login: boolean): string[] {
  if (host !== "0.0.0.0" && host !== "::") {
    return host.startsWith("127.") || host === "localhost" || host === "::1"
      ? [
        "Only this machine can reach it. For boards on the network: --host 0.0.0.0",
      ]
      : [];
  }
  const addresses = Deno.networkInterfaces()
    .filter(({ family, address }) =>
      family === "IPv4" && !address.startsWith("127.")
    )
    .map(({ address }) => address);
  return [
    addresses.length > 0
      ? `Boards reach it at ${addresses.join(" or ")}, port ${port}`
      : "This machine has no address on a network now",
    login
      ? "Who has the login can read and publish; both go over the network unencrypted."
      : "It has no login: anybody on the network can read and publish.",
  ];
}
