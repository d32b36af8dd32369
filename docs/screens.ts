/**
 * Makes the screens of the README: runs `weir tui` in a terminal against a
 * Mosquitto, with simulated sensors, and writes what is seen to
 * `docs/screens/`. Needs mosquitto and tmux, and a minute and a half.
 *
 *     deno task screens
 *
 * @module
 */
import { demoSensors } from "../commands/demo_sensors.ts";
import { makeFolder } from "../tests/helpers/folder.ts";
import { startMosquitto } from "../tests/helpers/mosquitto.ts";
import { openTerminal } from "../tests/helpers/terminal.ts";

const SIZES = [[80, 24], [120, 40]];

/** How long readings come in before the screens are taken, in seconds. */
const READINGS = 75;

const screens = new URL("screens/", import.meta.url);

await using mosquitto = await startMosquitto();
const stop = new AbortController();
const sensors = demoSensors(mosquitto.url, "sensor-data", stop.signal);
const views = await Promise.all(SIZES.map(async ([columns, rows]) => {
  const folder = await makeFolder();
  const terminal = await openTerminal(folder.path(""), columns, rows);
  await terminal.weir(["tui", "sensor-data", "test.csv", "-b", mosquitto.url]);
  await terminal.shows(/● connected/);
  return { folder, terminal, size: `${columns}x${rows}` };
}));
await new Promise((resolve) => setTimeout(resolve, READINGS * 1000));

await Deno.mkdir(screens, { recursive: true });
for (const { terminal, folder, size } of views) {
  await write(size, await terminal.shows(/mosquitto version/));
  await terminal.press("Enter", "+");
  await write(`${size}-chart`, await terminal.shows(/last 1 min/));
  await terminal.press("q", "y");
  await terminal.code();
  await terminal[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
}
stop.abort();
await sensors;

async function write(name: string, screen: string): Promise<void> {
  const text = screen.split("\n").map((row) => row.trimEnd()).join("\n");
  const file = new URL(`${name}.txt`, screens);
  await Deno.writeTextFile(file, text.trimEnd() + "\n");
  console.log(file.pathname);
}
