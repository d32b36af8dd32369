import { Command } from "@cliffy/command";
import { type Broker, broker } from "../pipeline/mod.ts";
import { readConnection } from "./connection.ts";
import { demoSensors } from "./demo_sensors.ts";
import { recordTo } from "./record_to.ts";
import { endOnSignals } from "./signals.ts";
import { hasTerminal, runTui } from "./tui.ts";

/** How long it runs where nobody is there to end it, in seconds. */
const UNATTENDED = 10;

const FILE = "demo.csv";

/** `weir demo`: everything on one machine, with nothing to set up. */
export const demo = new Command()
  .description(
    "Embedded broker, simulated light sensors, and a recording of them to a new\n" +
      `${FILE}, shown in the terminal UI. Without a terminal it prints the events,\n` +
      `and ends after ${UNATTENDED} s.`,
  )
  .example("See it", "weir demo")
  .action(async () => {
    using ending = endOnSignals();
    await using local = await demoBroker();
    const stop = new AbortController();
    const sensors = demoSensors(local.url, "sensor-data", stop.signal);
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
    stop.abort();
    await sensors;
  });

/** On the usual port, for `weir sub` to look in; on another if that is taken. */
async function demoBroker(): Promise<Broker> {
  try {
    return await broker();
  } catch {
    return await broker({ port: 0 });
  }
}
