import { defineCommand } from "../cli/define_command.ts";
import {
  connectionOptions,
  readConnection,
} from "../cli/connection_options.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { readRecording, recordingOptions } from "../cli/recording_options.ts";
import { hasTerminal, showRun } from "../cli/show_run.ts";
import { configOption, ruleOptions } from "../cli/rule_options.ts";
import { UsageError } from "../cli/usage_error.ts";

/** `weir tui`: sensors live in the terminal, and a recording run by hand. */
export const command = defineCommand({
  description: "See every sensor live, and run a recording by hand.\n\n" +
    "A file that is given is recorded to from the start, as by weir record. With\n" +
    "--durable each message is recorded exactly once, and the recording cannot be\n" +
    "paused. ? shows all keys.",
  arguments: "<topic> [file]",
  options: {
    ...recordingOptions,
    ...ruleOptions,
    ...configOption,
    ...connectionOptions,
  },
  examples: [
    ["Look at the tutorial's sensor", "weir tui sensor-data"],
    ["And record it", "weir tui sensor-data test.csv"],
    [
      "Nothing lost and nothing twice",
      "weir tui 'lab/#' lab.csv --durable lab-recorder",
    ],
  ],
  async action(options, topic, file?: string) {
    const settings = readRecording(options, topic, file);
    if (settings.durable !== undefined && file === undefined) {
      throw new UsageError("--durable needs the file that is recorded to.");
    }
    if (!hasTerminal()) {
      throw new UsageError(
        "weir tui needs a terminal, for its screen and for the keys. Without one: weir record",
      );
    }
    using ending = endOnSignals();
    const connection = await readConnection(options);
    const { signal } = ending;
    await showRun({ ...settings, connection, signal });
  },
});
