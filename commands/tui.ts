import { defineCommand } from "../cli/define_command.ts";
import { clusterOptions, readConnection } from "../cli/connection_options.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { httpOptions, readHttp } from "../cli/http_options.ts";
import { readRecording, recordingOptions } from "../cli/recording_options.ts";
import { hasTerminal } from "../cli/on_terminal.ts";
import { showRun } from "../cli/show_run.ts";
import { toggle } from "../cli/define_option.ts";
import { configOption, readRules, ruleOptions } from "../cli/rule_options.ts";
import { escape } from "../pipeline/escape.ts";
import { expectRecording } from "../pipeline/recording/expect_recording.ts";
import { recordingsToView } from "../cli/recordings_to_view.ts";
import { UsageError } from "../cli/usage_error.ts";

/** `weir tui`: sensors live in the terminal, and a recording run by hand. */
export const command = defineCommand({
  description: "See every sensor live, and run a recording by hand.\n\n" +
    "A file that is given is recorded to from the start, as by weir record. With\n" +
    "--durable each message is recorded exactly once, and the recording cannot be\n" +
    "paused. A recording alone, or a pattern ('lab-*.csv*'), is shown without a\n" +
    "broker, and followed as another weir writes it. ? shows all keys.",
  arguments: "<topic> [file]",
  options: {
    ...recordingOptions,
    noMouse: toggle(
      "--no-mouse",
      "Leave the mouse to the terminal, to select text without shift.",
    ),
    ...httpOptions,
    ...ruleOptions,
    ...configOption,
    ...clusterOptions,
  },
  examples: [
    ["Look at the tutorial's sensor", "weir tui sensor-data"],
    ["And record it", "weir tui sensor-data test.csv"],
    ["Look at a recording", "weir tui lab.csv"],
    [
      "Nothing lost and nothing twice",
      "weir tui 'lab/#' lab.csv --durable lab-recorder",
    ],
  ],
  tooMany: ([first]) => severalText(first),
  async action({ noMouse, ...options }, topic, file?: string) {
    const mouse = !noMouse;
    const recordings = file === undefined
      ? await recordingsToView(topic)
      : undefined;
    if (recordings) {
      checkTerminal();
      using ending = endOnSignals();
      const { timestamps } = options;
      const { signal } = ending;
      const { showFile } = await import("../cli/show_file.ts");
      return await showFile(recordings, {
        rules: readRules(options),
        timestamps,
        signal,
      }, { mouse });
    }
    if (file !== undefined && await isThere(topic) && await isThere(file)) {
      throw new UsageError(severalText(topic));
    }
    const settings = readRecording(options, topic, file);
    if (settings.durable !== undefined && file === undefined) {
      throw new UsageError("--durable needs the file that is recorded to.");
    }
    checkTerminal();
    using ending = endOnSignals();
    const connection = await readConnection(options);
    const { signal } = ending;
    const http = await readHttp(options);
    await showRun({ ...settings, connection, signal }, { mouse, http });
  },
});

function checkTerminal(): void {
  if (!hasTerminal()) {
    throw new UsageError(
      "weir tui needs a terminal, for its screen and for the keys, and no dumb one. Without one: weir record",
    );
  }
}

/** To look at several recordings, a pattern names them. */
function severalText(first: string): string {
  const dated = first.replace(/\d[\d-]*(?=\.)/, "*");
  const pattern = dated === first
    ? first.replace(/[^/]+(?=\.(csv|jsonl))/, "*")
    : dated;
  return `To look at several recordings, name them by a pattern, in quotes: weir tui '${
    escape(pattern)
  }'`;
}

/** Whether a topic is the name of a recording. */
const isThere = (name: string) =>
  /\.(csv|jsonl)(\.gz)?$/i.test(name)
    ? expectRecording(name).then(() => true, () => false)
    : false;
