import { defineCommand } from "../cli/define_command.ts";
import type { Broker } from "../pipeline/mod.ts";
import { WeirError } from "../pipeline/error.ts";
import { broker } from "../pipeline/mqtt/embedded_broker.ts";
import { print } from "../pipeline/printing/print.ts";
import { isRecording } from "../pipeline/recording/open_at_end.ts";
import { say } from "../pipeline/say.ts";
import { readConnection } from "../cli/connection_options.ts";
import { sayRun } from "../cli/say_run.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { httpOptions, readHttp } from "../cli/http_options.ts";
import { hasTerminal } from "../cli/on_terminal.ts";
import { showRun } from "../cli/show_run.ts";

/** How long it runs if nobody is there to end it, in seconds. */
const UNATTENDED = 10;

const FILE = "demo.csv";

/** What starts weir: a checkout has no command of that name, a bundle has. */
const WEIR = import.meta.url.endsWith(".ts") ? "deno run -qP main.ts" : "weir";

/** How bright it is where each board stands, in lux at noon. */
const NOON = [800, 450, 12_000];

/** A day of the demo passes in so many seconds. */
const DAY = 120;

/** `weir demo`: everything on one machine, with nothing to set up. */
export const command = defineCommand({
  description:
    "See weir at work: a broker, virtual boards and a recording.\n\n" +
    `Records light sensors to a new ${FILE} (in place of the recording of that name,\n` +
    "if there is one), shown in the terminal UI. Without a terminal it prints the\n" +
    `events, and ends after ${UNATTENDED} s.`,
  options: { ...httpOptions },
  examples: [
    ["See it", "weir demo"],
    ["In a browser, too", "weir demo --http 8080"],
  ],
  async action(options) {
    const http = await readHttp(options);
    await refuseForeign(FILE);
    using ending = endOnSignals();
    await using local = await demoBroker();
    say(
      `Started a broker on ${local.url}. Starting ${NOON.length} virtual boards with light sensors …`,
    );
    const { startBoards } = await import("../firmware/simulator/mod.ts");
    const boards = await startBoards({
      count: NOON.length,
      broker: { host: "127.0.0.1", port: local.port },
      light: (index) => ({
        kind: "day",
        day: DAY,
        peak: NOON[index],
        seed: index + 1,
      }),
    });
    const settings = {
      connection: await readConnection({ broker: local.url }),
      topics: ["sensor-data"],
      file: FILE,
      signal: ending.signal,
      overwrite: true,
    };
    if (hasTerminal()) await showRun(settings, { http });
    else {
      await sayRun({
        ...settings,
        seconds: Deno.stdout.isTerminal() ? undefined : UNATTENDED,
        branches: (ending) => [print({ signal: ending })],
      }, { http });
    }
    await Promise.all(boards.map((board) => board.stop()));
    const next = [
      [`check ${FILE}`, "Is it in order?"],
      ["record sensor-data test.csv", "Record your own sensors"],
    ].map(([line, what]) => `  ${WEIR} ${line.padEnd(28)} ${what}`);
    say(`\nThe recording is in ${FILE}. What next:\n${next.join("\n")}`);
  },
});

/** A recording there is the demo's to replace; anything else is somebody's. */
async function refuseForeign(path: string): Promise<void> {
  if (await isRecording(path) !== false) return;
  throw new WeirError(
    "ERR_WEIR_FILE_EXISTS",
    `${path} is here already, and is no recording of weir. Move it away, or start the demo in another folder.`,
  );
}

/** On the usual port, for `weir sub` to look in; on another if that is taken. */
async function demoBroker(): Promise<Broker> {
  try {
    return await broker();
  } catch {
    return await broker({ port: 0 });
  }
}
