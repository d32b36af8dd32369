import { fileURLToPath } from "node:url";
import { findContenders } from "./contenders.ts";
import { measure } from "./measure.ts";
import { startBroker } from "./start_broker.ts";
import { formatFlood, formatTable, type Runs } from "./table.ts";

/** How many messages a second a flood is. */
const FLOOD = 100_000;

/**
 * Measures weir side by side with other clients: events a second from the
 * socket to the finished file, peak memory, and how long it takes from the
 * start to the first row. The contenders take turns, so that noise on the
 * machine hits all of them alike. And how much of a flood weir records, with
 * its terminal UI and without.
 */
export async function benchSpeed(
  messages: number,
  runs: number,
): Promise<void> {
  const { contenders, leftOut } = findContenders();
  for (const text of leftOut) {
    console.log(`Left out, as it is not here: ${text}`);
  }
  console.log(`${messages.toLocaleString("en-US")} messages, runs: ${runs}`);

  // Beside the code, for weir may write nowhere else.
  const folder = await Deno.makeTempDir({
    dir: fileURLToPath(import.meta.resolve("./")),
    prefix: "out-",
  });
  try {
    using broker = await startBroker(messages);
    using brief = await startBroker(1);
    using flood = await startBroker(messages, FLOOD);
    const all: Runs[] = contenders
      .map((contender) => ({
        contender,
        results: [],
        floods: [],
        startUps: [],
      }));
    for (let run = 1; run <= runs; run++) {
      for (const { contender, results, floods, startUps } of all) {
        console.error(`run ${run}: ${contender.name}`);
        const file = `${folder}/rows.csv`;
        startUps.push((await measure(contender, brief, file)).startUp);
        results.push(await measure(contender, broker, file));
        if (contender.flood) floods.push(await measure(contender, flood, file));
      }
    }
    console.log(`\n${formatTable(all)}\n\n${formatFlood(all, FLOOD)}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
