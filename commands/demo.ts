import { Command } from "@cliffy/command";
import { type Broker, broker } from "../pipeline/mod.ts";
import { readConnection } from "./connection.ts";
import { demoSensors } from "./demo_sensors.ts";
import { recordTo } from "./record_to.ts";
import { endAfter, endOnSignals } from "./signals.ts";

/** How long it runs where nobody is there to end it, in seconds. */
const UNATTENDED = 10;

const FILE = "demo.csv";

/** `weir demo`: everything on one machine, with nothing to set up. */
export const demo = new Command()
  .description(
    "Embedded broker, simulated light sensors, and a recording of them to a new\n" +
      `${FILE}. Ctrl-C ends it; without a terminal it ends after ${UNATTENDED} s.`,
  )
  .example("See it", "weir demo")
  .action(async () => {
    using ending = endOnSignals();
    await using local = await demoBroker();
    const signal = Deno.stdout.isTerminal()
      ? ending.signal
      : AbortSignal.any([ending.signal, endAfter(UNATTENDED)]);
    const sensors = demoSensors(local.url, "sensor-data", signal);
    await recordTo(FILE, {
      connection: await readConnection({ broker: local.url }),
      topics: ["sensor-data"],
      signal,
      print: "python",
      overwrite: true,
    });
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
