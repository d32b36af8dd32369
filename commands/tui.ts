import process from "node:process";
import { defineCommand } from "../cli/define_command.ts";
import {
  connectionOptions,
  readConnection,
} from "../cli/connection_options.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { readRecording, recordingOptions } from "../cli/recording_options.ts";
import { UsageError } from "../cli/usage_error.ts";
import { startTuiSession, type TuiSettings } from "../run/start_run.ts";

/** `weir tui`: sensors live in the terminal, and a recording run by hand. */
export const command = defineCommand({
  description: "See every sensor live, and run a recording by hand.\n\n" +
    "A file that is given is recorded to from the start, as by weir record. With\n" +
    "--durable each message is recorded exactly once, and the recording cannot be\n" +
    "paused. ? shows all keys.",
  arguments: "<topic> [file]",
  options: { ...recordingOptions, ...connectionOptions },
  examples: [
    ["Look at the tutorial's sensor", "weir tui sensor-data"],
    ["And record it", "weir tui sensor-data test.csv"],
    [
      "Nothing lost and nothing twice",
      "weir tui 'lab/#' lab.csv --durable lab-recorder",
    ],
  ],
  async action(options, topic, file?: string) {
    const settings = readRecording(options, topic);
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
    await runTui({ ...settings, connection, file, signal });
  },
});

/**
 * Whether there is a terminal, for the screen and for the keys.
 *
 * @example
 * ```ts
 * import { hasTerminal } from "./tui.ts";
 *
 * if (typeof hasTerminal() !== "boolean") throw new Error();
 * ```
 */
export function hasTerminal(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
}

/**
 * Runs a session with its screen until a person or a signal ends it. Whatever
 * ends it, the terminal is left as it was.
 *
 * @throws {WeirError} where the file cannot be opened or written, or the broker
 * refuses the connection.
 *
 * @example
 * ```ts ignore
 * await runTui({ connection, topics: ["sensor-data"], signal });
 * ```
 */
export async function runTui(settings: TuiSettings): Promise<void> {
  // React checks itself, at twice the cost, unless it is told not to.
  const variable = "NODE_ENV";
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  if (state === "granted" && !Deno.env.has(variable)) {
    Deno.env.set(variable, "production");
  }
  const { openScreen } = await import("../tui/mod.tsx");
  using hangup = endOnHangup();
  const signal = AbortSignal.any([settings.signal, hangup.signal]);
  const session = await startTuiSession({ ...settings, signal });
  const quitting = Promise.withResolvers<void>();
  let asked = 0;
  const quit = () => {
    if (++asked > 1) Deno.exit(130);
    quitting.resolve();
    session.actions.quit();
  };
  signal.addEventListener("abort", () => quitting.resolve());
  const actions = { ...session.actions, quit };
  const screen = openScreen({
    source: session.source,
    actions,
    colours: !Deno.env.get("NO_COLOR"),
  });
  const ended = session.done.catch(async (error) => {
    // What ended a session that ran stays on the screen until it is read.
    if (session.wasConnected()) await quitting.promise;
    throw error;
  });
  try {
    await Promise.race([ended, screen.closed]);
  } finally {
    try {
      await session[Symbol.asyncDispose]();
    } finally {
      screen.close();
      await screen.closed.catch(() => {});
      const summary = session.summary();
      if (summary !== undefined) console.error(summary);
    }
  }
}

const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A signal that aborts when the terminal is gone. And as long as somebody of
 * Node's kind listens, what Ink uses to clean up does not end the process at
 * the first signal.
 */
function endOnHangup(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const listeners = ENDING.map((name) => {
    const listener = () => {
      if (name === "SIGHUP") controller.abort();
    };
    process.on(name, listener);
    return [name, listener] as const;
  });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const [name, listener] of listeners) process.off(name, listener);
    },
  };
}
