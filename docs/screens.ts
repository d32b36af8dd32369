/**
 * Makes the screens of the README: runs `weir tui` in a terminal against a
 * Mosquitto, with virtual boards, and writes what is seen to
 * `docs/screens/`. Needs mosquitto and tmux, and a minute and a half.
 *
 *     deno task screens
 *
 * @module
 */
import { startBoards } from "../firmware/simulator/mod.ts";
import { makeFolder } from "../tests/helpers/folder.ts";
import { startMosquitto } from "../tests/helpers/mosquitto.ts";
import { openTerminal } from "../tests/helpers/terminal.ts";

const SIZES = [[80, 24], [120, 40]];

/** How long readings come in before the screens are taken, in seconds. */
const READINGS = 75;

const screens = new URL("screens/", import.meta.url);

await using mosquitto = await startMosquitto();
const boards = await startBoards({
  count: 3,
  broker: { host: "127.0.0.1", port: mosquitto.port },
  light: (index) => ({ kind: "day", day: 300, peak: 800, seed: index + 1 }),
});
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
  await terminal.press("+");
  if (size !== "80x24") await terminal.shows(/last 1 min/);
  await write(size, await terminal.shows(/● recording/));
  await terminal.press("Enter");
  await write(`${size}-chart`, await terminal.shows(/── Figures/));
  await terminal.press("q", "y");
  await terminal.code();
  await terminal[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
}
await Promise.all(boards.map((board) => board.stop()));

async function write(name: string, screen: string): Promise<void> {
  const text = screen.split("\n").map((row) => row.trimEnd()).join("\n");
  const file = new URL(`${name}.txt`, screens);
  await Deno.writeTextFile(file, text.trimEnd() + "\n");
  console.log(file.pathname);
}
