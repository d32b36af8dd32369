/**
 * Measures weir side by side with other clients: events a second from the
 * socket to the finished file, peak memory, and how long it takes from the
 * start to the first row. The contenders take turns, so that noise on the
 * machine hits all of them alike. And how much of a flood weir records, with
 * its terminal UI and without.
 *
 *     deno task bench [--messages N] [--runs R]
 *
 * It runs with all permissions, for less do not let it read in /proc how much
 * memory the others have; weir is run with no more than it always has.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { findContenders } from "./contenders.ts";
import { measure } from "./measure.ts";
import { startBroker } from "./start_broker.ts";
import { formatFlood, formatTable, type Runs } from "./table.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    messages: { type: "string", default: "1000000" },
    runs: { type: "string", default: "5" },
  },
});
const messages = Number(values.messages);
const runs = Number(values.runs);
if (!(messages >= 1 && runs >= 1)) {
  console.error("--messages and --runs are numbers, at least 1.");
  Deno.exit(2);
}

/** How many messages a second a flood is. */
const FLOOD = 100_000;

const { contenders, leftOut } = findContenders();
for (const text of leftOut) console.log(`Left out, as it is not here: ${text}`);
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
    .map((contender) => ({ contender, results: [], floods: [], startUps: [] }));
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
