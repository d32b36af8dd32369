import { defineCommand } from "../cli/define_command.ts";
import { option, text } from "../cli/define_option.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { say } from "../pipeline/say.ts";

/** `weir hold`: gives a person the prompt of a board. */
export const command = defineCommand({
  description: "Restart a board without its program, to have its prompt.\n\n" +
    "Once started, the firmware's watchdog cannot be stopped: it restarts a board\n" +
    "that is interrupted. The next reset starts the firmware again.",
  options: {
    port: option(
      "-p, --port <port>",
      "Serial port, or tcp://host:port of a virtual board. (default: the only port)",
      text,
    ),
  },
  examples: [["And then: mpremote resume repl", "weir hold"]],
  async action(options) {
    const { findPort } = await import("../firmware/deploy/ports.ts");
    const port = options.port ?? await findPort();
    const { openTransport } = await import(
      "../firmware/deploy/open_transport.ts"
    );
    const { hold } = await import("../firmware/deploy/hold_board.ts");
    await using transport = await openTransport(port);
    using ending = endOnSignals();
    await hold(transport, ending.signal);
    say(
      `The board on ${port} is at its prompt: mpremote resume repl. Its next reset starts the firmware.`,
    );
  },
});
