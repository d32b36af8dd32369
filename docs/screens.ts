/**
 * Makes the screens of the README: runs `weir tui` in a terminal against a
 * Mosquitto, with the devices of a home, and writes what is seen to
 * `docs/screens/` and into the README. Needs mosquitto and tmux, and two minutes.
 *
 *     deno task screens
 *
 * @module
 */
import { connectAsync } from "mqtt";
import { makeFolder } from "../tests/helpers/folder.ts";
import { startMosquitto } from "../tests/helpers/mosquitto.ts";
import { openTerminal } from "../tests/helpers/terminal.ts";

const SIZES = [[80, 24], [120, 40]];

/** How long readings come in before the screens are taken, in seconds. */
const READINGS = 75;

const screens = new URL("screens/", import.meta.url);

/** A number that goes up and down, with a little noise. */
const wave = (mean: number, height: number, period: number, digits = 2) =>
  Number(
    (mean + height * Math.sin(Date.now() / 1000 / period) +
      height / 20 * Math.random()).toFixed(digits),
  );
const climate = (mean: number, period: number) => ({
  temperature: wave(mean, 0.8, period),
  humidity: wave(100 - 2.4 * mean, 3, period + 3),
  battery: 87,
});

/** What each device sends, as zigbee2mqtt has it, and how often in seconds. */
const DEVICES: Record<string, [every: number, payload: () => unknown]> = {
  "kitchen climate": [2, () => climate(21, 17)],
  "bath climate": [3, () => climate(23.5, 11)],
  "attic climate": [2, () => climate(18, 23)],
  "front door": [7, () => ({ contact: Math.random() < 0.8, battery: 100 })],
  "hall motion": [
    5,
    () => ({ occupancy: Math.random() < 0.4, illuminance: wave(40, 12, 9, 0) }),
  ],
  "washing machine": [
    1,
    () => ({ power: wave(420, 310, 8, 1), state: "ON" }),
  ],
  "desk lamp": [6, () => ({ brightness: wave(180, 20, 30, 0), state: "ON" })],
};

await using mosquitto = await startMosquitto();
const home = await connectAsync(mosquitto.url);
const sending = Object.entries(DEVICES).map(([name, [every, payload]]) => {
  const send = () =>
    home.publish(`zigbee2mqtt/${name}`, JSON.stringify(payload()));
  return setInterval(send, every * 1000);
});
const views = await Promise.all(SIZES.map(async ([columns, rows]) => {
  const folder = await makeFolder();
  const terminal = await openTerminal(folder.path(""), columns, rows);
  const args = ["zigbee2mqtt/#", "home.csv", "-b", mosquitto.url];
  await terminal.weir(["tui", ...args]);
  await terminal.shows(/● connected/);
  return { folder, terminal, size: `${columns}x${rows}` };
}));
await new Promise((resolve) => setTimeout(resolve, READINGS * 1000));

await Deno.mkdir(screens, { recursive: true });
const readme = new Map<string, string>();
for (const { terminal, folder, size } of views) {
  // By name, and the kitchen's temperature selected.
  await terminal.press("s");
  await terminal.shows(/by id/);
  await terminal.type("/kitchen");
  await terminal.press("Enter", ">", "Down", "Down", "/", "C-u", "Enter");
  await terminal.shows(/› +temperature/);
  readme.set(size, await write(size, await terminal.shows(/● recording/)));
  await terminal.press("Enter", "Left", ..."Left ".repeat(9).trim().split(" "));
  await write(`${size}-chart`, await terminal.shows(/── Events until/));
  await terminal.press("q", "y");
  await terminal.code();
  await terminal[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
}
sending.forEach(clearInterval);
await home.endAsync();

const page = new URL("../README.md", import.meta.url);
const shown = [...readme.values()];
const text = await Deno.readTextFile(page);
await Deno.writeTextFile(
  page,
  text.replace(/^```text\n weir {2}[^]*?^```$/gm, (block) => {
    const screen = shown.shift();
    return screen === undefined ? block : `\`\`\`text\n${screen}\`\`\``;
  }),
);

/** Writes a screen to its file, and returns it. */
async function write(name: string, screen: string): Promise<string> {
  const rows = screen.split("\n").map((row) => row.trimEnd()).join("\n");
  const text = rows.trimEnd() + "\n";
  const file = new URL(`${name}.txt`, screens);
  await Deno.writeTextFile(file, text);
  console.log(file.pathname);
  return text;
}
