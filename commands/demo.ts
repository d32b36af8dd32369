import { Command } from "@cliffy/command";
import { type Broker, broker } from "../pipeline/mod.ts";
import { readConnection } from "./connection.ts";
import { recordTo } from "./record_to.ts";
import { endOnSignals } from "./signals.ts";
import { hasTerminal, runTui } from "./tui.ts";

/** How long it runs where nobody is there to end it, in seconds. */
const UNATTENDED = 10;

const FILE = "demo.csv";

/** How bright it is where each board stands, in lux at noon. */
const NOON = [800, 450, 12_000];

/** A day of the demo passes in so many seconds. */
const DAY = 120;

/** `weir demo`: everything on one machine, with nothing to set up. */
export const demo = new Command()
  .description(
    "Embedded broker, virtual boards with light sensors, and a recording of them to\n" +
      `a new ${FILE}, shown in the terminal UI. Without a terminal it prints the\n` +
      `events, and ends after ${UNATTENDED} s.`,
  )
  .example("See it", "weir demo")
  .action(async () => {
    using ending = endOnSignals();
    await using local = await demoBroker();
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
      signal: ending.signal,
      overwrite: true,
    };
    if (hasTerminal()) await runTui({ ...settings, file: FILE });
    else {
      await recordTo(FILE, {
        ...settings,
        seconds: Deno.stdout.isTerminal() ? undefined : UNATTENDED,
        print: "python",
      });
    }
    await Promise.all(boards.map((board) => board.stop()));
  });

/** On the usual port, for `weir sub` to look in; on another if that is taken. */
async function demoBroker(): Promise<Broker> {
  try {
    return await broker();
  } catch {
    return await broker({ port: 0 });
  }
}
