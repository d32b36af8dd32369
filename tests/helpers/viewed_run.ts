import type { RunEvent } from "../../run/run_event.ts";
import type { RunSettings } from "../../run/run_settings.ts";
import { startRun } from "../../run/start_run.ts";
import { viewLines } from "./line_viewer.ts";
import { until } from "./until.ts";

/** A run of a test, and what a viewer and a listener learned of it. */
export async function startViewed(
  url: string,
  settings: Partial<RunSettings> = {},
) {
  const events: RunEvent[] = [];
  const lines: string[] = [];
  const run = await startRun({
    connection: { url, shown: url, qos: 1, connect: {} },
    topics: ["lab"],
    signal: new AbortController().signal,
    live: true,
    onEvent: (event) => events.push(event),
    ...settings,
  });
  const viewer = viewLines(run, (line) => lines.push(line));
  return {
    ...run,
    lines,
    kinds: () => events.map(({ kind }) => kind),
    event: <K extends RunEvent["kind"]>(kind: K) =>
      events.find((event) => event.kind === kind) as
        & RunEvent
        & { kind: K },
    /** Waits until the viewer's latest line matches. */
    shows: (pattern: RegExp) =>
      until(`${pattern}`, () => pattern.test(lines.at(-1)!))
        .catch(({ message }) => {
          throw new Error(`${message}; there were:\n${lines.join("\n")}`);
        }),
    async [Symbol.asyncDispose]() {
      await run[Symbol.asyncDispose]();
      viewer[Symbol.dispose]();
    },
  };
}
