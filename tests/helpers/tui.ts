import assert from "node:assert/strict";
import { makeFolder } from "./folder.ts";
import { type Mosquitto, startMosquitto } from "./mosquitto.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

/** A folder, a broker, and a terminal with `weir tui` on its screen. */
export async function openTui(
  {
    args = [] as string[],
    columns = 80,
    rows = 24,
    env = {},
    config = "sys_interval 1",
  } = {},
) {
  const stack = new AsyncDisposableStack();
  const mosquitto = stack.use(await startMosquitto({ config: () => config }));
  const folder = stack.use(await makeFolder());
  const terminal = stack.use(
    await openTerminal(folder.path(""), columns, rows),
  );
  await terminal.weir(["tui", "sensor-data", ...args, "-b", mosquitto.url], {
    env,
  });
  await terminal.shows(/● connected/);
  return {
    mosquitto,
    folder,
    terminal,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

let number = 0;

/** Publishes so many numbered readings and returns their numbers. */
export async function publish(
  mosquitto: Mosquitto,
  count: number,
  qos = 0,
): Promise<number[]> {
  const numbers = Array.from({ length: count }, () => ++number);
  await mosquitto.publishLines(
    "sensor-data",
    numbers.map((n) => `["lux-1", 0, ${n}]`),
    ...["-q", `${qos}`],
  );
  return numbers;
}

/** Whether the terminal is as it was before. */
export async function isRestored(terminal: Terminal): Promise<void> {
  await terminal.shows(/^\$$/m);
  assert.deepEqual(await terminal.state(), {
    alternate: false,
    cursor: true,
    canonical: true,
    echo: true,
  });
  assert.doesNotMatch(await terminal.screen(), /── Sensors|● connected/);
}

/** The only child of a process. */
export async function childOf(pid: number): Promise<number> {
  const text = await Deno.readTextFile(
    `/proc/${pid}/task/${pid}/children`,
  );
  const [child] = text.trim().split(" ");
  return Number(child);
}
