import { reasonOf } from "../pipeline/error.ts";
import type { RunEvent } from "./run_event.ts";

/** At most so many commands run at a time; what comes then runs none. */
const MAX_RUNNING = 8;

/** A command that runs for so many milliseconds is ended. */
const PATIENCE = 60_000;

/**
 * Makes a function that runs a command for each alarm, with the facts in its
 * environment: nothing of the network becomes a part of the command. Its output
 * goes nowhere. Nothing waits for it, and what goes wrong is reported.
 */
export function commandRunner(
  command: string,
  report: (event: RunEvent) => void,
): (event: RunEvent & { kind: "alarm" }) => void {
  let running = 0;
  const failed = (why: string) =>
    report({
      kind: "recording",
      text: `The command for alarms failed: ${why}`,
    });
  return (event) => {
    if (running >= MAX_RUNNING) {
      return failed(`${MAX_RUNNING} of it are still running`);
    }
    running++;
    run(command, environment(event))
      .then((code) => {
        if (code !== 0) failed(`exit code ${code}`);
      }, (error) => failed(reasonOf(error)))
      .finally(() => running--);
  };
}

async function run(
  command: string,
  env: Record<string, string>,
): Promise<number> {
  const [shell, flag] = Deno.build.os === "windows"
    ? ["cmd", "/c"]
    : ["sh", "-c"];
  const { code } = await new Deno.Command(shell, {
    args: [flag, command],
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(PATIENCE),
  }).output();
  return code;
}

function environment(
  { on, limit, sensor_id, val, seconds }: RunEvent & { kind: "alarm" },
): Record<string, string> {
  const facts = {
    WEIR_ALARM: on ? "on" : "over",
    WEIR_LIMIT: limit,
    WEIR_SENSOR: sensor_id,
    WEIR_VALUE: `${val ?? ""}`,
    WEIR_SECONDS: seconds.toFixed(0),
    WEIR_TIME: new Date().toISOString(),
  };
  // No environment holds a NUL.
  return Object.fromEntries(
    Object.entries(facts).map(([name, text]) => [
      name,
      text.replaceAll("\0", "").slice(0, 4096),
    ]),
  );
}
